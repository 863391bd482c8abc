import { sha256 } from '../platform/auth/secrets.ts'
import { LEAVING } from '../platform/database/away.ts'
import { asSystem, type Ctx, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'

/** How a request says whose it is. */
export interface Sign {
  readonly way: Way
  readonly value: string
}

/** Whose something is, and how that partner stands in this database: null says that it lives here. */
interface Owned {
  readonly partner_id: string
  readonly state: string | null
}
type Find = (ctx: Ctx, value: string) => Promise<Owned[]>

/**
 * All ways to a partner that do not begin with a token. Each is an address that anybody may call: what stands in the place of the brackets
 * leads to one thing of one partner.
 */
const TOKEN = sql(
  `select t.partner_id, a.state as "state" from access_tokens t left join partners_away a using (partner_id) where t.hash = :hash`,
)
const CLIENT = sql(
  `select c.partner_id, a.state from api_clients c left join partners_away a using (partner_id) where c.id = :id`,
)
const PARTNER = sql(
  `select p.id as partner_id, a.state from partners p left join partners_away a on a.partner_id = p.id where p.id = :id`,
)
const FILE = sql(`select f.partner_id, null as state from files f where f.link_key = :key`)
const PAGE = sql(`select r.partner_id, null as state from receivables r where r.page_key = :key`)
const QUOTE = sql(`select r.partner_id, null as state from receivables r where r.id = :id`)
const LEDGER = sql(`select c.partner_id, null as state from accounting_connections c where c.page_key = :key`)
const APPROVAL = sql(`select l.partner_id, null as state from approval_links l where l.key_hash = :hash`)
const PAYMENT_LINK = sql(`select l.partner_id, null as state from payment_links l where l.id = :id`)
const PAYMENT_INTENT = sql(`select i.partner_id, null as state from payment_intents i where i.id = :id`)
const ATTEMPT = sql(`select p.partner_id, null as state from payment_attempts p where p.reference = :reference`)
const ONBOARDING = sql(`select l.partner_id, null as state from onboarding_links l where l.id = :id`)
const PROVIDER = sql(`select c.partner_id, null as state from connections c where c.id = :id`)

const UUID = '([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})'
const KEY = '([\\w-]{43})'

interface Way {
  /** The address, without its query; what stands in brackets is the value. */
  readonly path?: RegExp
  /** The value stands in the query, or in the JSON body, under this name. */
  readonly query?: string
  readonly body?: string
  readonly find: Find
}

const way = (path: string, find: Find): Way => ({ path: new RegExp(`^${path}(?:/|$)`), find })

const token: Way = { find: (ctx, value) => TOKEN(ctx, { hash: sha256(value) }) }
export const ways: readonly Way[] = [
  way(`/f/${KEY}`, (ctx, key) => FILE(ctx, { key })),
  way(`/view/${KEY}`, (ctx, key) => PAGE(ctx, { key })),
  way(`/internal/quotes/${UUID}`, (ctx, id) => QUOTE(ctx, { id })),
  way(`/approve/${KEY}`, (ctx, key) => APPROVAL(ctx, { hash: sha256(key) })),
  way(`/pay/${UUID}`, (ctx, id) => PAYMENT_LINK(ctx, { id })),
  way(`/internal/payment_links/${UUID}`, (ctx, id) => PAYMENT_LINK(ctx, { id })),
  way(`/internal/payment_intents/${UUID}`, (ctx, id) => PAYMENT_INTENT(ctx, { id })),
  way(`/sandbox/bank/${UUID}`, (ctx, reference) => ATTEMPT(ctx, { reference: reference.toLowerCase() })),
  way(`/onboard/${UUID}`, (ctx, id) => ONBOARDING(ctx, { id })),
  way(`/internal/onboarding_links/${UUID}`, (ctx, id) => ONBOARDING(ctx, { id })),
  way(`/accounting/connect/${KEY}`, (ctx, key) => LEDGER(ctx, { key })),
  { path: /^\/accounting\/callback$/, query: 'state', find: (ctx, state) => LEDGER(ctx, { key: state.split('.')[0]! }) },
  way(`/x/payment_providers/stripe/${UUID}`, (ctx, id) => PROVIDER(ctx, { id })),
  { path: /^\/internal\/payment_page_theme$/, query: 'partner_id', find: (ctx, id) => PARTNER(ctx, { id }) },
  { path: /^\/auth\/token$/, body: 'client_id', find: (ctx, id) => CLIENT(ctx, { id }) },
]

const IS_UUID = new RegExp(`^${UUID}$`)

/** What of an address anybody may call names a partner; `body` is asked for only where the name stands in it. */
async function openSign(url: string, body: () => Promise<string>): Promise<Sign | null> {
  const [path = '', query = ''] = pathOf(url).split('?', 2)
  for (const way of ways) {
    const found = way.path?.exec(path)
    if (!found) continue
    const value = way.query
      ? new URLSearchParams(query).get(way.query)
      : way.body
        ? fieldOf(await body(), way.body)
        : (found[1] ?? null)
    return value && (way.query === 'state' || !(way.query || way.body) || IS_UUID.test(value)) ? { way, value } : null
  }
  return null
}

const pathOf = (url: string) => (url.startsWith('/v1/') ? url.slice(3) : url)

function fieldOf(body: string, name: string): string | null {
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown> | null)?.[name]
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

/** Whether the partner stands in the body of such a request. */
export const needsBody = (url: string): boolean => {
  const [path = ''] = pathOf(url).split('?', 1)
  return ways.some(({ path: known, body }) => body !== undefined && known?.test(path))
}

/** What names the partner of a request, the surest first. */
export async function signsOf(url: string, bearer: string | null, body: () => Promise<string>): Promise<Sign[]> {
  const named = await openSign(url, body)
  const signs = bearer === null ? [] : [{ way: token, value: bearer }]
  return named === null ? signs : [...signs, named]
}

/** Whether a sign leads to a partner that lives in this database, to one that is about to leave it, or nowhere. */
export const followSign = (db: Db, { way, value }: Sign): Promise<'here' | 'leaving' | 'nowhere'> =>
  asSystem(db, async (ctx) => {
    const [[owned], { leaving }] = await Promise.all([way.find(ctx, value), LEAVING.one(ctx)])
    if (owned && (owned.state === null || owned.state === 'resting')) return 'here'
    // What belongs to somebody who leaves is out of sight, so any of them may be meant.
    return leaving ? 'leaving' : 'nowhere'
  })
