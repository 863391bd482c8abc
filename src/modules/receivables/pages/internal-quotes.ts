import Type from 'typebox'
import { conflict, noSuch } from '../../../core/refusal.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { accept, decline, findQuote, inside, readQuote } from '../customers.service.ts'
import { drawn, readSignature } from '../quotes.service.ts'
import { QuoteAcceptRequest, ReceivableDeclinePayload, SuccessResult } from '../receivables.schema.ts'
import { InternalQuoteResponsePayload } from './internal-quotes.schema.ts'

/** What a partner's own page for quotes is built on. There is no token: whoever knows the id of an issued quote may read and answer it. */

export const internalQuotes: Routes = async (app) => {
  const { machinery } = app

  async function find(id: string) {
    const found = await findQuote(machinery, id)
    if (!found) throw noSuch('quote', id)
    return found
  }
  async function findOpen(id: string) {
    const found = await find(id)
    if (!found.active) throw conflict('The company that made this quote is no longer active')
    return found
  }

  app.get(
    '/internal/quotes/:receivable_id',
    operation({
      summary: 'Get Quote By Id',
      may: 'anyone',
      entity: 'none',
      ok: { 200: InternalQuoteResponsePayload },
      transaction: 'manual',
    }),
    async ({ params }) => {
      const found = await find(params.receivable_id)
      return (await inside(machinery, found, (ctx) => readQuote(ctx, found.id))) as never
    },
  )

  app.post(
    '/internal/quotes/:receivable_id/accept',
    operation({
      summary: 'Accept Quote',
      may: 'anyone',
      entity: 'none',
      body: Type.Optional(QuoteAcceptRequest),
      ok: { 200: SuccessResult },
      transaction: 'manual',
      refuses: [404, 409],
    }),
    async ({ params, body }) => {
      const signed = readSignature(body?.signature)
      const found = await findOpen(params.receivable_id)
      // What can't be accepted any more is refused below; nothing is drawn for it.
      const isIssued = found.status === 'issued'
      return accept(machinery, found, signed && isIssued ? await drawn(signed, found.partner_id) : signed)
    },
  )

  app.post(
    '/internal/quotes/:receivable_id/decline',
    operation({
      summary: 'Decline Quote',
      may: 'anyone',
      entity: 'none',
      body: Type.Optional(ReceivableDeclinePayload),
      ok: { 200: SuccessResult },
      transaction: 'manual',
      refuses: [404, 409],
    }),
    async ({ params, body }) => decline(machinery, await findOpen(params.receivable_id), body?.comment),
  )
}
