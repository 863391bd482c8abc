import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { localDate } from '../../src/core/local-day.ts'
import { unzip } from '../support/zip.ts'
import { customers, each, endLeases } from './bills.ts'
import { invoiceBy, machine, type Server } from './process.ts'

/** A data export whose server is killed in the middle of it. */

const INVOICES = 100
const BILLS = 60

const computer = machine()
let server: Server
afterAll(async () => {
  await server?.kill()
  await computer.remove()
}, 60_000)

/** A page that is a PDF and no other one. */
const page = (text: string) =>
  Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj
4 0 obj<</Length ${text.length + 2}>>stream
%${text}
endstream endobj
trailer<</Root 1 0 R>>
%%EOF`)

test('an export that is killed twice holds every document once', { timeout: 120_000 }, async () => {
  server = await computer.start()
  const [customer] = await customers(server, () => server.url, 1)
  const { entity_id, get, post } = customer!
  const invoice = await invoiceBy(post, entity_id)
  const bills = Array.from({ length: BILLS }, (_, n) => `bill-${n}`)
  await each(bills, 4, async (document_id) => {
    const base64_encoded_file = page(document_id).toString('base64')
    await post('/payables', { document_id, currency: 'EUR', base64_encoded_file, file_name: `${document_id}.pdf` })
  })
  // Pictures of the bills would be drawn beside what is tested.
  await computer.sql(`delete from jobs where kind = 'files.draw'`)
  const numbers: string[] = []
  await each(Array.from({ length: INVOICES }), 4, async () => {
    const { id } = await post('/receivables', invoice)
    numbers.push((await post(`/receivables/${id}/issue`, {})).document_id)
  })
  const today = localDate(new Date(), 'Europe/Berlin')
  const { id } = await post('/data_exports', {
    date_from: '2024-01-01',
    date_to: today,
    format: 'pdf',
    objects: [
      { name: 'payable', statuses: ['draft', 'new'] },
      { name: 'receivable', statuses: ['issued'] },
    ],
  })

  /** Waits until the attempt has come so far that its folder is being filled, and kills it there. */
  const killAttempt = async (attempt: number) => {
    const folder = `quittance-export-${id}-${attempt}`
    while (!readdirSync(tmpdir()).includes(folder)) await sleep(2)
    await sleep(30 * attempt)
    await server.kill()
    expect(readdirSync(tmpdir())).toContain(folder)
    const [state] = await computer.sql('select status, file_key from data_exports where id = $1', [id])
    expect(state).toEqual({ status: 'pending', file_key: null })
    await endLeases(computer)
    server = await computer.start()
  }
  await killAttempt(1)
  await killAttempt(2)

  while ((await get(`/data_exports/${id}`)).status === 'pending') await sleep(50)
  const made = await get(`/data_exports/${id}`)
  expect(made).toMatchObject({ status: 'ready', count: BILLS + INVOICES })
  const files = await unzip(Buffer.from(await (await fetch(made.source_url)).arrayBuffer()))
  const name = (number: string) => number.replace(/[^\p{L}\p{N}._-]+/gu, '_')
  expect(files.map(([name]) => name).sort()).toEqual(
    [
      ...bills.map((bill) => `payables/${bill}.pdf`),
      ...numbers.map((number) => `receivables/invoices/${name(number)}.pdf`),
    ].sort(),
  )
  for (const [name, bytes] of files) {
    expect(bytes.subarray(0, 5).toString(), name).toBe('%PDF-')
    if (name.startsWith('payables/')) expect(bytes).toEqual(page(name.slice(9, -4)))
  }
  // Nothing is left of the attempts that broke off, and none of them is seen twice.
  expect(readdirSync(tmpdir()).filter((folder) => folder.includes(id))).toEqual([])
  expect(await customer!.all('/files?file_type=zip')).toHaveLength(1)
  expect(await computer.sql('select event from events where object_id = $1', [id])).toEqual([{ event: 'finished' }])
  const { code, output } = await computer.run('audit')
  expect(code, output).toBe(0)
})
