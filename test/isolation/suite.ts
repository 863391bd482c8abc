import { afterAll, expect } from 'vitest'
import { audit } from '../../src/modules/audit/audit.ts'
import type { Schema } from '../fuzz/generate.ts'
import { lookAtAll } from '../support/books.ts'
import { type Answer, type Body, type Client, houseApart, type World, world } from '../support/world.ts'
import { fileFor, targets } from './places.ts'
import { filled, make, type Owner, PAYABLE, prefixes } from './resources.ts'

/** An operation as the suite asks it. */
export interface Op {
  readonly method: string
  readonly url: string
  readonly id: string
  readonly may: string | readonly string[]
  readonly entity: string
  readonly status: number
  readonly form: boolean
  readonly params?: Schema
  readonly query?: Schema
  readonly body?: Schema
}
/** Things that aren't one's own or another's: either refused as a whole, which `test/permissions` looks after, or there for everybody. */
export const OWNERLESS = new Map([
  ['/roles/:role_id', 'roles belong to the entity'],
  ['/entity_users/:entity_user_id', 'users belong to the entity'],
  ['/entities/:entity_id/vat_ids/:id', 'VAT IDs belong to the entity'],
  ['/entities/:entity_id', 'the entity is nobody’s own'],
  ['/text_templates/:text_template_id', 'texts are settings of the entity'],
  ['/document_templates/:document_template_id', 'the choice is a setting of the entity'],
  ['/measure_units/:unit_id', 'units are the common stock of the entity: everybody reads them'],
  ['/payment_terms/:payment_terms_id', 'terms are the common stock of the entity: everybody reads them'],
  ['/accounting/payables/:payable_id', 'what is in the ledger is nobody’s own'],
  ['/accounting/receivables/:invoice_id', 'what is in the ledger is nobody’s own'],
  ['/x/ledger/accounts/:account_number', 'accounts of the books are nobody’s own'],
  ['/custom_vat_rates/:custom_vat_rate_id', 'rates are the common stock of the entity: everybody reads them'],
])
/** Things that are the same for everybody: the id of one entity is the id of all. */
export const COMMON = new Set(['/document_templates/:document_template_id'])

/** Things of which an entity has one: whoever makes another has the same. */
const SINGLE = new Set(['/x/payment_providers/:payment_provider_id', '/einvoicing_connections/:einvoicing_connection_id'])

/** Tokens are asked for with a secret instead of a token: `no-access.test.ts` looks at them. */
const APART = new Set(['post_auth_token', 'post_auth_revoke'])

