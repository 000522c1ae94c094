export { createKeyRing } from './key-ring.ts'
export type { KeyRing } from './key-ring.ts'
export { jwksMaxAgeSeconds } from './lifetimes.ts'
export { rotateNow, rotateWhenDue } from './rotate.ts'
