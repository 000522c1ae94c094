import { Writable } from 'node:stream'

/**
 * What React writes a page into. It writes pieces of 4 kB and says by `flush` when what came so far is worth sending: so one
 * chunk leaves for each flush, and is compressed and written to the socket as one. A whole page waits in memory for a slow visitor.
 */
export class PageBody extends Writable {
  readonly stream: ReadableStream<Uint8Array>
  #pieces: Buffer[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor() {
    super()
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller
      },
      // The visitor has left: React stops when what it writes into is closed.
      cancel: () => {
        this.#controller = undefined
        this.destroy()
      },
    })
  }

  /** Called by React. */
  flush(): void {
    if (this.#pieces.length === 0) return
    this.#controller?.enqueue(new Uint8Array(Buffer.concat(this.#pieces)))
    this.#pieces = []
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(piece)
    done()
  }

  override _final(done: () => void): void {
    this.flush()
    this.#controller?.close()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null) this.#controller?.error(error)
    done(error)
  }
}
