import { minorUnitsOf } from '../core/currencies.ts'
import { decimal } from '../core/money.ts'
import { asSystem, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'
import { needs } from './operations.ts'
import { type Body, type Call, Refused } from './tool.ts'

/**
 * What an assistant may pay and approve in a day. Each amount is taken before its request is made, in one statement, so that two at once can't
 * both have the rest; it is given back where the request is refused. Approving a bill and paying it count each.
 */

interface Money {
  readonly currency: string
  /** In minor units. */
  readonly amount: number
}

/** `EUR 5000, USD 200` in minor units; null for none, which is no limit. */
export function limitsOf(setting: string): ReadonlyMap<string, number> | null {
  if (setting === '') return null
  return new Map(
    setting.split(',').map((part) => {
      const [currency = '', amount = ''] = part.trim().split(' ')
      return [currency, Number(amount) * 10 ** minorUnitsOf(currency)]
    }),
  )
}

const bills = (ids: readonly unknown[], call: Call): Promise<Money[]> =>
  Promise.all(ids.map(async (id) => bill(await call('GET', `/payables/${encodeURIComponent(String(id))}`))))
const bill = ({ currency, amount_due, total_amount }: Body): Money => ({
  currency: String(currency),
  amount: Number(amount_due ?? total_amount ?? 0),
})

/** An object that a payment is for: only bills cost money. */
const objectsOf = (object: unknown, call: Call): Promise<Money[]> => {
  const { id, type } = (object ?? {}) as { id?: string; type?: string }
  return type === 'payable' && id !== undefined ? bills([id], call) : Promise.resolve([])
}

type Reader = (id: string, body: Body, call: Call) => Promise<Money[]> | Money[]

/** Requests that spend, and those that look so and don't; what moves money and is not here can't be told beforehand. */
const SPENDING: readonly (readonly [RegExp, Reader])[] = [
  [
    /^\/approval_requests\/([^/]+)\/approve$/,
    async (id, _body, call) => {
      const { object_id, object_type } = await call('GET', `/approval_requests/${id}`)
      return objectsOf({ id: object_id, type: object_type }, call)
    },
  ],
  [/^\/payables\/([^/]+)\/(approve_payment_operation|mark_as_paid)$/, (id, _body, call) => bills([id], call)],
  [
    /^\/payables\/([^/]+)\/mark_as_partially_paid$/,
    async (id, { amount_paid }, call) =>
      (await bills([id], call)).map(({ currency }) => ({ currency, amount: Number(amount_paid ?? 0) })),
  ],
  [
    /^\/payment_records()$/,
    (_id, { object, currency, amount }) =>
      (object as Body | undefined)?.type === 'receivable' ? [] : [{ currency: String(currency), amount: Number(amount ?? 0) }],
  ],
  [
    /^\/payment_records\/([^/]+)\/(mark_as_succeeded|start_processing)$/,
    async (id, _body, call) => {
      const { object, currency, amount } = await call('GET', `/payment_records/${id}`)
      return (object as Body).type === 'receivable' ? [] : [{ currency: String(currency), amount: Number(amount) }]
    },
  ],
  [
    /^\/batch_payments()$/,
    async (_id, { payment_intents }, call) => {
      const objects = Array.isArray(payment_intents) ? payment_intents : []
      return (await Promise.all(objects.map(({ object }: Body) => objectsOf(object, call)))).flat()
    },
  ],
  [/^\/x\/payment_files()$/, (_id, { payable_ids }, call) => bills(Array.isArray(payable_ids) ? payable_ids : [], call)],
  [/^\/payment_links()$/, (_id, { object }, call) => objectsOf(object, call)],
  // Money that comes in, that goes back, or that stays.
  [
    /^\/(receivables\/|x\/debit_files$|x\/mandates|x\/bank_(statements|transactions)|x\/payment_reports|payment_links\/[^/]+\/expire$|x\/payment_files\/[^/]+\/withdraw$|payment_records\/[^/]+\/cancel$)()/,
    () => [],
  ],
]

/** What a request would spend; `null` where that can't be told. */
async function spentBy(method: string, path: string, body: Body, call: Call): Promise<Money[] | null> {
  const [match, reader] =
    SPENDING.map(([pattern, reader]) => [pattern.exec(path), reader] as const).find(([found]) => found) ?? []
  if (method !== 'GET' && match && reader) return reader(match[1] ?? '', body, call)
  return needs(method, path) === 'pay' ? null : []
}

const TAKE = sql(`
  insert into assistant_spending (partner_id, caller, day, currency, amount) values (:partner, :caller, :day, :currency, :amount)
  on conflict (partner_id, caller, day, currency) do update set amount = assistant_spending.amount + excluded.amount
  where assistant_spending.amount + excluded.amount <= :limit::bigint returning amount`)
const GIVE_BACK = sql(
  `update assistant_spending set amount = greatest(0, amount - :amount) where partner_id = :partner and caller = :caller and day = :day and currency = :currency`,
)
const SPENT = sql(
  `select amount from assistant_spending where partner_id = :partner and caller = :caller and day = :day and currency = :currency`,
)
const FORGET = sql(`delete from assistant_spending where partner_id = :partner and caller = :caller and day < :day::date - 7`)

export interface Spender {
  readonly partner: string
  /** The user, or the client of the platform. */
  readonly caller: string
  /** The day of the entity. */
  readonly day: string
}

const INSTEAD =
  'Propose it instead: submit the bill (submit_bill), so that the people of its approval policy decide, or let a person pay'

/** Makes a request that may spend. Throws `Refused` (403) for what would go beyond the limits. */
export async function withinLimits<T>(
  { db, limits, spender }: { db: Db; limits: ReadonlyMap<string, number>; spender: () => Promise<Spender> },
  { method, path, body, call }: { method: string; path: string; body: unknown; call: Call },
  work: () => Promise<T>,
): Promise<T> {
  const spent = await spentBy(method, path, (body ?? {}) as Body, call)
  if (spent === null)
    throw new Refused(403, {
      error: { message: `Assistants have a spending limit here, and what this would cost can't be told beforehand. ${INSTEAD}` },
    })
  const sums = new Map<string, number>()
  for (const { currency, amount } of spent) sums.set(currency, (sums.get(currency) ?? 0) + Math.max(0, amount))
  const taken = Array.from(sums, ([currency, amount]) => ({ currency, amount })).filter(({ amount }) => amount > 0)
  if (taken.length === 0) return work()
  const who = await spender()
  await asSystem(db, async (ctx) => {
    await FORGET(ctx, who)
    for (const { currency, amount } of taken) {
      const limit = limits.get(currency) ?? 0
      const [kept] = amount <= limit ? await TAKE(ctx, { ...who, currency, amount, limit }) : []
      if (kept) continue
      const [used] = await SPENT(ctx, { ...who, currency })
      throw new Refused(403, { error: { message: beyond(currency, amount, limit, Number(used?.amount ?? 0)) } })
    }
  })
  try {
    return await work()
  } catch (error) {
    // Refused is not done. What broke off on the way may have been done, and stays counted.
    if (error instanceof Refused && error.status < 500)
      await asSystem(db, async (ctx) => {
        for (const { currency, amount } of taken) await GIVE_BACK(ctx, { ...who, currency, amount })
      })
    throw error
  }
}

function beyond(currency: string, amount: number, limit: number, used: number): string {
  const shown = (amount: number) => `${decimal(amount, minorUnitsOf(currency))} ${currency}`
  const rest = limit === 0 ? `nothing in ${currency}` : `${shown(limit)} a day`
  return `Assistants may pay and approve ${rest} here (MCP_SPENDING_LIMIT), ${shown(used)} of it are used, and this is ${shown(amount)}. ${INSTEAD}`
}
