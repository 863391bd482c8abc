import { badRequest } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

const FIELDS = ['counterpart_id', 'project_id', 'purchase_order_id'] as const
const THERE = {
  counterpart_id: sql(`select from counterparts where id = :id and deleted_at is null`),
  project_id: sql(`select from projects where id = :id and deleted_at is null`),
  purchase_order_id: sql(`select from payable_purchase_orders where id = :id and deleted_at is null`),
}

const PARTS = ['counterpart_address_id', 'counterpart_bank_account_id', 'counterpart_vat_id_id'] as const
const OF_VENDOR = {
  counterpart_address_id: sql(
    `select from counterpart_addresses where id = :id and counterpart_id = :vendor and deleted_at is null`,
  ),
  counterpart_bank_account_id: sql(
    `select from counterpart_bank_accounts where id = :id and counterpart_id = :vendor and deleted_at is null`,
  ),
  counterpart_vat_id_id: sql(
    `select from counterpart_vat_ids where id = :id and counterpart_id = :vendor and deleted_at is null`,
  ),
}

type Referring = { readonly [F in (typeof FIELDS)[number] | (typeof PARTS)[number]]?: string | null | undefined }

/**
 * What a bill or a credit note refers to is a row of this entity, and its address, account and VAT ID belong to its vendor: that of
 * `before`, unless another is sent. Refuses (bad request) what isn't there, or belongs to another vendor.
 */
export async function checkReferences(ctx: Ctx, sent: Referring, before: { counterpart_id: string | null } | undefined) {
  for (const field of FIELDS) {
    const id = sent[field]
    if (id && (await THERE[field](ctx, { id })).length === 0) throw isNone(field, id)
  }
  const vendor = sent.counterpart_id === undefined ? before?.counterpart_id : sent.counterpart_id
  for (const field of PARTS) {
    const id = sent[field]
    if (!id) continue
    if (!vendor) throw badRequest(`${field} needs counterpart_id`)
    if ((await OF_VENDOR[field](ctx, { id, vendor })).length === 0) throw isNone(field, id)
  }
}

const isNone = (field: string, id: string) => badRequest(`${field}: there is none with the id ${id}`)
