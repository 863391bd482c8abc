import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { brokenPromises, draft, good, issued, no, read, ready } from '../../../test/support/invoicing.ts'
import { billToPay } from '../../../test/support/paying.ts'
import { type Body, type Client, client, house, type World, world } from '../../../test/support/world.ts'
import { asEntity, asSystem } from '../../platform/database/context.ts'
import { copied, LEFT } from './fork.service.ts'
import { entityTables } from './tables.service.ts'

/** A company with something of everything that refers to something else. */
async function company() {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const invoice = await issued(berlin, made)
  const bill = await billToPay(berlin)
  good(await berlin.post('/tags', { name: 'Marketing' }))
  good(await berlin.post('/payment_records', { amount: 100, currency: 'EUR', object: { type: 'receivable', id: invoice.id } }))
  await w.work()
  return { w, berlin, made, invoice, bill, lab: w.partnerIn(berlin.entityId!) }
}
const take = async (lab: Client, name = 'before'): Promise<string> => good(await lab.post('/x/snapshots', { name })).id

/** What somebody waits for until it is opened. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

/** All that an entity holds, but for its waiting jobs, as one text. */
async function contents(w: World, entityId: string): Promise<string> {
  const tables = await asSystem(w.machinery.db, (ctx) => entityTables(ctx))
  const texts: string[] = []
  for (const { name, owner, key } of tables.filter(({ name }) => name !== 'jobs')) {
    const rows = await w.sql(`select row_to_json(t)::text as row from ${name} t where ${owner} = $1 order by ${key.join(', ')}`, [
      entityId,
    ])
    texts.push(`${name} ${JSON.stringify(rows)}`)
  }
  return texts.join('\n')
}

test('what was put back is letter by letter what it was, and numbers go on without a gap', async () => {
  const { w, berlin, made, invoice, bill, lab } = await company()
  const before = await contents(w, berlin.entityId!)
  const snapshot = await take(lab)

  const second = await issued(berlin, made)
  good(await berlin.post('/payment_records', { amount: 200, currency: 'EUR', object: { type: 'receivable', id: invoice.id } }))
  good(await berlin.post(`/payables/${bill.id}/mark_as_paid`))
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Renamed GmbH' } }))
  good(await berlin.post('/tags', { name: 'Sales' }))
  await w.work()

  const restored = good(await lab.post(`/x/snapshots/${snapshot}/restore`))
  expect(restored.row_count).toBeGreaterThan(5)
  expect(await contents(w, berlin.entityId!)).toBe(before)
  expect((await berlin.get(`/receivables/${second.id}`)).status).toBe(404)
  expect((await read(berlin, invoice.id)).amount_paid).toBe(100)
  expect((await issued(berlin, made)).document_id).toBe(second.document_id)
  expect(await brokenPromises(w)).toEqual([])
})

test('what somebody writes while an entity is put back is either gone or comes after it', async () => {
  const { w, berlin, lab } = await company()
  const snapshot = await take(lab)
  const before = await contents(w, berlin.entityId!)
  const who = { partnerId: w.partner_id, entityId: berlin.entityId!, userId: null }
  const written = gate()
  const over = gate()
  const writing = asEntity(w.machinery.db, who, async (ctx) => {
    await ctx.db.query(`insert into tags (name) values ('Half') returning emit('tag', id, 'created')`)
    written.open()
    await over.opened
  })
  await written.opened
  let done = false
  const restoring = lab.post(`/x/snapshots/${snapshot}/restore`).finally(() => {
    done = true
  })
  const waiting = () =>
    w.sql(
      `select from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and not granted
      and database = (select oid from pg_database where datname = current_database())`,
    )
  while (!done && (await waiting()).length === 0) await setTimeout(10)
  over.open()
  await writing
  good(await restoring)
  expect(await contents(w, berlin.entityId!)).toBe(before)
})

