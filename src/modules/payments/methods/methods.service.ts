import { type Direction, methodOf, type PaymentMethod, presentMethod } from '../../../core/payments/methods.data.ts'
import { badRequest, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { EntityProviders } from '../../../ports/payments.ts'
import { refresh, refreshLater } from '../../onboarding/onboarding.service.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { usableMethods } from '../../onboarding/standing.service.ts'
import type { EnableMethods, MethodShown } from './methods.schema.ts'

/** Which rails an entity may use. */

const ENABLED = sql(`
  select direction, method from entity_payment_methods where deleted_at is null order by direction, created_at, method`)
const CLEAR = sql(`delete from entity_payment_methods where direction = :direction and not (method = any (:methods))`)
const ENABLE = sql(`
  insert into entity_payment_methods (direction, method) select :direction, method from unnest(:methods::text[]) as m (method)
  on conflict (entity_id, direction, method) do nothing`)
const ENTITY = sql(`select id, address ->> 'country' as country from entities where id = :id and status <> 'deleted'`)
const TOLD = sql(`select emit('entity', :id, :event, :user?) as "emitted!"`)

/** The currency in which providers are asked whether they carry a method out. */
const usual = (method: PaymentMethod) => methodOf(method).currencies?.[0] ?? 'EUR'

interface Enabled {
  readonly direction: Direction
  readonly method: PaymentMethod
}
/** Those rows that somebody carries out, for an entity that is known well enough. */
async function activeOf<Row extends Enabled>(ctx: Ctx, providers: EntityProviders, rows: readonly Row[]): Promise<Set<Row>> {
  const methods = rows.map(({ method }) => method)
  const usable = await usableMethods(ctx, providers, methods)
  const isActive = ({ direction, method }: Row) =>
    usable.has(presentMethod(method)) && providers.for(method, usual(method), direction) !== null
  return new Set(rows.filter(isActive))
}

/** Every method that is enabled, once for each direction. */
export async function listMethods(ctx: Ctx, providers: EntityProviders): Promise<{ data: MethodShown[] }> {
  if (!(await ENTITY.maybe(ctx, { id: ctx.entityId }))) throw notFound('Entity not found')
  const rows = await ENABLED(ctx)
  const active = await activeOf(ctx, providers, rows)
  return {
    data: rows.map((row) => {
      const { direction, method: type } = row
      const status = active.has(row) ? 'active' : 'inactive'
      return { direction, name: methodOf(type).name, status, type }
    }),
  }
}

/** Methods that may be sent by, besides those of the United States, are transfers. */
const sendable: readonly PaymentMethod[] = ['sepa_credit', 'us_ach']

/** Replaces the methods of each direction that is named; one that isn't stays as it is. */
export async function enableMethods(ctx: Ctx, machinery: Machinery, asked: EnableMethods): Promise<{ data: MethodShown[] }> {
  const providers = await providersIn(ctx, machinery)
  const { payment_methods, payment_methods_receive, payment_methods_send } = asked
  if (payment_methods && payment_methods_receive)
    throw badRequest('payment_methods is the older name of payment_methods_receive: send one of them')
  const entity = await ENTITY.maybe(ctx, { id: ctx.entityId })
  if (!entity) throw notFound('Entity not found')
  const receive = payment_methods ?? payment_methods_receive
  const wrong = payment_methods_send?.find(
    (method) => !sendable.includes(method) || (method === 'us_ach' && entity.country !== 'US'),
  )
  if (wrong) throw badRequest(`payment_methods_send: ${wrong} can't be sent by in ${entity.country}`)
  const before = await ENABLED(ctx)
  if (receive) await replace(ctx, 'receive', receive)
  if (payment_methods_send) await replace(ctx, 'send', payment_methods_send)
  await tellAch(ctx, providers, before)
  await refresh(ctx, machinery)
  await refreshLater(ctx)
  return listMethods(ctx, providers)
}

async function replace(ctx: Ctx, direction: Direction, asked: readonly PaymentMethod[]): Promise<void> {
  const methods = [...new Set(asked.map(presentMethod))]
  await CLEAR(ctx, { direction, methods })
  await ENABLE(ctx, { direction, methods })
}

/** Whoever listens hears when an entity can pay by ACH, and when it no longer can. */
async function tellAch(ctx: Ctx, providers: EntityProviders, before: readonly { method: string }[]): Promise<void> {
  const both = (['receive', 'send'] as const).map((direction) => ({ direction, method: 'us_ach' as const }))
  if ((await activeOf(ctx, providers, both)).size === 0) return
  const has = (rows: readonly { method: string }[]) => rows.some(({ method }) => method === 'us_ach')
  const [was, is] = [has(before), has(await ENABLED(ctx))]
  if (was === is) return
  const event = is ? 'payment_method.us_ach.activated' : 'payment_method.us_ach.deactivated'
  await TOLD(ctx, { id: ctx.entityId, event, user: ctx.userId })
}

/**
 * Refuses (`bad_request`) methods that the entity doesn't use in this direction, or that nobody carries out for this amount,
 * or that need an onboarding which isn't done. A bill can
 * always be transferred: that takes nothing but the accounts of both.
 */
export async function checkMethods(
  ctx: Ctx,
  providers: EntityProviders,
  {
    direction,
    methods,
    currency,
    amount,
  }: { direction: Direction; methods: readonly PaymentMethod[]; currency: string; amount: number },
): Promise<void> {
  const enabled = new Set((await ENABLED(ctx)).filter((row) => row.direction === direction).map(({ method }) => method))
  const free = (method: PaymentMethod) => direction === 'send' && method === 'sepa_credit'
  const usable = await usableMethods(ctx, providers, methods)
  const isMissing = (method: PaymentMethod) =>
    !(enabled.has(method) || free(method)) || !usable.has(method) || providers.for(method, currency, direction) === null
  const missing = methods.filter((method) => isMissing(presentMethod(method)))
  if (missing.length > 0) throw badRequest(`Payment methods are not available: ${missing.join(', ')}`)
  for (const method of methods) {
    const least = providers.for(presentMethod(method), currency, direction)?.minimum(presentMethod(method), currency) ?? 0
    if (amount < least) throw badRequest(`payment_methods: ${method} takes ${least} ${currency} or more, in minor units`)
  }
}
