import { describe, expect, it } from 'vitest'
import { loggableError } from './log.ts'

describe('errors in logs', () => {
  it('lose the credentials of a connection URL, in causes too', () => {
    const error = new Error('outer', { cause: new Error('connect to postgres://rialto:s3cret@db/x failed') })
    expect(JSON.stringify(loggableError(error))).not.toContain('s3cret')
    expect(JSON.stringify(loggableError(error))).toContain('postgres://rialto:[redacted]@db/x')
  })

  it('keep only what helps, not whatever a driver hangs on them', () => {
    const error = Object.assign(new Error('no'), { client: { password: 's3cret' }, code: '28P01' })
    expect(loggableError(error)).toMatchObject({ message: 'no', code: '28P01' })
    expect(JSON.stringify(loggableError(error))).not.toContain('s3cret')
  })
})
