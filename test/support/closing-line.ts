import type { Reporter, TestModule } from 'vitest/node'

/** Says the outcome in one plain line, and makes a skipped test a failure: what can't run here must be seen. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
      // A set-up or a clean-up that fails belongs to no test.
      if (module.errors().length > 0) counts.failed += 1
    }
    if (counts.skipped > 0 || counts.passed === 0) process.exitCode = 1
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
  }
}
