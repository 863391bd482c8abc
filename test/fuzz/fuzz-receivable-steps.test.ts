import { fuzz } from './fuzz.ts'

await fuzz('receivable-steps')