/** What a file of the suite asks with: every operation, one partner with two entities, and another partner with one. Audits their books at the end. */
export async function isolation() {
  const MARK = `secret-${Math.random().toString(36).slice(2)}`
  const { app, admin } = await houseApart()

  const operations: Op[] = app.operations.map(({ method, url, operation: { id, may, entity, status, form }, schema }) => ({
    method,
    url,
    id,
    may,
    entity,
    status,
    form: form !== undefined,
    params: schema.params,
    query: schema.querystring,
    body: schema.body,
  }))

  /** What anyone may ask is no door: a quote's id is its secret, see `internal-quotes.test.ts`. */
  const guarded = operations.filter(({ id, may }) => !APART.has(id) && may !== 'anyone')
  const served = new Set(operations.flatMap(({ url }) => prefixes(url)))

  /** One partner with two entities, and another partner with one. */
  const [own, other] = await Promise.all([world(houseApart()), world(houseApart())])
  const ownerOf = (w: World, user: Client): Owner => ({
    user,
    entityId: user.entityId!,
    partner: w.partnerIn(user.entityId!),
    sql: w.sql,
  })
  const berlin = ownerOf(own, own.berlin)
  const paris = ownerOf(own, own.paris)
  const stranger = ownerOf(other, other.berlin)
  await Promise.all([paris, stranger].map(({ user }) => user.post('/tags', { name: MARK })))

  let probes = 0
  const dormant = new Map<string, string>()

  async function send(as: Client, { id, method, form }: Op, url: string, body: Body): Promise<Answer> {
    probes++
    const path = url.startsWith('/') ? url : `/${url}`
    if (form && (method === 'POST' || method === 'PUT'))
      return as.upload(method, path, fileFor({ id }), method === 'POST' ? { file_type: 'attachments' } : {})
    // Ids that nobody may use are sent on purpose, and some bodies are broken beside them: only the answers are held to the contract.
    const extras = { beyond: true }
    if (method === 'GET') return as.get(path, extras)
    if (method === 'DELETE') return as.delete(path, extras)
    return as[method.toLowerCase() as 'post'](path, body, extras)
  }

  /** Who asks such an operation in the ordinary way. */
  const asker = (op: Op, owner: Owner): Client =>
    op.may === 'partner' ? (op.entity === 'header' ? owner.partner : partnerOf(owner)) : owner.user
  const partnerOf = (owner: Owner): Client => (owner === stranger ? other : own).partner

  const books = await lookAtAll(admin)

  /** What an answer says, apart from the ids that were asked for. */
  const said = ({ status, body }: Answer, ids: readonly string[]) =>
    ids.reduce(
      (text, id) => text.replaceAll(id, '<id>'),
      `${status} ${Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body)}`,
    )

  const expectNoLeak = (answer: Answer) =>
    expect(JSON.stringify(answer.body ?? ''), 'an answer shows something of another entity').not.toContain(MARK)

  /** Lists that are asked for something in particular. */
  const questions: Record<string, string> = {
    get_files: '?file_type=attachments',
    get_frontend_document_type_descriptions: '?country=DE',
    get_frontend_person_mask: '?relationships=owner',
    get_comments: `?object_type=payable&object_id=${PAYABLE}`,
    get_accounting_synced_records: '?object_type=product',
    get_x_ledger_export: '?format=hledger',
    get_internal_counterparts_ai_suggestions: `?name=Customer%20${MARK}`,
    get_einvoice_search: '?network_schema=DE:VAT&network_identifier=1',
    get_analytics_receivables: '?metric=id&aggregation_function=count',
    get_analytics_payables: '?metric=id&aggregation_function=count',
    get_analytics_credit_notes: '?metric=id&aggregation_function=count',
    get_internal_settings: `?partner_id=${own.partner_id}&project_id=${own.partner_id}`,
  }
  function listed({ id, url }: Op): string {
    return url + (questions[id] ?? '')
  }

  /** `/tags` → `/tags/:tag_id` */
  function detailOf(url: string): string | undefined {
    return [...served].find((prefix) => prefix.startsWith(`${url}/:`) && !prefix.slice(url.length + 2).includes('/'))
  }

  /** Something of that kind that was there once; null where it can't be deleted. */
  async function deleted(
    owner: Owner,
    prefix: string,
    given: Record<string, string> = {},
  ): Promise<Record<string, string> | null> {
    if (SINGLE.has(prefix)) return null
    const remover = guarded.find(({ method, url }) => method === 'DELETE' && url === prefix)
    if (!remover) return null
    const ids = await make(owner, prefix, 'gone', given)
    const answer = await send(asker(remover, owner), remover, filled(prefix, ids), undefined)
    expect(answer.status, `${prefix} can not be deleted: ${JSON.stringify(answer.body)}`).toBe(remover.status)
    return ids
  }

  /** What a place refers to, or null when there is nothing to take an id from. */
  function targetOf(op: Op, place: string): string | null {
    const itself = /^(query|body)\.id__(not_)?in/.test(place)
    const target = itself
      ? (detailOf(op.url.replace(/\/search$/, '')) ?? `${op.url} has no detail`)
      : targets.find(([pattern]) => pattern.test(place))![1]
    if (typeof target !== 'string') dormant.set(`${op.id} ${place}`, target.nowhere)
    else if (!served.has(target)) dormant.set(`${op.id} ${place}`, `${target} is not served yet`)
    else return target
    return null
  }

  afterAll(async () => {
    console.log(`${probes} probes of ${operations.length} operations; ${dormant.size} places lead nowhere yet`)
    const entities = new Set(
      (
        await own.sql<{ id: string }>(`select id from entities where partner_id = any ($1)`, [[own.partner_id, other.partner_id]])
      ).map(({ id }) => id),
    )
    const findings = (await audit(own.machinery.db)).map(({ question, rows }) => ({
      question,
      rows: rows.filter(({ entity_id }) => entities.has(entity_id as string)),
    }))
    expect(findings.filter(({ rows }) => rows.length > 0)).toEqual([])
  })

  return {
    own,
    other,
    ownerOf,
    berlin,
    paris,
    stranger,
    mark: MARK,
    guarded,
    served,
    send,
    asker,
    books,
    said,
    expectNoLeak,
    deleted,
    detailOf,
    listed,
    targetOf,
  }
}
export type Isolation = Awaited<ReturnType<typeof isolation>>

export const imaginary = (): string => crypto.randomUUID()
export const message = (answer: Answer) => answer.body?.error?.message
export const isSearch = ({ id }: Op) => id === 'post_receivables_search'
