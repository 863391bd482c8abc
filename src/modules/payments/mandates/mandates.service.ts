import { randomUUID } from 'node:crypto'
import { isCreditorIdentifier } from '../../../core/payment-files/debits.ts'
import { whyNoAccount } from '../../../core/payment-files/iso.ts'
import { isStale, mandateFlow } from '../../../core/payments/mandate.flow.ts'
import { bareIban } from '../../../core/reading/values.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { type RowOf, sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import { type CreateMandate, Mandate, type MandateRow } from './mandates.schema.ts'

/** What customers have signed: the reference and the account that every debit names. */

export const mandateTable = table('mandates', Mandate, {
  noun: 'Mandate',
  flow: mandateFlow,
  clashes: { mandates_entity_id_reference_key: conflict('There is a mandate with this reference already') },
})

const ACCOUNT = sql(`
  select id, iban, bic, account_holder_name from counterpart_bank_accounts where id = :id and counterpart_id = :counterpart and deleted_at is null`)
const USUAL = sql(`select creditor_identifier from mandates order by created_at desc, id desc limit 1`)

export async function createMandate(ctx: Ctx, body: CreateMandate): Promise<MandateRow> {
  const { counterpart_id, counterpart_bank_account_id, signed_on } = body
  const today = await localDay(ctx)
  if (signed_on > today) throw badRequest('signed_on lies in the future')
  const account = await ACCOUNT.maybe(ctx, { id: counterpart_bank_account_id, counterpart: counterpart_id })
  if (!account) throw badRequest('counterpart_bank_account_id: the counterpart has no such bank account')
  const why = whyNoAccount(account.iban, 'account')
  if (why || account.iban === null) throw badRequest(`counterpart_bank_account_id: ${why}`)
  const said = body.creditor_identifier ?? (await USUAL.maybe(ctx))?.creditor_identifier
  if (!said) throw badRequest('creditor_identifier: send the number that your central bank gave you for direct debits')
  const creditor_identifier = bareIban(said)
  if (!isCreditorIdentifier(creditor_identifier))
    throw badRequest('creditor_identifier: its check digits are wrong, or it is not the number of a creditor')
  const mandate = { status: 'active' as const, signed_on, last_collected_on: null }
  if (isStale(mandate, today)) throw badRequest('signed_on: a mandate is void when nothing was collected with it for 36 months')
  return rows.create(ctx, mandateTable, {
    counterpart_id,
    counterpart_bank_account_id: account.id,
    creditor_identifier,
    reference: body.reference ?? `M-${today.replaceAll('-', '')}-${randomUUID().slice(0, 8)}`,
    scheme: body.scheme ?? 'core',
    sequence: body.sequence ?? 'recurrent',
    signed_on,
    account_holder_name: account.account_holder_name,
    iban: bareIban(account.iban),
    bic: account.bic,
    created_by_entity_user_id: ctx.userId,
  })
}

export async function revoke(ctx: Ctx, id: string): Promise<MandateRow> {
  return rows.move(ctx, mandateTable, await rows.lock(ctx, mandateTable, id), 'revoke', null, {})
}

const OF = sql(`
  select m.id, m.counterpart_id, m.reference, m.creditor_identifier, m.scheme, m.sequence, m.signed_on, m.last_collected_on, m.iban, m.bic, m.account_holder_name,
    a.iban as account_iban from mandates m
  left join counterpart_bank_accounts a on a.entity_id = m.entity_id and a.id = m.counterpart_bank_account_id and a.deleted_at is null
  where m.id in (select distinct on (n.counterpart_id) n.id from mandates n where n.counterpart_id = any (:counterparts) and n.status = 'active'
    order by n.counterpart_id, n.created_at desc, n.id desc)
    and m.status = 'active' order by m.id for update of m`)

/** What may be collected from customers by, locked in one statement. For each customer: the mandate, or a refusal that is thrown. */
export async function lockMandates(ctx: Ctx, counterparts: readonly string[], today: string) {
  const found = new Map((await OF(ctx, { counterparts: [...counterparts] })).map((row) => [row.counterpart_id, row]))
  return (counterpart: string) => usable(found.get(counterpart), today)
}

/** Refuses when nothing was signed, or it isn't good any more. */
function usable(mandate: RowOf<typeof OF> | undefined, today: string) {
  if (!mandate) throw conflict('The customer has signed no mandate that can be used')
  if (isStale(mandate, today))
    throw conflict(`The mandate ${mandate.reference} is void: nothing was collected with it for 36 months`)
  if (mandate.account_iban === null || bareIban(mandate.account_iban) !== mandate.iban)
    throw conflict(
      `The account of the customer is another one than that of the mandate ${mandate.reference}: a new one has to be signed`,
    )
  return mandate
}
export type Usable = ReturnType<typeof usable>

const COLLECT = sql(`
  update mandates m set status = r.status, last_collected_on = r.day, updated_at = app_now()
  from (select id, status, max(day) as day from jsonb_to_recordset(:rows::jsonb) as r (id uuid, status text, day date) group by id, status) r where m.id = r.id`)

/** Notes debits; a mandate that was signed for a single debit is used up. */
export async function collectBy(
  ctx: Ctx,
  debits: readonly { mandate: Pick<Usable, 'id' | 'sequence'>; day: string }[],
): Promise<void> {
  const rows = debits.map(({ mandate: { id, sequence }, day }) => ({
    id,
    status: mandateFlow.next('active', sequence === 'one_off' ? 'use' : 'collect'),
    day,
  }))
  await COLLECT(ctx, { rows })
}
