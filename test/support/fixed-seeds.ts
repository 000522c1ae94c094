import fc from 'fast-check'

// What a run finds, the next run finds, too; other seeds are for `pnpm test:long`. A property that names a seed keeps its own.
fc.configureGlobal({ seed: 20_261_122 })
