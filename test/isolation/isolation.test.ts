import { afterAll, describe, expect, test } from 'vitest'
import { audit } from '../../src/modules/audit/audit.ts'
import { TENANT_TABLES } from '../../src/modules/audit/questions.ts'
import { sha256 } from '../../src/platform/auth/secrets.ts'
import { idPlaces, minimal, type Schema } from '../fuzz/generate.ts'
import { type Answer, type Body, type Client, client, house, permissions, type World, world } from '../support/world.ts'
import { closed, fileFor, fitted, moved, owning, placed, situation, targets, unchecked } from './places.ts'
import { filled, make, type Owner, PAYABLE, prefixes, resources } from './resources.ts'

/**
 * Made from the routes: every operation, asked by everybody who may not ask it, and every place where an id can stand, given ids that
 * belong to somebody else. A new operation is picked up by itself, and fails here by name when the suite doesn't know its objects.
 */

const MARK = `secret-${Math.random().toString(36).slice(2)}`
const { app } = await house()

interface Op {
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

/** Tokens are asked for with a secret instead of a token: `apart` at the end looks at them. */
const APART = new Set(['post_auth_token', 'post_auth_revoke'])
/** Answers that a model streams are tried in `assistant.test.ts`: here is no model. */
const TALK = 'post_ai_conversations_id_messages'
/** What anyone may ask is no door: a quote's id is its secret, see `internal-quotes.test.ts`. */
const guarded = operations.filter(({ id, may }) => !APART.has(id) && may !== 'anyone')
const served = new Set(operations.flatMap(({ url }) => prefixes(url)))

/** One partner with two entities, and another partner with one. */
const [own, other] = await Promise.all([world(), world()])
const ownerOf = (w: World, user: Client): Owner => ({ user, entityId: user.entityId!, partner: w.partnerIn(user.entityId!) })
const berlin = ownerOf(own, own.berlin)
const paris = ownerOf(own, own.paris)
const stranger = ownerOf(other, other.berlin)
await Promise.all([paris, stranger].map(({ user }) => user.post('/tags', { name: MARK })))

const imaginary = (): string => crypto.randomUUID()
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

const tables = (await own.sql<{ name: string }>(TENANT_TABLES.text)).map(({ name }) => name)
// In a fixed order: the planner may read the tables side by side.
const everyTable = `${[...tables, 'entities', 'webhook_subscriptions', 'partners', 'api_clients']
  .map((name) => `select '${name}' as name, count(*) as rows, coalesce(sum(xmin::text::bigint), 0)::text as written from ${name}`)
  .join(' union all ')} order by name`
/** Changes with every row that comes, goes or is rewritten. The statement has a name: to plan it takes longer than to run it. */
async function books(): Promise<string> {
  return JSON.stringify((await own.admin.query({ name: 'books', text: everyTable })).rows)
}

/** What an answer says, apart from the ids that were asked for. */
const said = ({ status, body }: Answer, ids: readonly string[]) =>
  ids.reduce(
    (text, id) => text.replaceAll(id, '<id>'),
    `${status} ${Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body)}`,
  )

const expectNoLeak = (answer: Answer) =>
  expect(JSON.stringify(answer.body ?? ''), 'an answer shows something of another entity').not.toContain(MARK)

const message = (answer: Answer) => answer.body?.error?.message

test('the suite knows how to make everything that has an id in a path', () => {
  const unknown = [...served].filter((prefix) => !resources[prefix])
  expect(unknown, 'add these to test/isolation/resources.ts').toEqual([])
})

test('the suite knows what every id in a query or a body refers to', () => {
  const unknown = guarded.flatMap((op) =>
    [...idPlaces(op.query, 'query'), ...idPlaces(op.body, 'body')]
      .filter((place) => !/^(query|body)\.id__(not_)?in/.test(place) && !targets.some(([pattern]) => pattern.test(place)))
      .map((place) => `${op.id} ${place}`),
  )
  expect(unknown, 'add these to test/isolation/places.ts').toEqual([])
})

describe('without a good token the answer is a 401, with another partner nothing is there', async () => {
  const expired = await own.tokenFor(own.berlin.userId!)
  await own.sql(`update access_tokens set expires_at = now() - interval '1 second' where hash = $1`, [sha256(expired)])
  const revoked = await own.tokenFor(own.berlin.userId!)
  await own.partner.post('/auth/revoke', { client_id: own.client_id, client_secret: own.client_secret, token: revoked })
  own.machinery.access.forget()
  const dead = { none: '', expired, revoked, 'made up': 'no-such-token' }

  test.each(guarded)('$method $url', async (op) => {
    const ids = Object.fromEntries(prefixes(op.url).map((prefix) => [prefix.slice(prefix.lastIndexOf(':') + 1), imaginary()]))
    const body = op.body ? minimal(op.body) : undefined
    const before = await books()
    for (const [kind, token] of Object.entries(dead)) {
      const answer = await send(client(own, token, { entityId: berlin.entityId }), op, filled(op.url, ids), body)
      expect([kind, answer.status], JSON.stringify(answer.body)).toEqual([kind, 401])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    // The entity in the header: another partner's is as absent as one that never was, also for a user of the same partner.
    if (op.entity === 'header' || op.entity === 'optional') {
      const asked = { ...ids, ...(op.url.includes(':entity_id') && { entity_id: berlin.entityId }) }
      for (const token of [own.partner.token, own.berlin.token]) {
        const said_ = []
        for (const entityId of [stranger.entityId, imaginary(), ...(token === own.berlin.token ? [paris.entityId] : [])])
          said_.push(said(await send(client(own, token, { entityId }), op, filled(op.url, asked), body), [entityId]))
        expect(new Set(said_).size, said_.join('\n')).toBe(1)
        expect(said_[0]).toContain('404 {"error":{"message":"Entity not found')
      }
    }
    expect(await books()).toBe(before)
  })
})

describe('without the permission the answer is a 403 that says which is missing', async () => {
  const nobody = await own.newUser(berlin.entityId, permissions({}, 'not_allowed'))
  test.each(guarded.filter(({ may }) => may !== 'any' && may !== 'anyone'))('$method $url', async (op) => {
    const [first] = [op.may].flat()
    const body = op.body ? minimal(op.body) : undefined
    const ids = Object.fromEntries(prefixes(op.url).map((prefix) => [prefix.slice(prefix.lastIndexOf(':') + 1), imaginary()]))
    if ('entity_id' in ids) ids.entity_id = berlin.entityId
    const before = await books()
    const asked = op.may === 'user' ? berlin.partner : nobody
    const answer = await send(asked, op, filled(listed(op), ids), body)
    const [object, action] = first!.split(':')
    const words = { partner: 'This operation needs a partner token', user: 'This operation needs the token of an entity user' }
    expect(answer.status, JSON.stringify(answer.body)).toBe(403)
    expect(message(answer)).toMatch(words[op.may as 'user'] ?? `Action ${action} for ${object} not allowed`)
    expect(await books()).toBe(before)
  })
})

/** Things that aren't one's own or another's: either refused as a whole, which `test/permissions` looks after, or there for everybody. */
const OWNERLESS = new Map([
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
/** VAT IDs have an object of their own in roles: whoever made the counterpart, one’s own are those that one added. */
const PARTS_OF_ANOTHERS = new Set(['get_counterparts_id_vat_ids', 'post_counterparts_id_vat_ids'])

describe('a role limited to what its user made does nothing to what others made', async () => {
  const concerned = guarded.filter(
    ({ id, may, url }) =>
      !PARTS_OF_ANOTHERS.has(id) &&
      [may].flat()[0]!.includes(':') &&
      prefixes(url).length > 0 &&
      !OWNERLESS.has(prefixes(url).at(-1)!),
  )
  const limited = await own.newUser(berlin.entityId, permissions({}, 'allowed_for_own'))
  test.each(concerned)('$method $url', async (op) => {
    const { ids, body } = await situation(berlin, op, 'ours')
    const before = await books()
    const answer = await send(limited, op, filled(op.url, ids), body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(403)
    expect(message(answer)).toMatch(/^This .+ belongs to another user$/)
    expect(await books()).toBe(before)
  })

  const lists = guarded.filter(
    ({ method, url, may }) =>
      method === 'GET' &&
      prefixes(url).length === 0 &&
      [may].flat()[0]!.includes(':') &&
      served.has(detailOf(url) ?? '') &&
      !OWNERLESS.has(detailOf(url)!),
  )
  test.each(lists)('$method $url shows only what they made', async (op) => {
    await make(berlin, detailOf(op.url)!, 'ours')
    const { body } = await send(limited, op, listed(op), undefined)
    expect(body.data).toEqual([])
    expect((await send(own.berlin, op, listed(op), undefined)).body.data.length).toBeGreaterThan(0)
  })
})

/** Things that are the same for everybody: the id of one entity is the id of all. */
const COMMON = new Set(['/document_templates/:document_template_id'])

/** Things of which an entity has one: whoever makes another has the same. */
const SINGLE = new Set(['/x/payment_providers/:payment_provider_id', '/einvoicing_connections/:einvoicing_connection_id'])

/** Lists that are asked for something in particular. */
const QUESTIONS: Record<string, string> = {
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
  return url + (QUESTIONS[id] ?? '')
}

const isSearch = ({ id }: Op) => id === 'post_receivables_search'

/** `/tags` → `/tags/:tag_id` */
function detailOf(url: string): string | undefined {
  return [...served].find((prefix) => prefix.startsWith(`${url}/:`) && !prefix.slice(url.length + 2).includes('/'))
}

/** Something of that kind that was there once; null where it can't be deleted. */
async function deleted(owner: Owner, prefix: string, given: Record<string, string> = {}): Promise<Record<string, string> | null> {
  if (SINGLE.has(prefix)) return null
  const remover = guarded.find(({ method, url }) => method === 'DELETE' && url === prefix)
  if (!remover) return null
  const ids = await make(owner, prefix, 'gone', given)
  const answer = await send(asker(remover, owner), remover, filled(prefix, ids), undefined)
  expect(answer.status, `${prefix} can not be deleted: ${JSON.stringify(answer.body)}`).toBe(remover.status)
  return ids
}

describe('an id in the path that belongs to another entity, another partner or nobody any more is an id that never was', () => {
  test.each(guarded.filter(({ url }) => prefixes(url).length > 0))('$method $url', async (op) => {
    const mine = await situation(berlin, op, 'mine')
    for (const prefix of prefixes(op.url)) {
      const name = prefix.slice(prefix.lastIndexOf(':') + 1)
      const parents = Object.fromEntries(Object.entries(mine.ids).slice(0, Object.keys(mine.ids).indexOf(name)))
      // A partner may look after each of its entities; a user has one.
      const siblings = name === 'entity_id' && op.may === 'partner' ? [] : [await make(paris, prefix, MARK)]
      const foreign = COMMON.has(prefix) ? [] : [...siblings, await make(stranger, prefix, MARK)]
      const gone = name === 'entity_id' ? null : await deleted(berlin, prefix, parents)
      if (op.entity === 'none' || op.may === 'partner') foreign.splice(0, foreign.length - 1)
      const never = imaginary()

      const before = await books()
      const as = asker(op, berlin)
      const unknown = said(await send(as, op, filled(op.url, { ...mine.ids, [name]: never }), mine.body), [never])
      expect(unknown.slice(0, 3), unknown).toBe('404')
      for (const theirs of [...foreign, ...(gone ? [gone] : [])]) {
        const id = theirs[name]!
        const answer = await send(as, op, filled(op.url, { ...mine.ids, [name]: id }), mine.body)
        expectNoLeak(answer)
        expect(said(answer, [id])).toBe(unknown)
        // Together with what it really belongs to.
        if (prefixes(op.url).length > 1 && theirs !== gone) {
          const whole = {
            ...mine.ids,
            ...theirs,
            ...(name === 'entity_id' ? {} : 'entity_id' in mine.ids && { entity_id: mine.ids.entity_id! }),
          }
          const together = await send(as, op, filled(op.url, whole), mine.body)
          expectNoLeak(together)
          expect(together.status, JSON.stringify(together.body)).toBe(404)
        }
      }
      expect(await books(), 'a refused request changed something').toBe(before)
    }
    // A part is found at what it belongs to, and not at another one of the same entity.
    const [parent, part] = prefixes(op.url)
    if (part && !parent!.endsWith(':entity_id')) {
      const name = parent!.slice(parent!.lastIndexOf(':') + 1)
      const elsewhere = { ...mine.ids, [name]: (await make(berlin, parent!, 'mine'))[name]! }
      const before = await books()
      const astray = await send(asker(op, berlin), op, filled(op.url, elsewhere), mine.body)
      expect(astray.status, JSON.stringify(astray.body)).toBe(404)
      expect(await books()).toBe(before)
    }
    const answer = await send(asker(op, berlin), op, filled(op.url, mine.ids), mine.body)
    expect(answer.status, `with ids of one's own: ${JSON.stringify(answer.body)}`).toBe(op.id === TALK ? 409 : op.status)
  })
})

const withQuery = (url: string, place: string, id: string) => `${url}?${place.slice('query.'.length).replace('[]', '')}=${id}`

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

describe('an id in the query that belongs to somebody else finds what an id that never was finds', () => {
  const places = guarded.flatMap((op) =>
    idPlaces(op.query, 'query').map((place) => ({ op, place, name: `${op.method} ${op.url} ${place}` })),
  )
  test.each(places)('$name', async ({ op, place }) => {
    const target = targetOf(op, place)
    const as = asker(op, berlin)
    const mine = await situation(berlin, op, 'mine')
    const url = filled(op.url, mine.ids)
    const ask = (id: string) => send(as, op, withQuery(url, place, id), undefined)
    const last = (ids: Record<string, string>) => Object.values(ids).at(-1)!
    const never = imaginary()
    const theirs = target ? [last(await make(paris, target, MARK)), last(await make(stranger, target, MARK))] : []
    if (op.entity === 'none') theirs.shift()
    const gone = target && (await deleted(berlin, target))
    const before = await books()
    const unknown = said(await ask(never), [never])
    for (const id of [...theirs, ...(gone ? [last(gone)] : [])]) {
      const answer = await ask(id)
      expectNoLeak(answer)
      expect(said(answer, [id])).toBe(unknown)
    }
    expect(await books()).toBe(before)
  })
})

describe('an id in the body that belongs to somebody else is refused like one that never was', () => {
  const places = guarded.flatMap((op) =>
    idPlaces(op.body, 'body').map((place) => ({ op, place, name: `${op.method} ${op.url} ${place}` })),
  )
  test.each(places)('$name', async ({ op, place }) => {
    const target = targetOf(op, place)
    // What was issued may only change outside the compliant mode.
    const owner = place.startsWith('body.issued_invoice.') ? await looseOwner() : berlin
    const as = asker(op, owner)
    const mine = await situation(owner, op, 'mine', place)
    const url = filled(op.url, mine.ids)
    const ask = (id: string) => send(as, op, url, fitted(placed(mine.body, place, id)))
    const never = imaginary()
    // Parts of a counterpart are named together with it: their own counterpart is the one on the document.
    const buyer = mine.body?.counterpart_id ?? mine.ids.counterpart_id ?? (await owning(owner, url))
    const given: Record<string, string> =
      target?.startsWith('/counterparts/:counterpart_id/') && buyer ? { counterpart_id: buyer } : {}
    const last = (ids: Record<string, string>) => Object.values(ids).at(-1)!
    const theirs = target ? [last(await make(paris, target, MARK)), last(await make(stranger, target, MARK))] : []
    const gone = target ? await deleted(owner, target, given) : null
    const before = await books()
    const unknown = await ask(never)
    if (unchecked.some(([id, pattern]) => id.test(op.id) && pattern.test(place))) return expect(unknown.status).toBe(op.status)
    // A search by body asks like a list: a strange id finds what an id that never was finds, and that is nothing.
    if (isSearch(op)) expect(unknown.body.data).toEqual([])
    else expect(unknown.status, JSON.stringify(unknown.body)).toBeGreaterThanOrEqual(400)
    for (const id of [...theirs, ...(gone ? [last(gone)] : [])]) {
      const answer = await ask(id)
      expectNoLeak(answer)
      expect(said(answer, [id])).toBe(said(unknown, [never]))
    }
    expect(await books(), 'a refused request changed something').toBe(before)
    if (!target || isSearch(op) || closed.some(([id, pattern]) => id.test(op.id) && pattern.test(place))) return

    // An id of one's own is taken: the refusals above were about the id, and not about something else in the request.
    const accepted =
      /counterpart_id$/.test(place) && !op.url.startsWith('/payable')
        ? await send(as, op, url, fitted(await moved(owner, mine.body, place)))
        : await ask(
            last(
              await make(owner, target, 'mine', {
                ...given,
                ...(target.includes(':entity_id') && { entity_id: owner.entityId }),
              }),
            ),
          )
    expect(accepted.status, `with an id of one's own: ${JSON.stringify(accepted.body)}`).toBe(op.status)
  })

  let loose: Promise<Owner> | undefined
  const looseOwner = () => (loose ??= madeLoose())
  async function madeLoose(): Promise<Owner> {
    const entityId = await own.newEntity()
    const owner = ownerOf(own, await own.newUser(entityId))
    await owner.partner.patch(`/entities/${entityId}/settings`, { receivable_edit_flow: 'non_compliant' })
    return owner
  }

  test('a customer of somebody else is as absent together with its own address as one that never was', async () => {
    const { body } = await situation(berlin, guarded.find(({ id }) => id === 'post_receivables')!, 'mine')
    const ask = async ([counterpart_id, counterpart_billing_address_id]: readonly [string, string]) =>
      said(
        await own.berlin.post('/receivables', {
          ...body,
          counterpart_vat_id_id: undefined,
          counterpart_id,
          counterpart_billing_address_id,
        }),
        [counterpart_id, counterpart_billing_address_id],
      )
    const unknown = await ask([imaginary(), imaginary()])
    for (const owner of [paris, stranger]) {
      const { counterpart_id, address_id } = await make(owner, '/counterparts/:counterpart_id/addresses/:address_id', MARK)
      expect(await ask([counterpart_id!, address_id!])).toBe(unknown)
    }
  })
})

describe('what lists show', () => {
  const lists = guarded.filter(({ method, url, status }) => method === 'GET' && status === 200 && prefixes(url).length === 0)
  test.each(lists)('$method $url holds nothing of another entity', async (op) => {
    const answer = await send(asker(op, berlin), op, listed(op), undefined)
    if (op.id === 'get_receivables_required_fields') return
    expect(answer.status).toBe(200)
    if (op.entity !== 'none') expectNoLeak(answer)
  })

  test('a page token of another entity, another list or nobody is refused', async () => {
    for (let i = 0; i < 3; i++) await own.paris.post('/tags', { name: `Page ${i}` })
    const { next_pagination_token: token } = (await own.paris.get('/tags?limit=1')).body
    const refused = await own.berlin.get(`/tags?pagination_token=${token}`)
    expect(refused.status).toBe(406)
    expect(await own.berlin.get(`/tags?pagination_token=${token.slice(0, -2)}xx`)).toMatchObject({
      status: 406,
      body: refused.body,
    })
    expect((await own.paris.get(`/roles?pagination_token=${token}`)).status).toBe(406)
  })
})

describe('tokens', () => {
  const grant = (entity_user_id: string, changes: object = {}) =>
    own.nobody.post('/auth/token', {
      grant_type: 'entity_user',
      entity_user_id,
      client_id: own.client_id,
      client_secret: own.client_secret,
      ...changes,
    })

  test('a user of another partner is as absent as one that never was, and so is a client', async () => {
    const unknown = await grant(imaginary())
    expect(unknown.status).toBe(400)
    const gone = await deleted(berlin, '/entity_users/:entity_user_id')
    for (const id of [stranger.user.userId!, gone!.entity_user_id!])
      expect(await grant(id)).toMatchObject({ status: unknown.status, body: unknown.body })
    const wrong = await grant(own.berlin.userId!, { client_secret: other.client_secret })
    expect(await grant(own.berlin.userId!, { client_id: imaginary() })).toMatchObject({ status: wrong.status, body: wrong.body })
    expect((await grant(own.berlin.userId!)).status).toBe(200)
  })

  test('a token is revoked by the client that it was given to, and by no other', async () => {
    const token = await own.tokenFor(own.berlin.userId!)
    await other.partner.post('/auth/revoke', { client_id: other.client_id, client_secret: other.client_secret, token })
    expect((await client(own, token, { entityId: berlin.entityId }).get('/tags')).status).toBe(200)
  })
})

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
