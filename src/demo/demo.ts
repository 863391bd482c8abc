import { createPartner, type NewPartner } from '../platform/auth/clients.ts'
import type { Clock } from '../platform/clock.ts'
import { asSystem } from '../platform/database/context.ts'
import { createPool } from '../platform/database/pool.ts'
import { sql } from '../platform/database/sql.ts'
import type { App } from '../platform/http/operation.ts'
import type { Machinery } from '../platform/machinery.ts'
import { assemble, closeMachinery } from '../server.ts'
import { type Caller, callerFor, type Json, openBooks, signIn } from './caller.ts'
import { bankAccount, company, customers, invoices, products, users } from './demo.data.ts'
import { bank, inOrder, offers, openSisters, purchases, type Stage, type Step } from './more.ts'

/**
 * A believable company, made through the API itself: each request goes the way every request goes, only at a moment of the last
 * year, one after the other, so that numbers are in the order of days, and invoices have had the time to be paid or to fall overdue.
 */

const DAY_MS = 86_400_000
/** How many days ago the company was set up, before everything else happened. */
const BEGAN = 366

class PastClock implements Clock {
  readonly moved = true
  #now: Date
  constructor(now: Date) {
    this.#now = now
  }
  now = () => this.#now
  /** This time of day, so many days ago. */
  at(daysAgo: number, real: Date) {
    this.#now = new Date(real.getTime() - daysAgo * DAY_MS)
  }
}

/** Only a demo that is complete bears the name, so an interrupted one is not taken for it. */
const FILLED = sql(`update partners set name = 'Demo platform' where id = :id`)

/** Fills a database with the demo company; says what it does, and at the end who may look at it. */
export async function fillDemo(
  { db, config, log }: Machinery,
  say: (line: string) => void,
): Promise<NewPartner & { entity_id: string; user_id: string }> {
  const real = db.clock.now()
  const clock = new PastClock(real)
  const pool = createPool(db.pool.options, { max: 2, applicationName: 'quittance demo' })
  const { app, machinery, schedules } = await assemble({ config: { ...config, rate_limit: 0 }, log, pool, clock })
  try {
    const partner = await createPartner(db, 'Demo platform, being filled')
    const token = await signIn(app, partner)
    clock.at(BEGAN, real)
    say('Setting up Nordlicht Studio GmbH, its users, customers, vendors and products …')
    const ids = await setUp(app, token)
    const stageOf = (entity: string | null): Stage => ({
      at: (daysAgo) => {
        clock.at(daysAgo, real)
        return callerFor(app, token, entity ?? undefined)
      },
      day: (daysAgo) => new Date(real.getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10),
    })
    const stage = stageOf(ids.entity)
    const steps = invoices.flatMap((plan) => stepsOfInvoice(ids, plan))
    const [customer] = ids.customers
    const rate = ids.rates.get(1900)
    if (customer && rate) for (const step of offers(stage, { ...ids, customer, rate })) steps.push(step)
    for (const step of await purchases(machinery, stage, ids.user)) steps.push(step)
    await inOrder(stage, steps, say)
    await bank(app, stage, ids.entity, say)
    await openSisters(app, stageOf, say)
    clock.at(0, real)
    for (const { name, work } of schedules) if (name === 'receivables.overdue') await work()
    await asSystem(db, (ctx) => FILLED(ctx, { id: partner.partner_id }))
    // The server's own workers draw the PDFs meanwhile.
    return { ...partner, entity_id: ids.entity, user_id: ids.user }
  } finally {
    await app.close()
    await closeMachinery(machinery)
    await pool.end()
  }
}

interface Ids {
  entity: string
  user: string
  vatId: string
  customers: { id: string; billing: string; euRate: string }[]
  products: string[]
  terms: string
  rates: Map<number, string>
}

