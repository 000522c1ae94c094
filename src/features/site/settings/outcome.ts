/** By field: what is wrong with it, in a sentence. */
export type FieldErrors = Readonly<Record<string, string>>

export type SaveOutcome = { readonly kind: 'saved' } | { readonly kind: 'invalid'; readonly errors: FieldErrors }
