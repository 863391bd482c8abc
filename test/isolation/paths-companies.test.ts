import { pathsHold } from './paths.ts'
import { isolation } from './suite.ts'

pathsHold(await isolation(), 'companies')
