import { draft, good, type Ready, ready, runSchedule } from './invoicing.ts'
import { type Body, type Client, type World, world } from './world.ts'

export const NOWHERE = '00000000-0000-4000-8000-000000000000'

export async function start(now = '2025-01-15T10:00:00Z') {
  const w = await world()
  const made = await ready(w.berlin)
  w.clock.set(now)
  return { w, berlin: w.berlin, made }
}

export const run = (w: World) => runSchedule(w, 'receivables.recurrences')

/** Lets the schedule look at noon of that day. */
export async function on(w: World, day: string) {
  w.clock.set(`${day}T12:00:00Z`)
  await run(w)
}

export async function recurring(who: Client, made: Ready, asked: object = {}, changes: object = {}): Promise<Body> {
  const base = await draft(who, made, changes)
  return good(await who.post('/recurrences', JSON.parse(JSON.stringify({ invoice_id: base.id, max_occurrences: 3, ...asked }))))
}

export const get = async (who: Client, id: string): Promise<Body> => good(await who.get(`/recurrences/${id}`))

export const madeFrom = async (who: Client, baseId: string): Promise<Body[]> =>
  good(await who.get(`/receivables?based_on=${baseId}&sort=created_at&order=asc`)).data

export const idsOf = (list: Body[]): string[] => list.map(({ id }) => id).sort()

export const days = ({ iterations }: Body): string[] => iterations.map(({ issue_at }: Body) => issue_at)

export const states = ({ iterations }: Body): string[] => iterations.map(({ status }: Body) => status)

export const eventsOf = async (w: World, id: string) =>
  (await w.sql<{ event: string }>('select event from events where object_id = $1 order by created_at', [id])).map(
    ({ event }) => event,
  )

export const words = { subject_text: 'Invoice {invoice_number}', body_text: 'Please pay {amount_due} by {due_date}.' }

export async function parisReady(paris: Client): Promise<Ready> {
  const { body: customer } = await paris.post('/counterparts', {
    type: 'individual',
    individual: {
      first_name: 'Ada',
      last_name: 'L',
      is_customer: true,
      is_vendor: false,
      address: { country: 'FR', city: 'Paris', postal_code: '75001', line1: '1 rue A' },
    },
  })
  const invoice = {
    type: 'invoice',
    currency: 'EUR',
    counterpart_id: customer.id,
    counterpart_billing_address_id: customer.default_billing_address_id,
    line_items: [{ product: { name: 'A', price: { currency: 'EUR', value: 100 } }, quantity: 1, tax_rate_value: 2000 }],
  }
  return { invoice } as unknown as Ready
}
