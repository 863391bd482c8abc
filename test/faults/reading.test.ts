import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { sniff } from '../../src/modules/common/files/files.service.ts'
import { readFile } from '../../src/platform/reading/reading.ts'
import { billNumber, customers, each, endLeases, faultsIn, killDatabase, listenTo, waitingJobs } from './bills.ts'
import { machine, type Server } from './process.ts'

/** Bills under a server that is killed while it takes them in and reads them. `bench/killed.ts` does it with a thousand. */

const PRINTED = 3
const ELECTRONIC = 13

const computer = machine()
let server: Server
afterAll(async () => {
  await server?.kill()
  await computer.remove()
}, 60_000)

test('every bill that was sent is there once and is read once, though server and database are killed', {
  timeout: 180_000,
}, async () => {
  const numbers = Array.from({ length: 120 }, (_, n) => n)
  const bills = [
    ...numbers.filter((n) => n % 10 < 7).slice(0, PRINTED),
    ...numbers.filter((n) => n % 10 >= 7).slice(0, ELECTRONIC),
  ].map(billNumber)
  server = await computer.start()
  const [customer] = await customers(server, () => server.url, 1)
  const { heard, close } = await listenTo(customer!, 'payable')
  const toRead = () => waitingJobs(computer, '^payables.read$')
  const killServer = async () => {
    await server.kill()
    await endLeases(computer)
    server = await computer.start()
  }

  // The first kill meets bills that are on their way in: whoever sent them gets no answer and sends them again.
  const sent = new Map<string, (typeof bills)[number]>()
  const sending = each(bills, 8, async (made, nth) => void sent.set((await customer!.upload(made, `bill ${nth}`)).id, made))
  while (sent.size < bills.length / 3) await sleep(5)
  await killServer()
  await sending
  expect(sent.size).toBe(bills.length)

  while ((await toRead()) > bills.length / 2) await sleep(50)
  killDatabase(computer)
  await computer.startDatabase()
  while ((await toRead()) > bills.length / 4) await sleep(50)
  await killServer()

  while ((await toRead()) > 0) await sleep(100)
  while ((await waitingJobs(computer, '^webhooks')) > 0) await sleep(100)
  const { faults, unread } = await faultsIn(customer!, sent, heard, async ({ bytes }) => {
    const outcome = await readFile(Buffer.from(bytes), sniff(Buffer.from(bytes)), { names: [], vat_ids: [], ids: [], ibans: [] })
    return 'way' in outcome ? outcome.bill.total : null
  })
  expect([faults, unread]).toEqual([[], []])
  const { code, output } = await computer.run('audit')
  expect(code, output).toBe(0)
  close()
})