test('a fork is a new entity with new ids everywhere, and whole', async () => {
  const { w, berlin, invoice, lab } = await company()
  const before = await contents(w, berlin.entityId!)
  const { entity_id, forked_from } = good(await lab.post('/x/forks', {}))
  expect(forked_from).toBe(berlin.entityId)
  expect(await contents(w, berlin.entityId!)).toBe(before)

  // VAT rates are the same for everybody: their ids are made of what they say.
  const COMMON = /^.{14}5/
  // Not one id of the original is left in the copy, wherever ids stand, but those of what belongs to the partner.
  const copy = await contents(w, entity_id)
  const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
  const own = new Set(before.match(UUID))
  const shared = new Set([w.partner_id, '00000000-0000-0000-0000-000000000000'])
  const kept = [...new Set(copy.match(UUID))].filter((id) => own.has(id) && !shared.has(id) && !COMMON.test(id))
  expect(kept).toEqual([])
  for (const secret of before.matchAll(/"(?:link_key|page_key|storage_key)\\":\\"([^"\\]+)/g))
    expect(copy).not.toContain(secret[1])

  const there = w.partnerIn(entity_id)
  const { data } = good(await there.get('/receivables?type=invoice'))
  expect(data.map(({ document_id, total_amount }: Body) => [document_id, total_amount])).toEqual([
    [invoice.document_id, invoice.total_amount],
  ])
  expect(data[0].counterpart_id).not.toBe(invoice.counterpart_id)
  // It lives on by itself: its users get tokens, its files are there, and its next number follows.
  const [user] = good(await there.get('/entity_users')).data
  const them = client(await house(), await w.tokenFor(user.id), { entityId: entity_id, userId: user.id })
  const copyOf = await read(them, data[0].id)
  await w.work()
  const { file_url } = await read(them, copyOf.id)
  const path = new URL(file_url).pathname
  expect((await w.nobody.get(path, { beyond: true })).status).toBe(200)
  expect(file_url).not.toBe((await read(berlin, invoice.id)).file_url)
  expect((await berlin.get(`/receivables/${copyOf.id}`)).status).toBe(404)
  expect((await them.get(`/receivables/${invoice.id}`)).status).toBe(404)
  expect(await brokenPromises(w)).toEqual([])
})

test('nothing of a fork is sent a second time', async () => {
  const { w, berlin, made, lab } = await company()
  good(await w.partner.post('/webhook_subscriptions', { object_type: 'receivable', url: 'http://127.0.0.1:9/' }))
  const { id } = await issued(berlin, made)
  good(await berlin.post(`/receivables/${id}/send`, { subject_text: 'Invoice', body_text: 'Please pay' }))
  const { entity_id } = good(await lab.post('/x/forks', {}))
  const kinds = await w.sql<{ kind: string }>(`select distinct kind from jobs where entity_id = $1`, [entity_id])
  expect(kinds.filter(({ kind }) => /^(mail|webhooks|payments|accounting|einvoicing)\./.test(kind))).toEqual([])
  expect(await w.sql(`select status from mails where entity_id = $1`, [entity_id])).toEqual([{ status: 'failed' }])
  await w.work()
  expect(await w.sql(`select from webhook_deliveries where entity_id = $1`, [entity_id])).toEqual([])
})

test('a diff names what was added, removed and changed, with what stood there', async () => {
  const { berlin, made, lab } = await company()
  const snapshot = await take(lab)
  expect(good(await lab.get(`/x/snapshots/${snapshot}/diff`))).toEqual({ counts: [], rows: [], has_more: false })
  good(await berlin.patch(`/products/${made.product.id}`, { name: 'Advice' }))
  const { id } = await draft(berlin, made)
  const { rows, counts } = good(await lab.get(`/x/snapshots/${snapshot}/diff`))
  expect(rows).toContainEqual({ table: 'receivables', id, change: 'added', fields: [] })
  expect(rows.find((row: Body) => row.id === made.product.id)).toMatchObject({
    table: 'products',
    change: 'changed',
    fields: expect.arrayContaining([{ field: 'name', before: 'Consulting', after: 'Advice' }]),
  })
  expect(counts.find(({ table }: Body) => table === 'products')).toEqual({ table: 'products', added: 0, removed: 0, changed: 1 })
  const later = await take(lab, 'after')
  expect(good(await lab.get(`/x/snapshots/${snapshot}/diff?with=${later}`)).counts).toEqual(counts)
})

test('the clock goes back with the rest', async () => {
  const { berlin, invoice, lab } = await company()
  const snapshot = await take(lab)
  good(await lab.post('/x/test_clock/advance', { days: 60 }))
  expect((await read(berlin, invoice.id)).status).toBe('overdue')
  good(await lab.post(`/x/snapshots/${snapshot}/restore`))
  expect(good(await lab.get('/x/test_clock')).ahead_s).toBe(0)
  expect((await read(berlin, invoice.id)).status).toBe('partially_paid')
})

test('snapshots are of one entity: others of the partner, and other partners, have none of it', async () => {
  const { w, lab } = await company()
  const snapshot = await take(lab)
  const paris = w.partnerIn(w.paris.entityId!)
  const stranger = await world().then((other) => other.partnerIn(other.berlin.entityId!))
  for (const other of [paris, stranger]) {
    expect(good(await other.get('/x/snapshots')).data).toEqual([])
    expect((await other.post(`/x/snapshots/${snapshot}/restore`)).status).toBe(404)
    expect((await other.get(`/x/snapshots/${snapshot}/diff`)).status).toBe(404)
    expect((await other.post('/x/forks', { snapshot_id: snapshot })).status).toBe(404)
    expect((await other.delete(`/x/snapshots/${snapshot}`)).status).toBe(404)
  }
  expect((await w.berlin.get('/x/snapshots')).status).toBe(403)
  expect(no(await lab.post('/x/snapshots', { name: 'before' }))[0]).toBe(409)
  expect((await lab.delete(`/x/snapshots/${snapshot}`)).status).toBe(204)
})

