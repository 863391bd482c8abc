import type { Answer, Body, Client, World } from './world.ts'

/** A customer in Germany, a bank account and a VAT ID: what an invoice needs to be issued by the rules. */
export async function ready(berlin: Client) {
  const { body: customer } = await berlin.post('/counterparts', {
    type: 'organization',
    tax_id: '30/555/12345',
    organization: {
      legal_name: 'Acme GmbH',
      is_vendor: false,
      is_customer: true,
      email: 'acme@example.com',
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
    },
  })
  const { body: account } = await berlin.post('/bank_accounts', {
    iban: 'DE89370400440532013000',
    currency: 'EUR',
    country: 'DE',
    account_holder_name: 'Spreewerk GmbH',
  })
  const { body: vatId } = await berlin.post(`/entities/${berlin.entityId}/vat_ids`, {
    country: 'DE',
    value: 'DE123456789',
    type: 'eu_vat',
  })
  const { body: rates } = await berlin.get('/vat_rates')
  const rate = rates.data.find(({ value }: { value: number }) => value === 1900)
  const reduced = rates.data.find(({ value }: { value: number }) => value === 700)
  const { body: terms } = await berlin.post('/payment_terms', { name: '14 days', term_final: { number_of_days: 14 } })
  const { body: product } = await berlin.post('/products', { name: 'Consulting', price: { currency: 'EUR', value: 25000 } })
  const invoice = {
    type: 'invoice',
    currency: 'EUR',
    counterpart_id: customer.id,
    counterpart_billing_address_id: customer.default_billing_address_id,
    entity_vat_id_id: vatId.id,
    payment_terms_id: terms.id,
    line_items: [{ product_id: product.id, quantity: 5, vat_rate_id: rate.id }],
  }
  return { customer, account, vatId, rate, reduced, terms, product, invoice }
}
export type Ready = Awaited<ReturnType<typeof ready>>

/** The body of an answer that has to be a success. */
export function good({ status, body }: Answer): Body {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body
}

/** What was said no with: the status, and the sentence for people. */
export const no = ({ status, body }: Answer): [status: number, message: string] => [
  status,
  body?.error?.message ?? body?.detail?.map(({ loc, msg }: Body) => `${loc.join('.')}: ${msg}`).join('; '),
]

/** An entity whose invoices stay editable. */
export const withoutRules = async (who: Client) =>
  good(await who.patch(`/entities/${who.entityId}/settings`, { receivable_edit_flow: 'non_compliant' }))

export const draft = async (who: Client, { invoice }: Pick<Ready, 'invoice'>, changes: object = {}): Promise<Body> =>
  good(await who.post('/receivables', JSON.parse(JSON.stringify({ ...invoice, ...changes }))))

export async function issued(who: Client, made: Pick<Ready, 'invoice'>, changes: object = {}): Promise<Body> {
  const { id } = await draft(who, made, changes)
  return good(await who.post(`/receivables/${id}/issue`))
}

export const read = async (who: Client, id: string): Promise<Body> => good(await who.get(`/receivables/${id}`))

/** Lets the schedule look once more, whatever day it is. */
export async function runSchedule(w: World, name = 'receivables.overdue') {
  await w.schedules.find((schedule) => schedule.name === name)!.work()
}

const DAY_MS = 86_400_000

/** An invoice in any status its life can have. Those that need areas which aren't served yet are set by hand. */
export async function invoiceThatIs(w: World, who: Client, made: Ready, status: string): Promise<string> {
  if (['draft', 'failed', 'issuing', 'recurring', 'deleted'].includes(status)) {
    const { id } = await draft(who, made)
    if (status === 'deleted') good(await who.delete(`/receivables/${id}`))
    else
      await w.sql(`update receivables set status = $2, document_id = case when $2 = 'issuing' then 'X-1' end where id = $1`, [
        id,
        status,
      ])
    return id
  }
  // Overdue invoices are issued in the past, for tokens don't live until their due date.
  if (status === 'overdue') w.clock.advance(-15 * DAY_MS)
  const { id } = await issued(who, made)
  const post = async (action: string, body?: object) => good(await who.post(`/receivables/${id}/${action}`, body))
  if (status === 'partially_paid') await post('mark_as_partially_paid', { amount_paid: 100 })
  if (status === 'paid') await post('mark_as_paid')
  if (status === 'uncollectible') await post('mark_as_uncollectible')
  if (status === 'canceled') await post('cancel')
  if (status === 'overdue') {
    w.clock.set(null)
    await runSchedule(w)
  }
  return id
}

/** What the audit finds wrong in this world's entities; other tests share the database. */
export async function brokenPromises(w: World) {
  const { audit } = await import('../../src/modules/audit/audit.ts')
  const mine = new Set((await w.sql(`select id from entities where partner_id = $1`, [w.partner_id])).map(({ id }) => id))
  return (await audit(w.machinery.db)).flatMap(({ question, rows }) =>
    rows.filter(({ entity_id }) => mine.has(entity_id)).map((row) => [question, row]),
  )
}
