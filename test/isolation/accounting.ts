import type { App } from '../../src/platform/http/operation.ts'
import { type Owner, sqlOf } from './resources.ts'

/** Ledgers for the suites. */

/** Connects an entity to its books, by the page that its user would open. */
export async function ledgerConnection(app: App, { partner }: Pick<Owner, 'partner'>): Promise<string> {
  const { body } = await partner.post('/accounting_connections')
  const { statusCode } = await app.inject({
    method: 'POST',
    url: new URL(body.connection_url).pathname,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'ledger=ledger',
  })
  if (statusCode !== 200) throw new Error(`The ledger is not connected: ${statusCode}`)
  return body.id
}

/** A connection that nobody has agreed to. An entity has one at a time: the one before it ends. */
export async function openConnection({ partner }: Owner): Promise<string> {
  await endConnections(partner)
  const { body, status } = await partner.post('/accounting_connections')
  if (status !== 201) throw new Error(`No connection: ${JSON.stringify(body)}`)
  return body.id
}

export async function endConnections(partner: Owner['partner']): Promise<void> {
  const { body } = await partner.get('/accounting_connections')
  for (const { id, status } of body.data)
    if (status !== 'disconnected') await partner.post(`/accounting_connections/${id}/disconnect`)
}

/** The same, agreed to. It is put there by hand: no job reads the ledger while the suites count rows. */
export async function agreedConnection(owner: Owner): Promise<string> {
  const id = await openConnection(owner)
  await (await sqlOf(owner))(`update accounting_connections set status = 'connected', adapter = 'ledger' where id = $1`, [id])
  return id
}

/** Something that is kept in step. It is put there by hand, for nothing is pushed while the suites count rows. */
export async function syncedRecord(owner: Owner): Promise<string> {
  const sql = await sqlOf(owner)
  const [made] = await sql<{ id: string }>(
    `insert into accounting_synced_records (partner_id, entity_id, object_type, object_id, adapter, fingerprint)
     select partner_id, id, 'product', gen_random_uuid(), 'ledger', '' from entities where id = $1 returning id`,
    [owner.entityId],
  )
  return made!.id
}

export async function ledgerAccount(owner: Owner, mark: string): Promise<string> {
  const sql = await sqlOf(owner)
  const [made] = await sql<{ id: string }>(
    `insert into ledger_accounts (partner_id, entity_id, adapter, platform_id, name, type, status)
     select partner_id, id, 'ledger', gen_random_uuid()::text, $2, 'Income', 'Active' from entities where id = $1 returning id`,
    [owner.entityId, mark],
  )
  return made!.id
}

export async function ledgerTaxRate(owner: Owner, mark: string): Promise<string> {
  const sql = await sqlOf(owner)
  const [made] = await sql<{ id: string }>(
    `insert into accounting_tax_rates (partner_id, entity_id, adapter, platform_id, name, total_tax_rate, effective_tax_rate)
     select partner_id, id, 'ledger', gen_random_uuid()::text, $2, 1900, 1900 from entities where id = $1 returning id`,
    [owner.entityId, mark],
  )
  return made!.id
}

/** A bill or an invoice that the ledger told of, in an entity that is connected. */
export async function ledgerDocument(owner: Owner, kind: 'payable' | 'receivable', mark: string): Promise<string> {
  const sql = await sqlOf(owner)
  await agreedConnection(owner)
  const [made] = await sql<{ platform_id: string }>(
    `insert into accounting_documents (partner_id, entity_id, kind, platform_id, place, content)
     select e.partner_id, e.id, $2, i.id, 0, json_build_object('id', i.id, 'status', 'open', 'total_amount', 1, 'memo', $3::text)
     from entities e, (select gen_random_uuid()::text as id) i where e.id = $1 returning platform_id`,
    [owner.entityId, kind, mark],
  )
  return made!.platform_id
}

/** An account of the entity's books. */
export async function booksAccount(owner: Owner, mark: string): Promise<string> {
  const sql = await sqlOf(owner)
  await openBooks(owner)
  const number = String(100_000 + Math.floor(Math.random() * 1e9))
  await sql(
    `insert into books_accounts (partner_id, entity_id, number, name, type) select partner_id, id, $2, $3, 'Income' from entities where id = $1`,
    [owner.entityId, number, mark],
  )
  return number
}

export async function openBooks(owner: Owner): Promise<void> {
  const sql = await sqlOf(owner)
  await sql(
    `insert into books (partner_id, entity_id, chart, currency) select partner_id, id, 'general', 'EUR' from entities where id = $1 on conflict do nothing`,
    [owner.entityId],
  )
}
