import { areaOf } from '../support/areas.ts'
import { takesFiles } from './uploads.ts'

await takesFiles((operation) => areaOf(operation) !== 'purchases')
