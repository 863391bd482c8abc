import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { addItem, billThatIs, readBill } from '../../../../test/support/billing.ts'
import { ubl } from '../../../../test/support/einvoices.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, house, type World, world } from '../../../../test/support/world.ts'
import { asEntity } from '../../../platform/database/context.ts'
import { whoOf } from '../../../platform/jobs/jobs.ts'
import { putOff } from '../../../platform/reading/again.ts'
import { receiptJobs } from '../../expenses/receipts/receipts.jobs.ts'
import { readingJobs } from './reading.jobs.ts'

/** A file is read again: by itself when there was no time for it, and whenever somebody asks. */

const again = (who: Client, id: string) => who.post(`/x/payables/${id}/read_again`)
async function read(w: World, bytes: Buffer): Promise<Body> {
  const { id } = good(await w.berlin.upload('POST', '/payables/upload_from_file', { bytes, name: 'bill.xml' }))
  await w.work()
  return readBill(w.berlin, id)
}
async function readOnce(w: World, id: string): Promise<Body> {
  expect(good(await again(w.berlin, id))).toMatchObject({ id, ocr_status: 'processing' })
  await w.work()
  return readBill(w.berlin, id)
}
const linesOf = async (who: Client, id: string): Promise<Body[]> => good(await who.get(`/payables/${id}/line_items`)).data
/** What a bill is, but for the moments and ids of its readings. */
const essence = ({ updated_at: _u, ocr_request_id: _r, ...bill }: Body) => bill