test('where money is real nothing is put back', async () => {
  const { w, lab } = await company()
  const snapshot = await take(lab)
  await w.sql(
    `insert into connections (partner_id, port, adapter, settings) values ($1, 'payments', 'stripe', '{"publishable_key": "pk_live_1"}')`,
    [w.partner_id],
  )
  for (const answer of [
    await lab.post(`/x/snapshots/${snapshot}/restore`),
    await lab.post('/x/forks', {}),
    await lab.post('/x/snapshots', { name: 'x' }),
  ])
    expect([answer.status, answer.body.error.code]).toEqual([403, 'not_in_sandbox'])
})

test('whoever restores sees no entity that may not be put back, and not one row of another', async () => {
  const { w, berlin, lab } = await company()
  await take(lab)
  const as = (entity: string) =>
    house().then(async ({ admin }) => {
      const pool = await admin.connect()
      try {
        await pool.query('begin')
        await pool.query(
          `select set_config('role', 'quittance_restore', true), set_config('app.partner_id', $1, true), set_config('app.entity_id', $2, true)`,
          [w.partner_id, entity],
        )
        const { rows } = await pool.query(`select entity_id, count(*)::int from receivables group by 1`)
        return rows
      } finally {
        await pool.query('rollback')
        pool.release()
      }
    })
  expect(await as(berlin.entityId!)).toEqual([{ entity_id: berlin.entityId, count: 1 }])
  expect(await as(w.paris.entityId!)).toEqual([])
})

test('what happens by itself when rows change lets whoever restores pass, or does no harm then', async () => {
  const { sql } = await world()
  const triggers = await sql<{ name: string }>(
    `select t.tgrelid::regclass::text || '.' || t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where not t.tgisinternal and c.relnamespace = 'public'::regnamespace and pg_get_triggerdef(t.oid) not like '%is_restoring%' order by 1`,
  )
  expect(triggers.map(({ name }) => name)).toEqual([
    // Processes forget what they remember.
    'access_tokens.forget',
    'api_clients.forget',
    // Debit is credit, and what was paid is recorded: both hold of earlier states, too.
    'books_lines.balance',
    'entities.forget',
    'entity_users.forget',
    'jobs.follow_with_ledger',
    'partners.forget',
    // Sums of past weeks are made anew.
    'payables.counted',
    'payables.recorded',
    'payables.recorded_none',
    'payables.uncounted',
    'payment_records.recorded',
    'receivables.counted',
    'receivables.recorded',
    'receivables.uncounted',
    'roles.forget',
    'test_clocks.tell',
  ])
})

test('every table of an entity is in a snapshot or known not to be, and what is one in the world is left by a fork', async () => {
  const { machinery, sql } = await world()
  const tables = await asSystem(machinery.db, (ctx) => entityTables(ctx))
  const strict = await sql(
    `select conrelid::regclass::text as table, conname from pg_constraint k where contype = 'f' and connamespace = 'public'::regnamespace and not condeferrable
       and conrelid::regclass::text = any ($1)`,
    [tables.map(({ name }) => name)],
  )
  expect(strict, 'references of entities are deferrable initially immediate').toEqual([])
  for (const name of LEFT) expect(tables.map((table) => table.name)).toContain(name)
  const names = copied(tables).map(({ table }) => table.name)
  for (const name of ['receivables', 'payables', 'counterparts', 'events', 'payment_records', 'books_entries', 'files', 'mails'])
    expect(names).toContain(name)
  const alone = await sql<{ table: string; index: string }>(
    `select c.relname as table, i.indexrelid::regclass::text as index from pg_index i join pg_class c on c.oid = i.indrelid
     join pg_attribute e on e.attrelid = c.oid and e.attname = 'entity_id'
     where c.relnamespace = 'public'::regnamespace and i.indisunique and e.attnum <> all (i.indkey::int2[]) and c.relname = any ($1)`,
    [names],
  )
  // Ids, secrets and keys with ids in them, which a copy has of its own.
  const renamed = ['jobs_pkey', 'jobs_key_key', 'receivables_page', 'accounting_connections_page_key_key', 'files_pkey']
  expect(alone.filter(({ index }) => !renamed.includes(index))).toEqual([])
})
