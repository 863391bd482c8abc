import { billThatIs } from './billing.ts'
import { good, issued, ready } from './invoicing.ts'
import { approved } from './onboarding.ts'
import { type Body, type Client, client, type World, world } from './world.ts'

/** Links, payers and what providers tell: what tests of payments begin with. */

const METHODS = ['card', 'sepa_credit'] as const

/** An entity that takes cards and transfers, with an invoice of 119.00 EUR. */
export async function shop() {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  await approved(w.sql, berlin.entityId!)
  good(await w.partner.put(`/entities/${berlin.entityId}/payment_methods`, { payment_methods_receive: [...METHODS] }))
  return { w, berlin, made, payer: client(w, '') }
}

/** An invoice of this many minor units, VAT and all. */
export async function invoiceOf(who: Client, made: Awaited<ReturnType<typeof ready>>, total: number): Promise<Body> {
  const { body: product } = await who.post('/products', { name: `For ${total}`, price: { currency: 'EUR', value: total } })
  const { body: free } = await who.get('/vat_rates')
  const none = free.data.find(({ value }: { value: number }) => value === 0)
  return issued(who, made, {
    line_items: [{ product_id: product.id, quantity: 1, vat_rate_id: none.id }],
    vat_exempt: true,
    vat_exemption_rationale: 'Small business',
  })
}

export const linkBody = (who: Client, id: string, more: object = {}): object => {
  const usual = { object: { type: 'receivable', id }, recipient: { type: 'entity', id: who.entityId }, payment_methods: METHODS }
  // What is undefined isn't sent.
  return JSON.parse(JSON.stringify({ ...usual, ...more }))
}
export const link = async (who: Client, id: string, more: object = {}): Promise<Body> =>
  good(await who.post('/payment_links', linkBody(who, id, more)))

/** A vendor with an account in euros, and a bill of it that waits to be paid. */
export async function billToPay(who: Client): Promise<{ id: string; vendor: string }> {
  const { body: vendor } = await who.post('/counterparts', {
    type: 'organization',
    organization: {
      legal_name: 'Papier AG',
      is_vendor: true,
      is_customer: false,
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
    },
  })
  good(
    await who.post(`/counterparts/${vendor.id}/bank_accounts`, {
      iban: 'DE02120300000000202051',
      country: 'DE',
      currency: 'EUR',
      is_default_for_currency: true,
    }),
  )
  const id = await billThatIs(who, 'new')
  good(await who.patch(`/payables/${id}`, { counterpart_id: vendor.id }))
  good(await who.post(`/payables/${id}/approve_payment_operation`))
  return { id, vendor: vendor.id }
}

/** The payer pays on the page. */
export const pay = (payer: Client, { payment_intent_id }: Body, method = 'card') =>
  payer.post(`/internal/payment_intents/${payment_intent_id}/confirm_payment`, { payment_method_id: method })

/** Lets seconds pass, and does what is due by then. */
export async function later(w: World, seconds: number) {
  w.clock.advance(seconds * 1000)
  await w.work()
}

export const intentOf = async (who: Client, { payment_intent_id }: Body): Promise<Body> =>
  good(await who.get(`/payment_intents/${payment_intent_id}`))
export const statusOf = async (who: Client, made: Body): Promise<string> => (await intentOf(who, made)).status
export const linkStatus = async (who: Client, { id }: Body): Promise<string> => good(await who.get(`/payment_links/${id}`)).status
export const records = async (who: Client, id: string): Promise<Body[]> =>
  good(await who.get(`/payment_records?object_id=${id}`)).data
