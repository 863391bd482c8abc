import { everyQueryFails } from './every-query.ts'

await everyQueryFails('money')