describe('on request', () => {
  test('what an earlier reading wrote is replaced, once however often it is asked for', async () => {
    const w = await world()
    const first = await read(w, ubl())
    // As if an older version had read it worse.
    await w.sql(
      `update payables set total_amount = 1, document_id = 'wrong', read = jsonb_set(jsonb_set(read::jsonb, '{fields,document_id}', '"wrong"'), '{fields,total_amount}', '1')::json where id = $1`,
      [first.id],
    )
    good(await again(w.berlin, first.id))
    const twice = good(await again(w.berlin, first.id))
    expect(twice.ocr_status).toBe('processing')
    expect(await w.sql(`select from jobs where kind = 'payables.read' and partner_id = $1`, [w.partner_id])).toHaveLength(1)
    expect(no(await w.berlin.post(`/payables/${first.id}/submit_for_approval`))[0]).toBe(409)
    await w.work()
    expect(essence(await readBill(w.berlin, first.id))).toEqual(essence(first))
    expect(await linesOf(w.berlin, first.id)).toMatchObject([{ name: 'Copy paper', quantity: 4, unit_price: 2500 }])
  })

  test('what somebody changed stays, and history says so', async () => {
    const w = await world()
    const { id } = await read(w, ubl())
    good(await w.berlin.patch(`/payables/${id}`, { document_id: 'by hand', due_date: '2031-03-01', description: 'mine' }))
    const [line] = await linesOf(w.berlin, id)
    good(await w.berlin.patch(`/payables/${id}/line_items/${line!.id}`, { unit_price: 2600 }))
    const bill = await readOnce(w, id)
    expect(bill).toMatchObject({ document_id: 'by hand', due_date: '2031-03-01', description: 'mine', total_amount: 12376 })
    expect(await linesOf(w.berlin, id)).toMatchObject([{ unit_price: 2600 }])
    const { data } = good(await w.berlin.get(`/payables/${id}/history`))
    expect(data.flatMap(({ details }: Body) => details?.kept ?? []).sort()).toEqual(['document_id', 'due_date', 'line_items'])
  })

  test('a bill that was completed by hand after a failed reading keeps everything', async () => {
    const w = await world()
    const { id } = await read(w, Buffer.from('%PDF-1.7 broken'))
    good(
      await w.berlin.patch(`/payables/${id}`, {
        document_id: 'R-1',
        currency: 'EUR',
        issued_at: '2031-01-10',
        due_date: '2031-02-10',
      }),
    )
    await addItem(w.berlin, id)
    const before = await readBill(w.berlin, id)
    const after = await readOnce(w, id)
    expect(after).toMatchObject({
      ocr_status: 'error',
      status: before.status,
      total_amount: before.total_amount,
      document_id: 'R-1',
    })
  })

  test('is refused once an approval has begun, and without a file that can be read', async () => {
    const w = await world()
    for (const status of ['approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'rejected', 'canceled'] as const)
      expect(no(await again(w.berlin, await billThatIs(w.berlin, status)))[0]).toBe(409)
    const id = await billThatIs(w.berlin, 'new')
    expect(no(await again(w.berlin, id))).toEqual([409, 'This payable has no file that could be read'])
    const text = { bytes: Buffer.from('just text'), name: 'x.txt' }
    good(await w.berlin.upload('POST', `/payables/${id}/attach_file`, text))
    expect(no(await again(w.berlin, id))).toEqual([409, 'The file of this payable has a format that can not be read'])
  })

  test('a file that was attached to a bill fills what is empty', async () => {
    const w = await world()
    const { id } = good(await w.berlin.post('/payables', { document_id: 'mine' }))
    good(await w.berlin.upload('POST', `/payables/${id}/attach_file`, { bytes: ubl(), name: 'bill.xml' }))
    expect(await readOnce(w, id)).toMatchObject({ document_id: 'mine', total_amount: 11900, currency: 'EUR', status: 'new' })
  })
})

describe('when there was no time', () => {
  /** Does the waiting job of this document with next to no time. */
  async function hurry(w: World, kind: 'payables.read' | 'credit_notes.read' | 'receipts.read'): Promise<void> {
    const { machinery } = await house()
    const hurried = { ...machinery, config: { ...machinery.config, scan_seconds: 0.41 } }
    const handlers = { ...readingJobs(hurried), ...receiptJobs(hurried) }
    const [job] = await w.sql<Body>(`select * from jobs where kind = $1 and partner_id = $2`, [kind, w.partner_id])
    const finish = await handlers[kind](job as never)
    await asEntity(machinery.db, whoOf(job as never), async (ctx) => {
      await finish(ctx)
      await ctx.db.query(`delete from jobs where id = $1`, [job!.id])
    })
  }
  const white = () =>
    sharp({ create: { width: 900, height: 1200, channels: 3, background: 'white' } })
      .png()
      .toBuffer()
  const waiting = (w: World, kind: string) =>
    w.sql<Body>(`select payload, run_at > now() + interval '4 minutes' as later from jobs where kind = $1 and partner_id = $2`, [
      kind,
      w.partner_id,
    ])
  const anHourLater = (w: World, kind: string) =>
    w.sql(
      `update jobs set run_at = now(), payload = jsonb_set(payload::jsonb, '{late_since}', '"2020-01-01T00:00:00Z"') where kind = $1 and partner_id = $2`,
      [kind, w.partner_id],
    )

  test.each([
    ['payables.read', '/payables', (bill: Body) => bill.other_extracted_data.warnings],
    ['credit_notes.read', '/payable_credit_notes', (note: Body) => note.warnings],
    ['receipts.read', '/receipts', null],
  ] as const)('a scan says so, and is read once more later, and only once: %s', async (kind, path, warningsOf) => {
    const w = await world()
    const { id } = good(await w.berlin.upload('POST', `${path}/upload_from_file`, { bytes: await white(), name: 'scan.png' }))
    const read = async () => good(await w.berlin.get(`${path}/${id}`))
    await hurry(w, kind)
    const late = await read()
    expect(late.ocr_status).toBe('error')
    const said = /SCAN_SECONDS.*tried once more when the server is quiet/
    if (warningsOf) expect(warningsOf(late)).toEqual([expect.stringMatching(said)])
    expect(await waiting(w, kind)).toMatchObject([{ later: true, payload: { late_since: expect.any(String) } }])
    // An hour later it is tried whatever the machine does; there is still no time, and that is the end.
    await anHourLater(w, kind)
    await hurry(w, kind)
    if (warningsOf) expect(warningsOf(await read())).toEqual([expect.not.stringContaining('once more')])
    expect(await waiting(w, kind)).toEqual([])
  })

  test('what somebody did in the meantime is not undone', async () => {
    const w = await world()
    const { id } = good(await w.berlin.upload('POST', '/payables/upload_from_file', { bytes: await white(), name: 'scan.png' }))
    await hurry(w, 'payables.read')
    good(await w.berlin.post(`/payables/${id}/cancel`))
    await anHourLater(w, 'payables.read')
    await w.work()
    expect(await readBill(w.berlin, id)).toMatchObject({ status: 'canceled', ocr_status: 'error' })
    expect(await waiting(w, 'payables.read')).toEqual([])
  })

  test('it waits for a quiet moment, an hour at most', () => {
    const since = new Date('2031-01-10T10:00:00Z')
    const at = (minutes: number) => new Date(since.getTime() + minutes * 60_000)
    expect(putOff(since, since, () => true)).toEqual(at(5))
    expect(putOff(since, at(5), () => true)).toBeNull()
    expect(putOff(since, at(5), () => false)).toEqual(at(10))
    expect(putOff(since, at(59), () => false)).toEqual(at(64))
    expect(putOff(since, at(60), () => false)).toBeNull()
  })
})
