import { areaOf } from '../support/areas.ts'
import { agreedConnection } from './accounting.ts'
import { bodiesHold } from './bodies.ts'
import { isolation } from './suite.ts'

const suite = await isolation()
// What a ledger knows is only taken where one is connected.
await agreedConnection(suite.berlin)
bodiesHold(
  suite,
  suite.guarded.filter((op) => areaOf(op) !== 'sales'),
)
