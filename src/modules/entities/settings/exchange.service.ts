import { type ExchangeRate, inUnits, rateBetween } from '../../../core/exchange.ts'

/** The entity's own currency, and what others are worth in it. */
export interface Exchange {
  readonly default: string | null
  readonly exchange_rates: readonly ExchangeRate[] | null
}

/**
 * SQL of it for a row `t` of an entity. What the entity's settings don't say, those of the partner do: a rate is no less true for an entity
 * that names its currency alone.
 */
export const EXCHANGE = `(select json_build_object(
    'default', coalesce(e.settings #>> '{currency,default}', p.settings #>> '{currency,default}'),
    'exchange_rates', coalesce(e.settings #> '{currency,exchange_rates}', p.settings #> '{currency,exchange_rates}'))
  from entities e join partners p on p.id = e.partner_id where e.id = t.entity_id)`

interface Amount {
  readonly currency?: string | null
  readonly total_amount?: number | null
}

/** What an amount comes to in the entity's own currency, in minor units of that; null where no rate is known, or none is needed. */
export function exchanged({ currency, total_amount }: Amount, exchange: Exchange | null) {
  const to = exchange?.default
  if (!to || !currency || currency === to) return null
  const rate = rateBetween(exchange.exchange_rates ?? [], currency, to)
  if (rate === null) return null
  return { default_currency_code: to, rate, total: Math.round(inUnits(total_amount ?? 0, currency, to) * rate) }
}
