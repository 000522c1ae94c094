export { createResolveTxt } from './resolve-txt.ts'
export type { ResolveTxt } from './resolve-txt.ts'
