import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { world } from '../../../test/support/world.ts'
import { asEntity, asPartner, asSystem, type Ctx } from '../database/context.ts'
import { connect, connectionOf, disconnect, reseal } from './connections.ts'
import { keysIn, sealingBy, sealingOf } from './sealing.ts'

const key = () => randomBytes(32)
const base64 = () => key().toString('base64')

async function house() {
  const w = await world()
  const { db } = w.machinery
  const who = { partnerId: w.partner_id, userId: null }
  const inBerlin = <T>(work: (ctx: Ctx) => Promise<T>) => asEntity(db, { ...who, entityId: w.berlin.entityId! }, work)
  const inParis = <T>(work: (ctx: Ctx) => Promise<T>) => asEntity(db, { ...who, entityId: w.paris.entityId! }, work)
  const forAll = <T>(work: (ctx: Ctx) => Promise<T>) => asPartner(db, who, work)
  return { w, db, inBerlin, inParis, forAll }
}

test('what is sealed opens for what it was sealed for, and for nothing else; a changed byte opens nowhere', () => {
  const sealing = sealingBy([key()])
  const sealed = sealing.seal('secret', 'a')
  expect(sealing.open(sealed, 'a')).toBe('secret')
  expect(sealed.includes(Buffer.from('secret'))).toBe(false)
  expect(() => sealing.open(sealed, 'b')).toThrow()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    expect(() => sealing.open(changed, 'a'), `byte ${at}`).toThrow()
  }
  expect(() => sealing.open(sealed.subarray(0, 20), 'a')).toThrow()
  expect(() => sealingBy([key()]).open(sealed, 'a')).toThrow('not among SECRETS_KEY')
})

test('an older key opens what it sealed, and the first one seals', () => {
  const [old, young] = [key(), key()]
  const sealed = sealingBy([old]).seal('secret', 'a')
  const both = sealingBy([young, old])
  expect(both.open(sealed, 'a')).toBe('secret')
  expect(both.isCurrent(sealed)).toBe(false)
  expect(both.isCurrent(both.seal('secret', 'a'))).toBe(true)
})

test('keys of another length are refused with the way to make one', () => {
  expect(keysIn(` ${base64()} , ${base64()} `)).toHaveLength(2)
  expect(() => keysIn('c2hvcnQ=')).toThrow('openssl rand -base64 32')
})

test('without a setting the key lies in the data folder, closed to others, the same for all who start at once', async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'quittance-sealing-'))
  const opened = await Promise.all([1, 2, 3].map(() => sealingOf({ secrets_key: '', data_dir })()))
  const sealed = opened[0]!.seal('secret', 'a')
  expect(opened.map((one) => one.open(sealed, 'a'))).toEqual(['secret', 'secret', 'secret'])
  const path = join(data_dir, 'secrets', 'sealing.key')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toHaveLength(32)
})

test('the connection of an entity goes before that of its partner, and other entities never see it', async () => {
  const { inBerlin, inParis, forAll } = await house()
  const sealing = sealingBy([key()])
  const ours = { port: 'payments', adapter: 'stripe', credentials: { secret_key: 'of the partner' } } as const
  const theirs = { ...ours, settings: { account: 'acct_1' }, credentials: { secret_key: 'of Berlin' } }
  await forAll((ctx) => connect(ctx, sealing, ours))
  const id = await inBerlin((ctx) => connect(ctx, sealing, theirs))
  const find = (ctx: Ctx) => connectionOf(ctx, sealing, 'payments')
  expect(await inBerlin(find)).toEqual({
    id,
    adapter: 'stripe',
    settings: { account: 'acct_1' },
    credentials: { secret_key: 'of Berlin' },
  })
  expect((await inParis(find))?.credentials).toEqual({ secret_key: 'of the partner' })
  expect(await inParis((ctx) => disconnect(ctx, id))).toBe(false)
  expect(await inBerlin((ctx) => disconnect(ctx, id))).toBe(true)
  expect((await inBerlin(find))?.credentials).toEqual({ secret_key: 'of the partner' })
  expect(await inBerlin((ctx) => connectionOf(ctx, sealing, 'accounting'))).toBeNull()
})

test('connecting again replaces the credentials; what is in the database shows nothing of them', async () => {
  const { w, inBerlin } = await house()
  const sealing = sealingBy([key()])
  const made = { port: 'accounting', adapter: 'xero' } as const
  const first = await inBerlin((ctx) => connect(ctx, sealing, { ...made, credentials: { token: 'first secret' } }))
  const second = await inBerlin((ctx) => connect(ctx, sealing, { ...made, credentials: { token: 'second secret' } }))
  expect(second).toBe(first)
  expect((await inBerlin((ctx) => connectionOf(ctx, sealing, 'accounting', 'xero')))?.credentials.token).toBe('second secret')
  const [row] = await w.sql<{ text: string }>(
    `select encode(credentials, 'escape') || connections::text as text from connections where id = $1`,
    [first],
  )
  expect(row!.text).not.toContain('second')
  // Sealed text that is moved to another connection opens no door there.
  await inBerlin((ctx) => connect(ctx, sealing, { port: 'accounting', adapter: 'odoo', credentials: { token: 'third' } }))
  await w.sql(
    `update connections set credentials = (select credentials from connections where id = $1) where adapter = 'odoo' and entity_id = $2`,
    [first, w.berlin.entityId],
  )
  await expect(inBerlin((ctx) => connectionOf(ctx, sealing, 'accounting', 'odoo'))).rejects.toThrow()
})

test('after sealing anew the older key may go', async () => {
  const { db, inBerlin } = await house()
  const [old, young] = [key(), key()]
  const made = { port: 'identity', adapter: 'plaid', credentials: { token: 'secret' } } as const
  await inBerlin((ctx) => connect(ctx, sealingBy([old]), made))
  await asSystem(db, async (ctx) => {
    await ctx.db.query(`update connections set credentials = null where adapter <> 'plaid' or entity_id is null`)
    const both = sealingBy([young, old])
    expect(await reseal(ctx, both)).toBeGreaterThan(0)
    expect(await reseal(ctx, both)).toBe(0)
  })
  const found = await inBerlin((ctx) => connectionOf(ctx, sealingBy([young]), 'identity', 'plaid'))
  expect(found?.credentials).toEqual({ token: 'secret' })
})
