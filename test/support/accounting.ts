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
