import { setTimeout as sleep } from 'node:timers/promises'
import { beginRenewing, connect, connectionOf, endRenewing } from '../../../platform/connections/connections.ts'
import { asEntity } from '../../../platform/database/context.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { type Credentials, Deauthorized } from '../../../ports/accounting.ts'

/** New credentials of a ledger: one asks for them, the others wait for what it gets. */

interface Ids {
  readonly partnerId: string
  readonly entityId: string
}
export const whoFor = ({ partnerId, entityId }: Ids) => ({ partnerId, entityId, userId: null })

const LOOK_MS = 100

const same = (a: Credentials, b: Credentials) => Object.keys({ ...a, ...b }).every((name) => a[name] === b[name])

export async function renewCredentials(
  machinery: Machinery,
  ids: Ids,
  adapter: string,
  used: Credentials,
  ask: (kept: Credentials) => Promise<Credentials>,
): Promise<Credentials> {
  const { db } = machinery
  const sealing = await machinery.sealing()
  for (;;) {
    const { found, mine } = await asEntity(db, whoFor(ids), async (ctx) => {
      const mine = await beginRenewing(ctx, 'accounting', adapter)
      return { mine, found: await connectionOf(ctx, sealing, 'accounting', adapter) }
    })
    if (!found) throw new Deauthorized('The connection to the ledger has ended')
    const { credentials: kept, settings } = found
    const end = () => asEntity(db, whoFor(ids), (ctx) => endRenewing(ctx, 'accounting', adapter))
    if (!same(kept, used)) {
      if (mine) await end()
      return kept
    }
    if (!mine) {
      await sleep(LOOK_MS)
      continue
    }
    try {
      const credentials = await ask(kept)
      await asEntity(db, whoFor(ids), (ctx) => connect(ctx, sealing, { port: 'accounting', adapter, settings, credentials }))
      return credentials
    } finally {
      await end()
    }
  }
}
