import { agree as agreeTo, connectionByKey } from '../../src/modules/accounting/connections/connections.service.ts'
import { jobHandlers } from '../../src/modules/jobs.ts'
import { asSystem } from '../../src/platform/database/context.ts'
import { workOnce } from '../../src/platform/jobs/jobs.ts'
import type { Machinery } from '../../src/platform/machinery.ts'
import type { FakeLedger } from './fake-ledger.ts'
import { good } from './invoicing.ts'
import type { Body, Client, World } from './world.ts'

/** The partner's hand in an entity. */
export const partnerOf = (w: World, who: Client): Client => w.partnerIn(who.entityId!)

/** A connection whose page was opened and agreed to: to our own books, or to another ledger. */
export async function connected(w: World, who: Client, answers: Record<string, string> = {}): Promise<Body> {
  const partner = partnerOf(w, who)
  const opened = good(await partner.post('/accounting_connections'))
  const agreed = await agree(w, opened, answers)
  if (agreed.statusCode !== 200) throw new Error(`${agreed.statusCode}: ${agreed.body}`)
  await w.work()
  return good(await partner.get(`/accounting_connections/${opened.id}`))
}

/** Sends the form of the page behind `connection_url`. */
export async function agree(w: World, { connection_url }: Body, answers: Record<string, string> = {}) {
  return w.app.inject({
    method: 'POST',
    url: new URL(connection_url).pathname,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ledger: 'ledger', ...answers }).toString(),
  })
}

/** What is kept in step of an object. */
export async function recordsOf(w: World, who: Client, object_type: string, id?: string): Promise<Body[]> {
  const of = id ? `&object_id=${id}` : ''
  return good(await partnerOf(w, who).get(`/accounting_synced_records?object_type=${object_type}${of}`)).data
}
export async function recordOf(w: World, who: Client, object_type: string, id: string): Promise<Body> {
  const [record] = await recordsOf(w, who, object_type, id)
  if (!record) throw new Error(`Nothing is kept in step of ${object_type} ${id}`)
  return record
}
export const push = async (w: World, who: Client, { id }: Body): Promise<Body> => {
  const pushed = good(await partnerOf(w, who).post(`/accounting_synced_records/${id}/push`))
  await w.work()
  return pushed
}

/** The entries of the books about a document, each as its lines: account, and amount in the books' currency. */
export async function entriesOf(w: World, document: string): Promise<[kind: string, ...lines: [string, number][]][]> {
  const rows = await w.sql<{ kind: string; lines: [string, number][] }>(
    `select e.kind, (select json_agg(json_build_array(l.account, l.amount) order by l.place) from books_lines l where l.entity_id = e.entity_id and l.entry_id = e.id) as lines
     from books_entries e where e.document_id = $1 order by e.number`,
    [document],
  )
  return rows.map(({ kind, lines }) => [kind, ...lines])
}

/** What lies on each account of an entity's books, where that is something. */
export async function balances(w: World, who: Client): Promise<Record<string, number>> {
  const rows = await w.sql<{ account: string; amount: number }>(
    `select account, sum(amount)::bigint as amount from books_lines where entity_id = $1 group by account having sum(amount) <> 0 order by account`,
    [who.entityId],
  )
  return Object.fromEntries(rows.map(({ account, amount }) => [account, Number(amount)]))
}

/** An entity that is connected to somebody else's ledger, and its own workers, who know that ledger. */
export async function connectedTo(w: World, who: Client, { provider }: Pick<FakeLedger, 'provider'>) {
  const machinery: Machinery = {
    ...w.machinery,
    accounting: { all: [provider], named: (name) => (name === provider.name ? provider : null) },
  }
  const handlers = jobHandlers(machinery)
  const work = async () => {
    while ((await workOnce(machinery.db, machinery.log, handlers, [w.partner_id])) > 0);
  }
  const partner = partnerOf(w, who)
  const opened = good(await partner.post('/accounting_connections'))
  const found = await asSystem(machinery.db, (ctx) => connectionByKey(ctx, opened.connection_url.split('/').at(-1)))
  if (!found) throw new Error('There is no connection')
  const agreeAgain = () => agreeTo(machinery, found, { provider, answers: {}, all: false })
  await agreeAgain()
  await work()
  const connection = async (): Promise<Body> => good(await partner.get(`/accounting_connections/${opened.id}`))
  return {
    machinery,
    handlers,
    work,
    connection,
    agreeAgain,
    sync: async () => {
      good(await partner.post(`/accounting_connections/${opened.id}/sync`))
      await work()
    },
    push: async (record: Body) => {
      good(await partner.post(`/accounting_synced_records/${record.id}/push`))
      await work()
    },
  }
}
