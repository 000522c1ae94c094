/** Colours of one arch tile, in hexadecimal: the picture must be the same outside a page, so it follows no theme. */
export interface ArchPalette {
  readonly ground: string
  readonly figure: string
  readonly accent: string
}

const palette = (ground: string, figure: string, accent: string): ArchPalette => ({ ground, figure, accent })

export const archPalettes = [
  palette('#f1ede5', '#a8321f', '#17130e'),
  palette('#17130e', '#f1ede5', '#f08a74'),
  palette('#1f6f6b', '#f1ede5', '#e0b354'),
  palette('#a8321f', '#f8e6e0', '#17130e'),
  palette('#e0efec', '#1f6f6b', '#17130e'),
  palette('#2b3a55', '#f1ede5', '#e0b354'),
  palette('#f7ebd0', '#8a5a00', '#a8321f'),
  palette('#e2edf5', '#1b5e8c', '#17130e'),
] as const