async function setUp(app: App, token: string): Promise<Ids> {
  const outside = callerFor(app, token)
  await outside('PATCH', '/settings', { payable: { allow_counterpart_autolinking: true } })
  const entity = await outside('POST', '/entities', company)
  const call = callerFor(app, token, entity.id)
  const vatId = await call('POST', `/entities/${entity.id}/vat_ids`, { country: 'DE', type: 'eu_vat', value: 'DE298765432' })
  await call('POST', '/bank_accounts', bankAccount)
  await openBooks(app, await call('POST', '/accounting_connections'), 'skr03')
  const seller_contact = { name: 'Lena Hansen', email: 'lena@nordlicht.example', phone: '+494012345678' }
  await call('PATCH', `/entities/${entity.id}/settings`, { seller_contact })
  let user = ''
  for (const { role, ...person } of users) {
    const { id: role_id } = await call('POST', '/roles', role)
    const { id } = await call('POST', '/entity_users', { ...person, role_id })
    user ||= id
  }
  const unit = await call('POST', '/measure_units', { name: 'hour', description: 'Working hour' })
  const piece = await call('POST', '/measure_units', { name: 'piece' })
  const made: string[] = []
  for (const { unit: name, ...product } of products)
    made.push((await call('POST', '/products', { ...product, measure_unit_id: name === 'hour' ? unit.id : piece.id })).id)
  const terms = await call('POST', '/payment_terms', {
    name: '2 % in 7 days, net 14',
    description: 'Two percent for paying within a week',
    term_1: { number_of_days: 7, discount: 200 },
    term_final: { number_of_days: 14 },
  })
  await call('POST', '/tags', { name: 'Retainer', category: 'project' })
  const rates = new Map(
    ((await call('GET', '/vat_rates')).data as { id: string; value: number }[]).map(({ id, value }) => [value, id]),
  )
  const known = []
  for (const { contact, vat_id, ...customer } of customers) {
    const { id, default_billing_address_id } = await call('POST', '/counterparts', customer)
    if (vat_id) await call('POST', `/counterparts/${id}/vat_ids`, vat_id)
    if (contact) await call('POST', `/counterparts/${id}/contacts`, contact)
    known.push({ id, billing: default_billing_address_id as string, euRate: vat_id && vat_id.country !== 'DE' ? '0' : '1900' })
  }
  return { entity: entity.id, user, vatId: vatId.id, customers: known, products: made, terms: terms.id, rates }
}

/** What happens to an invoice, and when. */
function stepsOfInvoice(ids: Ids, plan: (typeof invoices)[number]): Step[] {
  const customer = ids.customers[plan.customer % ids.customers.length]!
  let draft: Json = { id: '' }
  const make = async (call: Caller) => {
    const counterpartVatIds = (await call('GET', `/counterparts/${customer.id}/vat_ids`)).data as { id: string }[]
    draft = await call('POST', '/receivables', {
      type: 'invoice',
      currency: 'EUR',
      counterpart_id: customer.id,
      counterpart_billing_address_id: customer.billing,
      counterpart_vat_id_id: counterpartVatIds[0]?.id,
      entity_vat_id_id: ids.vatId,
      payment_terms_id: ids.terms,
      memo: plan.memo,
      ...(plan.discount && { discount: { type: 'percentage', amount: plan.discount } }),
      line_items: plan.lines.map(([product, quantity]) => ({
        product_id: ids.products[product % ids.products.length],
        quantity,
        vat_rate_id: ids.rates.get(Number(customer.euRate)),
      })),
    })
    if (plan.state !== 'draft') await call('POST', `/receivables/${draft.id}/issue`)
  }
  const steps: Step[] = [{ daysAgo: plan.daysAgo, work: make }]
  const later = (days: number, path: string, bodyOf: () => object = () => ({})) =>
    steps.push({
      daysAgo: Math.max(0, plan.daysAgo - days),
      work: (call) => call('POST', `/receivables/${draft.id}/${path}`, bodyOf()),
    })
  if (plan.state === 'paid') later(9, 'mark_as_paid', () => ({ comment: 'Bank transfer' }))
  if (plan.state === 'partially_paid')
    later(5, 'mark_as_partially_paid', () => ({
      amount_paid: Math.floor(Number(draft.total_amount) / 3),
      comment: 'First instalment',
    }))
  if (plan.state === 'canceled') later(2, 'cancel')
  if (plan.state === 'uncollectible') later(60, 'mark_as_uncollectible', () => ({ comment: 'The customer is insolvent' }))
  return steps
}
