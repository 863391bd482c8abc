import { expect, test } from 'vitest'
import { holderOf as openHolder } from '../../src/modules/accounting/connections/connections.service.ts'
import { whoFor } from '../../src/modules/accounting/connections/renewing.service.ts'
import { asEntity } from '../../src/platform/database/context.ts'
import type { AccountingProvider, Holder } from '../../src/ports/accounting.ts'
import { connectedTo, recordOf } from './accounting.ts'
import { issued, ready } from './invoicing.ts'
import { type World, world } from './world.ts'

/** What every ledger has to do whose tokens work once. */

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}
export interface FakeState {
  readonly refresh: string
  /** How often tokens were asked for, and what the next asking is answered with. */
  readonly renewals: number
  refusing: Answer | null
  readonly next: Answer[]
  readonly calls: string[]
}
interface Stage<S extends FakeState> {
  readonly fake: { readonly state: S }
  readonly provider: AccountingProvider
  /** What its page sends us back with. */
  readonly consent: Readonly<Record<string, string>>
}

/** An entity that is connected to the ledger, with all that our workers have. */
export async function startWith<S extends Stage<FakeState>>(open: (w: World) => Promise<S>) {
  const w = await world()
  const { provider, consent, ...opened } = await open(w)
  const agreed: AccountingProvider = { ...provider, connect: (holder: Holder, facts) => provider.connect(holder, facts, consent) }
  const made = await ready(w.berlin)
  const link = await connectedTo(w, w.berlin, { provider: agreed })
  return { w, made, ...opened, ...link }
}

export function keepsItsTokens(open: (w: World) => Promise<Stage<FakeState>>): void {
  const start = () => startWith(open)
  const holders = (w: World, machinery: World['machinery']) =>
    asEntity(machinery.db, whoFor({ partnerId: w.partner_id, entityId: w.berlin.entityId! }), (ctx) =>
      openHolder(machinery, ctx, machinery.accounting.all[0]!.name),
    )
  const stored = async (w: World, machinery: World['machinery']) => (await holders(w, machinery)).credentials

  test('that two workers find expired are renewed once, and both use what came of it', async () => {
    const { w, fake, machinery } = await start()
    w.clock.advance(3_600_000)
    const [provider] = machinery.accounting.all
    const before = fake.state.renewals
    const [a, b, c] = [await holders(w, machinery), await holders(w, machinery), await holders(w, machinery)]
    await Promise.all([provider!.pull(a), provider!.pull(b), provider!.pull(c)])
    expect(fake.state.renewals).toBe(before + 1)
    expect((await stored(w, machinery)).refresh_token).toBe(fake.state.refresh)
  })

  test('are stored before they are used: whoever is cut off afterwards goes on with them', async () => {
    const { w, fake, machinery } = await start()
    w.clock.advance(3_600_000)
    const [provider] = machinery.accounting.all
    fake.state.next.push({ status: 500, body: {} })
    await expect(provider!.pull(await holders(w, machinery))).rejects.toThrow('500')
    expect((await stored(w, machinery)).refresh_token).toBe(fake.state.refresh)
    expect((await provider!.pull(await holders(w, machinery))).accounts.length).toBeGreaterThan(3)
  })

  test('that are refused end the connection once, with 400 or 200, and are not overwritten with nothing', async () => {
    for (const status of [400, 200]) {
      const { w, fake, machinery, work, connection } = await start()
      fake.state.refusing = { status, body: { error: 'invalid_grant' } }
      const kept = await stored(w, machinery)
      const { id } = await issued(w.berlin, await ready(w.berlin))
      w.clock.advance(3_700_000)
      await work()
      const calls = fake.state.calls.length
      w.clock.advance(7_200_000)
      await work()
      expect(fake.state.calls.length).toBe(calls)
      w.clock.set(null)
      expect((await connection()).status).toBe('deauthorized')
      expect(await stored(w, machinery)).toEqual(kept)
      const told = await w.sql(`select id from events where entity_id = $1 and event = 'deauthorized'`, [w.berlin.entityId])
      expect(told).toHaveLength(1)
      expect(id).toBeDefined()
    }
  })

  test('that can’t be had for now leave the connection as it is', async () => {
    const { w, fake, work, connection } = await start()
    fake.state.refusing = { status: 503, body: {} }
    w.clock.advance(3_700_000)
    await work()
    w.clock.set(null)
    const now = await connection()
    expect([now.status, now.errors[0].message]).toEqual(['connected', 'The ledger gave no token: 503'])
  })

  test('that were taken back meanwhile are renewed, and a limit is kept to', async () => {
    const { w, fake, made, work } = await start()
    fake.state.next.push({ status: 401, body: {} })
    const first = await issued(w.berlin, made)
    await work()
    expect((await recordOf(w, w.berlin, 'receivable', first.id)).sync_status).toBe('done')
    const limit = { status: 429, body: {}, headers: { 'retry-after': '38', 'x-rate-limit-problem': 'minute' } }
    fake.state.next.push(limit)
    const second = await issued(w.berlin, made)
    await work()
    const calls = fake.state.calls.length
    w.clock.advance(30_000)
    await work()
    expect(fake.state.calls.length).toBe(calls)
    w.clock.advance(10_000)
    await work()
    expect((await recordOf(w, w.berlin, 'receivable', second.id)).sync_status).toBe('done')
  })
}
