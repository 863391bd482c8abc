import { createHash } from 'node:crypto'
import { conflict, invalidAt } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { localDay } from '../../platform/local-day.ts'
import { isUnpackable, smallPicture } from '../../platform/pictures/small.ts'
import { insertFile, sniff } from '../common/files/files.service.ts'
import { invoiceOf } from './cloning.service.ts'
import { quoteFlow } from './invoice.flow.ts'
import type { SignatureRequest } from './receivables.schema.ts'
import { lockReceivable, move, orderPages, type Stored, withArticle } from './receivables.service.ts'

/** The customer's answer to a quote. */

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.signature': { email: string; full_name: string; file_id: string; signed_at: string }
  }
}

/** What a customer signs with: who, and a picture of the signature. */
export interface Signed {
  readonly email: string
  readonly full_name: string
  readonly image: Buffer
}

const noPicture = () => invalidAt(['body', 'signature', 'signature_image'], 'The signature is a PNG picture in base64')

/** Reads a signature as it is sent: a picture in base64 that says to be a PNG of a sensible size. `drawn` looks into it. */
export function readSignature(signature: SignatureRequest | undefined | null): Signed | null {
  if (!signature) return null
  const { email, full_name, signature_image } = signature
  const image = Buffer.from(signature_image.replace(/^data:image\/png;base64,/, ''), 'base64')
  if (sniff(image) !== 'image/png' || !isUnpackable(image)) throw noPicture()
  return { email, full_name, image }
}

/** The same with its picture drawn anew, and small. `owner` is the partner it is done for. Refuses (`invalid`) what is not a picture after all. */
export async function drawn(signed: Signed, owner: string): Promise<Signed> {
  const picture = await smallPicture(signed.image, owner)
  if (!picture) throw noPicture()
  return { ...signed, image: picture.bytes }
}

async function lockQuote(ctx: Ctx, id: string): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  if (row.type !== 'quote') throw conflict(`This is ${withArticle[row.type]}; only quotes are accepted or declined`)
  return row
}

/** Where an answer leads. A quote is good through the whole of its last day, also before the schedule has noticed. */
function answered(quote: Stored, action: 'accept' | 'decline', day: string) {
  const status = quoteFlow.next(quote.status, action)
  if (quote.expiry_date !== null && quote.expiry_date < day) throw conflict(`The quote was good until ${quote.expiry_date}`)
  return status
}

/**
 * Accepts a quote: signed where that is asked for, and with the draft of its invoice, which belongs to whoever made the quote. `key`
 * is where the picture of the signature lies.
 */
export async function acceptQuote(
  ctx: Ctx,
  id: string,
  signed: Signed | null,
  { key, region }: { key: () => string; region: string },
): Promise<{ success: true }> {
  const quote = await lockQuote(ctx, id)
  const status = answered(quote, 'accept', await localDay(ctx))
  if (quote.ask.signature_required && !signed) throw conflict('Signature is required')
  const signature = signed && (await keepSignature(ctx, signed, key(), region))
  await move(ctx, quote, status, 'accepted', { signature, pdf_stale: signature ? true : undefined })
  if (signature) await orderPages(ctx, id)
  await invoiceOf(ctx, quote, { entity_user_id: quote.entity_user_id })
  return { success: true }
}

async function keepSignature(ctx: Ctx, { email, full_name, image }: Signed, key: string, region: string) {
  const md5 = createHash('md5').update(image).digest('hex')
  const file = { bytes: image, name: 'signature.png', mimetype: 'image/png', md5, file_type: 'receivable_signatures' }
  const { id } = await insertFile(ctx, key, file, region)
  return { email, full_name, file_id: id, signed_at: ctx.now.toISOString() }
}

export async function declineQuote(ctx: Ctx, id: string, comment: string | null | undefined): Promise<{ success: true }> {
  const quote = await lockQuote(ctx, id)
  const status = answered(quote, 'decline', await localDay(ctx))
  await move(ctx, quote, status, 'declined', { comment: comment ?? undefined })
  return { success: true }
}

/** The schedule's step for one quote: looks again under the lock. */
export async function expireDue(ctx: Ctx, id: string): Promise<void> {
  const quote = await lockReceivable(ctx, id)
  if (quote.type !== 'quote' || quote.status !== 'issued' || !quote.expiry_date) return
  if (quote.expiry_date >= (await localDay(ctx))) return
  const status = quoteFlow.next('issued', 'expire')
  await move(ctx, quote, status, 'expired', {})
}
