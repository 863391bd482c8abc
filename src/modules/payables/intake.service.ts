import { createHash } from 'node:crypto'
import { checkBillTerms } from '../../core/bills.ts'
import { given } from '../../core/records.ts'
import { badRequest } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { rows } from '../../platform/database/rows.ts'
import { metadataJson } from '../../platform/http/bodies.ts'
import { insertFile, sniff } from '../common/files/files.service.ts'
import { tagTable } from '../common/tags/tags.service.ts'
import { makeVendor } from '../counterparts/vendors.service.ts'
import { type PayableRow, type ShownRow, shownPayable } from './payables.present.ts'
import type { CreatePayable, UpdatePayable } from './payables.schema.ts'
import { billTable, bookStated, type PartnerRules, readRules, settle } from './payables.service.ts'
import { checkReferences } from './references.ts'

/** How bills come in: typed in, uploaded, by mail or from the network for e-invoices. */

const shown = shownPayable

/** A file that came with the body: its bytes and what it is called. */
export interface BodyFile {
  readonly bytes: Buffer
  readonly name: string
}

const BODY_FILE_BYTES = 20 * 1024 * 1024

/** The file in a body, decoded; a 400 when it isn't base64 or too large. */
export function fileIn({ base64_encoded_file: text, file_name }: CreatePayable): BodyFile | null {
  if (!text) return null
  const bare = text.replace(/^data:[^,]*;base64,/, '').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) throw badRequest('base64_encoded_file is not valid base64')
  const bytes = Buffer.from(bare, 'base64')
  if (bytes.length > BODY_FILE_BYTES) throw badRequest('File size exceeds 20 MB')
  return { bytes, name: (file_name ?? 'default_file_name').replaceAll('\0', '').slice(0, 512) }
}

/** How a bill came in. */
export interface Arrival {
  readonly origin: PayableRow['payable_origin']
  readonly source: PayableRow['source_of_payable_data']
  readonly fields?: Partial<PayableRow>
  /** The event that tells of it. */
  readonly event?: 'created' | 'created_from_mail'
  /** A second arrival under the same key is the first one. */
  readonly arrival_key?: string
}

/** The one place that makes a bill. */
export async function insertPayable(
  ctx: Ctx,
  { origin, source, fields = {}, event = 'created', arrival_key }: Arrival,
): Promise<ShownRow | null> {
  const values = {
    ...fields,
    arrival_key,
    status: 'draft',
    payable_origin: origin,
    source_of_payable_data: source,
    was_created_by_user_id: ctx.userId,
  } as const
  const row = await rows.createOnce(ctx, billTable, ['entity_id', 'arrival_key'], values, event, {
    data: { payable_source: origin },
    made: { created_by_role_id: '(select role_id from entity_users where id = :was_created_by_user_id)' },
  })
  if (row && row.amount_paid !== 0) await bookStated(ctx, row, row.amount_paid)
  return row ?? null
}

/** A bill whose data somebody typed in, with its file if there is one. */
export async function createPayable(ctx: Ctx, body: CreatePayable, file: BodyFile | null, key: () => string, region: string) {
  const { base64_encoded_file: _b, file_name: _n, tag_ids, partner_metadata, ...asked } = body
  const fields = await checkedFields(ctx, { ...asked, tag_ids, partner_metadata })
  const stored = file && (await insertFile(ctx, key(), describe(file), region))
  const rules = await readRules(ctx)
  const row = (await insertPayable(ctx, {
    origin: 'upload',
    source: 'user_specified',
    fields: { ...withoutSums(fields, rules.byLines), file_id: stored?.id },
  }))!
  return shown(ctx, await settle(ctx, row, {}, [], rules, { event: 'settled', begin: beginOf(rules.partner) }))
}

const beginOf = ({ default_state }: PartnerRules): 'draft' | 'new' | null =>
  default_state === 'draft' || default_state === 'new' ? default_state : null

export const describe = ({ bytes, name }: BodyFile, file_type = 'payables') => ({
  bytes,
  name,
  mimetype: sniff(bytes),
  md5: createHash('md5').update(bytes).digest('hex'),
  file_type,
})

/** Where lines make the sums, sums that are sent along don't count. */
export function withoutSums(fields: Partial<PayableRow>, byLines: boolean): Partial<PayableRow> {
  if (!byLines) return fields
  const { subtotal: _s, tax: _t, tax_amount: _a, total_amount: _o, ...rest } = fields
  return rest
}

type Sent = Omit<UpdatePayable, 'counterpart_raw_data'>

/** What was sent, checked: every id leads somewhere in this entity, terms make sense, metadata is small. */
export async function checkedFields(ctx: Ctx, sent: Sent, before?: PayableRow): Promise<Partial<PayableRow>> {
  const { tag_ids, partner_metadata, due_date, suggested_payment_term, payment_terms, ...plain } = sent
  if (payment_terms) checkBillTerms(payment_terms)
  if (tag_ids && tag_ids.length > 0) await rows.require(ctx, tagTable, tag_ids, badRequest)
  await checkReferences(ctx, sent, before)
  if (sent.counterpart_id) await makeVendor(ctx, sent.counterpart_id)
  const { amount_paid, ...fields } = given(plain)
  const metadata = partner_metadata && JSON.parse(metadataJson(partner_metadata, ['body', 'partner_metadata']).text)
  return {
    ...fields,
    ...(amount_paid !== undefined && { amount_paid: amount_paid ?? 0 }),
    ...(payment_terms !== undefined && { payment_terms }),
    ...(tag_ids !== undefined && { tag_ids: [...new Set((tag_ids ?? []).map((id) => id.toLowerCase()))] }),
    ...(partner_metadata !== undefined && { partner_metadata: metadata ?? null }),
    ...(due_date !== undefined && { due_date, due_date_given: due_date !== null }),
    ...(suggested_payment_term !== undefined && {
      suggested_payment_term,
      suggested_payment_term_given: suggested_payment_term !== null,
    }),
  }
}
