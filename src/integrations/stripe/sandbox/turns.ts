/** A queue in this process: each job begins when the one before it has ended, well or not. */
export function createTurns(): <T>(job: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve()
  return (job) => {
    const mine = turn.then(job, job)
    turn = mine.catch(() => undefined)
    return mine
  }
}
