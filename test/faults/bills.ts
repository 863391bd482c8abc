import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Made, makeEinvoice, makeText } from '../../bench/bills/make.ts'
import { einvoices, texts } from '../../bench/bills/plan.ts'
import { organization, VERSION } from '../support/world.ts'
import { credentialsIn, type machine, type Server } from './process.ts'

type Computer = ReturnType<typeof machine>

/** Bills that are uploaded to a real server whose processes are killed under its hands. */

const short = <T extends { lines: readonly number[]; credit?: boolean }>(orders: readonly T[]) =>
  orders.flatMap(({ lines, credit }, at) => (lines[1]! < 12 && !credit ? [at] : []))
const [printed, electronic] = [short(texts), short(einvoices)]

/** The n-th of any number of different bills of a page or two: of ten, seven are PDFs with text and three electronic invoices. */
export function billNumber(n: number): Made {
  const [plan, nth] =
    n % 10 < 7 ? [printed, Math.floor(n / 10) * 7 + (n % 10)] : [electronic, Math.floor(n / 10) * 3 + (n % 10) - 7]
  const year = `of round ${Math.floor(nth / plan.length)}`
  return plan === printed ? makeText(plan[nth % plan.length]!, year) : makeEinvoice(plan[nth % plan.length]!, year)
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
type Body = any

/** An entity, and requests in its name that go on asking until a server answers. */
export interface Customer {
  readonly entity_id: string
  readonly get: (path: string) => Promise<Body>
  readonly post: (path: string, body: unknown) => Promise<Body>
  /** Takes a bill in, once, however often it has to be sent. */
  readonly upload: (made: Made, key: string) => Promise<Body>
  /** All rows of a list. */
  readonly all: (path: string) => Promise<Body[]>
}

/** Signs in as the first partner, whose secret the first server put into a file, and founds this many entities. `url` answers where the server listens now. */
export async function customers(first: Server, url: () => string, count: number): Promise<Customer[]> {
  const credentials = credentialsIn(first.output())
  const signIn = await send(url, '/auth/token', {}, json({ grant_type: 'client_credentials', ...credentials }))
  const authorization = `Bearer ${signIn.access_token}`
  const found = async () =>
    customer(url, { authorization }, (await send(url, '/entities', { authorization }, json(organization))).id)
  return Promise.all(Array.from({ length: count }, found))
}

function customer(url: () => string, partner: { authorization: string }, entity_id: string): Customer {
  const headers = { ...partner, 'x-monite-entity-id': entity_id }
  const get = (path: string) => send(url, path, headers)
  return {
    entity_id,
    get,
    post: (path, body) => send(url, path, headers, json(body)),
    upload(made, key) {
      const form = new FormData()
      form.append('file', new Blob([Uint8Array.from(made.bytes)]), made.truth.file)
      return send(url, '/payables/upload_from_file', { ...headers, 'idempotency-key': key }, { method: 'POST', body: form })
    },
    async all(path) {
      const rows: Body[] = []
      let page = await get(`${path}${path.includes('?') ? '&' : '?'}limit=100`)
      for (;;) {
        rows.push(...page.data)
        if (!page.next_pagination_token) return rows
        page = await get(`${path.split('?')[0]}?limit=100&pagination_token=${page.next_pagination_token}`)
      }
    },
  }
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

/** Nobody there, or no database behind: asks again, for at most a minute. Anything else that is no success is thrown. */
async function send(url: () => string, path: string, headers: Record<string, string>, request: RequestInit = {}): Promise<Body> {
  const until = Date.now() + 60_000
  for (;;) {
    const answer = await fetch(`${url()}/v1${path}`, {
      ...request,
      headers: { 'x-monite-version': VERSION, ...headers, ...(request.headers as Record<string, string>) },
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((error: Error) => ({ status: 503, text: error.message }))
    if (answer.status < 300) return JSON.parse(answer.text)
    if (answer.status < 500 || Date.now() > until) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 300)}`)
    await sleep(100)
  }
}

/** Does `work` for each of `items`, so many at a time. */
export async function each<T>(
  items: readonly T[],
  at_once: number,
  work: (item: T, nth: number) => Promise<void>,
): Promise<void> {
  const left = items.entries()
  const hand = async () => {
    for (const [nth, item] of left) await work(item, nth)
  }
  await Promise.all(Array.from({ length: at_once }, hand))
}

/** Kills every process of the database of this folder at once, as a machine that runs out of memory would. */
export function killDatabase({ dataDir }: Computer): void {
  const postmaster = Number.parseInt(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8'), 10)
  const backends = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster)
  for (const pid of [postmaster, ...backends.map(Number)])
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // It ended by itself just now.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
}

const parentOf = (pid: string): number | null => {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    )
  } catch {
    return null
  }
}

/** How many jobs of these kinds (a pattern) there are. */
export async function waitingJobs(computer: Computer, kinds = ''): Promise<number> {
  const [row] = await computer.sql<{ count: string }>(`select count(*) from jobs where kind ~ $1`, [kinds])
  return Number(row!.count)
}

/** Lets the leases of processes that were killed run out at once; everything else stays as it was. */
export const endLeases = (computer: Computer) =>
  computer.sql(`update jobs set run_at = now() where attempts > 0 and failures = 0`)

/** Listens for the events of bills of all entities: how often each was told, by its id. */
export async function listenTo(partner: Customer, object_type: string) {
  const heard = new Map<string, number>()
  const receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (piece) => (text += piece))
    request.on('end', () => {
      const { id } = JSON.parse(text)
      heard.set(id, (heard.get(id) ?? 0) + 1)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((done) => receiver.on('listening', done))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  await partner.post('/webhook_subscriptions', { object_type, url })
  const close = () => {
    receiver.closeAllConnections()
    receiver.close()
  }
  return { heard, close }
}

/**
 * What is wrong with the bills of a customer after all of it, in words: nothing, if each that was sent is there once, was read once, said
 * so once, and holds what stands on it. `reread` reads a file apart, to tell what the reader can't read from what a kill destroyed.
 */
export async function faultsIn(
  customer: Customer,
  sent: ReadonlyMap<string, Made>,
  heard: ReadonlyMap<string, number>,
  reread: (made: Made) => Promise<number | null>,
): Promise<{ faults: string[]; unread: string[]; misread: string[] }> {
  const [faults, unread, misread]: string[][] = [[], [], []]
  const bills = await customer.all('/payables')
  const there = new Map<string, Body>(bills.map((bill) => [bill.id, bill]))
  if (bills.length !== sent.size || there.size !== sent.size)
    faults!.push(`${sent.size} bills were sent; the list shows ${bills.length}, ${there.size} of them different`)
  for (const [id, made] of sent) {
    const bill = there.get(id)
    if (bill?.file?.md5 !== md5(made.bytes)) faults!.push(`${id}: its file is another`)
    else if (bill.ocr_status === 'success') {
      const [read, lines] = [bill.other_extracted_data.total_raw, bill.other_extracted_data.line_items_raw.length]
      const kept = (await customer.all(`/payables/${id}/line_items`)).length
      if (kept !== lines) faults!.push(`${id}: ${lines} lines were read, ${kept} are there`)
      if (read === made.truth.total) continue
      if ((await reread(made)) === read) misread!.push(`${made.truth.file}: ${read} instead of ${made.truth.total}`)
      else faults!.push(`${id}: ${read} instead of ${made.truth.total}`)
    } else if (bill.ocr_status === 'error' && bill.other_extracted_data?.warnings?.[0])
      unread!.push(`${made.truth.file}: ${bill.other_extracted_data.warnings[0]}`)
    else faults!.push(`${id}: ${bill.ocr_status} without a reason`)
  }
  const told = new Map<string, number>()
  for (const { id, object_id, action } of await customer.all('/events?object_type=payable')) {
    told.set(`${object_id} ${action}`, (told.get(`${object_id} ${action}`) ?? 0) + 1)
    if (!heard.has(id)) faults!.push(`${object_id}: ${action} never reached its subscriber`)
  }
  for (const id of sent.keys())
    for (const action of ['payable.created', 'payable.ocr_finished'])
      if (told.get(`${id} ${action}`) !== 1) faults!.push(`${id}: told ${told.get(`${id} ${action}`) ?? 0} times: ${action}`)
  for (const [what, times] of told) if (times > 1) faults!.push(`${what}: told ${times} times`)
  const vendors = await customer.all('/counterparts')
  if (vendors.length > 0) faults!.push(`${vendors.length} counterparts that nobody made`)
  return { faults: faults!, unread: unread!, misread: misread! }
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
