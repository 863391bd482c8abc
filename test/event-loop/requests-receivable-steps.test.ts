import { goesOnAnswering } from './requests.ts'

await goesOnAnswering('receivable-steps')
