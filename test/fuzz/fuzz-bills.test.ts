import { fuzz } from './fuzz.ts'

await fuzz('bills')
