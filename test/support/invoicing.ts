import type { Client } from './world.ts'

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
  await berlin.post('/bank_accounts', { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE', account_holder_name: 'Spreewerk GmbH' })
  const { body: vatId } = await berlin.post(`/entities/${berlin.entityId}/vat_ids`, { country: 'DE', value: 'DE123456789', type: 'eu_vat' })
  const { body: rates } = await berlin.get('/vat_rates')
  const rate = rates.data.find(({ value }: { value: number }) => value === 1900)
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
  return { customer, vatId, rate, terms, product, invoice }
}

