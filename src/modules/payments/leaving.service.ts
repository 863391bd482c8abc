import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { fitLinks } from '../booking/fitting.service.ts'
import type { PaidObject } from '../booking/ledger.service.ts'
import { makeLeaving } from '../booking/making.service.ts'
import type { Party } from './accounts.schema.ts'
import type { DocumentToPay } from './intents/intents.service.ts'

/**
 * Payments that leave in a file for a bank: on their way from the moment it is made, each with its record. However many they are, each step
 * is one statement.
 */

export interface Leaving {
  /** The id of the payment intent. */
  readonly id: string
  readonly asked: DocumentToPay
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly method: string
  readonly reference: string
  readonly payer: Party
  readonly recipient: Party & { readonly payout_method?: string }
  /** By what it comes back on a statement. */
  readonly end_to_end_id: string
  readonly payment_info_id: string | null
  readonly day: string
  readonly mandate?: string
}

const LINKED = sql(`
  select distinct i.object_id as "object_id!" from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
  where l.status = 'created' and i.object_type = :type and i.object_id = any (:documents)`)

interface Where {
  readonly file: string
  readonly batch?: string | undefined
  readonly type: PaidObject
}

/** Sends payments on their way in a file. Their documents are locked already. */
export async function leave(ctx: Ctx, { file, batch, type }: Where, payments: readonly Leaving[]): Promise<void> {
  await makeLeaving(ctx, {
    file,
    batch: batch ?? null,
    type,
    rows: payments.map(({ asked, mandate = null, ...payment }, nth) => ({
      ...payment,
      mandate,
      nth,
      document: asked.id,
      document_status: asked.status,
    })),
  })
  // Whoever has a link to the same document pays it no more.
  const owed = new Map(payments.map(({ asked }) => [asked.id, asked.owed]))
  for (const { object_id } of await LINKED(ctx, { type, documents: [...owed.keys()] }))
    await fitLinks(ctx, type, object_id, owed.get(object_id) ?? 0)
}
