import { readdirSync } from 'node:fs'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { completeBill } from '../../../test/support/billing.ts'
import { draft, good, ready } from '../../../test/support/invoicing.ts'
import { type Body, house, type World, world } from '../../../test/support/world.ts'
import { createApp } from './app.ts'
import { operation } from './operation.ts'

/** A request with `x-dry-run` says what would come of it, and leaves nothing. */

const dry = { headers: { 'x-dry-run': 'true' }, beyond: true }

/** How many rows each table has, and how many files there are. The log of requests goes on. */
async function everything(w: World): Promise<Body> {
  const { machinery } = await house()
  const tables = await w.sql(
    `select relname as name, (xpath('/row/n/text()', query_to_xml(format('select count(*) || '':'' || coalesce(sum(hashtext(t::text)::bigint), 0) as n from %I t', relname), false, true, '')))[1]::text as rows
     from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
       and not relispartition and relname !~ '^audit_log' order by 1`,
    [],
  )
  return { tables, files: readdirSync(machinery.config.data_dir, { recursive: true }).sort() }
}

test('leaves no row, number, event, job, mail, key or file', async () => {
  const w = await world()
  const { berlin, partner } = w
  const made = await ready(berlin)
  const invoice = await draft(berlin, made)
  const bill = await completeBill(berlin)
  const user = await w.newUser(berlin.entityId!)
  const before = await everything(w)
  const words = { subject_text: 'Yours', body_text: 'Look' }
  const keyed = { ...dry, headers: { ...dry.headers, 'idempotency-key': 'tried' } }
  for (const [what, answer] of Object.entries({
    issued: await berlin.post(`/receivables/${invoice.id}/issue`, undefined, keyed),
    sent: await berlin.post(`/receivables/${invoice.id}/send`, words, dry),
    deleted: await berlin.delete(`/receivables/${invoice.id}`, dry),
    approved: await berlin.post(`/payables/${bill.id}/approve_payment_operation`, undefined, dry),
    made: await berlin.post('/tags', { name: 'Tried' }, keyed),
    exported: await berlin.post(
      '/data_exports',
      { date_from: '2031-01-01', date_to: '2031-01-31', format: 'csv', objects: [{ name: 'receivable', statuses: ['issued'] }] },
      dry,
    ),
    closed: await partner.post(`/entities/${berlin.entityId}/deactivate`, undefined, dry),
    dismissed: await w.partnerIn(berlin.entityId!).delete(`/entity_users/${user.userId}`, dry),
    drawn: await berlin.get(`/receivables/${invoice.id}/pdf_link`, dry),
  }))
    expect([what, answer.status, answer.status < 300 && answer.headers['x-dry-run']]).toEqual([what, answer.status, 'true'])
  expect(await everything(w)).toEqual(before)
  // Who was tried to be dismissed goes on, and the number that was tried is the next.
  expect((await user.get('/entity_users/me')).status).toBe(200)
  const tried = good(await berlin.post(`/receivables/${invoice.id}/issue`, undefined, dry))
  expect(good(await berlin.post(`/receivables/${invoice.id}/issue`)).document_id).toBe(tried.document_id)
})

test('that is meant but not said clearly is refused: nothing is done for real', async () => {
  const { berlin } = await world()
  for (const said of ['1', 'yes', 'on', '', 'true, true', 'ture'])
    expect([
      said,
      (await berlin.post('/tags', { name: 'Tried' }, { headers: { 'x-dry-run': said }, beyond: true })).status,
    ]).toEqual([said, 422])
  for (const said of ['TRUE', 'True'])
    await berlin.post('/tags', { name: 'Tried' }, { headers: { 'x-dry-run': said }, beyond: true })
  expect((await berlin.get('/tags')).body.data).toEqual([])
  expect((await berlin.post('/tags', { name: 'Kept' }, { headers: { 'x-dry-run': 'false' } })).status).toBe(201)
})

test('of what does more than write to the database is refused, whatever it is', async () => {
  const { app } = await house()
  const { berlin } = await world()
  const manual = app.operations.filter(
    ({ method, operation }) =>
      method !== 'GET' &&
      operation.transaction === 'manual' &&
      operation.may !== 'anyone' &&
      operation.may !== 'partner' &&
      operation.entity !== 'path',
  )
  expect(manual.length).toBeGreaterThan(10)
  const uploads = manual.filter(({ schema }) => !schema.body && !schema.params)
  expect(uploads.length).toBeGreaterThan(2)
  for (const { method, url, operation } of uploads) {
    const { status, body } = await berlin
      .with(dry.headers)
      .upload(method as 'POST', url, { bytes: Buffer.from('x'), name: 'x.pdf' })
    expect([operation.id, status, body.error?.message]).toEqual([operation.id, 400, expect.stringContaining('can not be tried')])
  }
})

test('tells what only the end of a transaction would refuse', async () => {
  const { machinery } = await house()
  const { berlin } = await world()
  const { customer } = await ready(berlin)
  const app = createApp(machinery, [
    async (app) => {
      app.post('/promise', operation({ summary: 'Promise', may: 'any', ok: { 200: Type.Any() } }), async ({ ctx }) =>
        ctx.db.query(`update counterparts set default_billing_address_id = gen_random_uuid() where id = $1`, [customer.id]),
      )
    },
  ])
  const headers = { authorization: `Bearer ${berlin.token}`, 'x-monite-entity-id': berlin.entityId! }
  const asked = async (more: object) =>
    (await app.inject({ method: 'POST', url: '/promise', headers: { ...headers, ...more } })).statusCode
  expect([await asked({}), await asked(dry.headers)]).toEqual([409, 409])
  await app.close()
})
