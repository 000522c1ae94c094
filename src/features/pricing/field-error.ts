import { AppError } from '#src/lib/errors.ts'

/** A field that is well-formed and still wrong, said in the shape in which the API names malformed ones. */
export const fieldError = (path: string, message: string): AppError =>
  new AppError('invalid_request', { errors: [{ in: 'json', path, message }] })
