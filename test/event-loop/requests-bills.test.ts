import { goesOnAnswering } from './requests.ts'

await goesOnAnswering('bills')
