export { startSampleAgents } from './start-sample-agents.ts'
export type { SampleAgents } from './start-sample-agents.ts'
