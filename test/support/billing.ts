import { good } from './invoicing.ts'
import type { Body, Client } from './world.ts'

/** Data of a bill that lacks nothing but its lines. */
export const bill = { document_id: 'R-4711', currency: 'EUR', issued_at: '2031-01-10', due_date: '2031-02-10' }
export const item = { name: 'Paper', quantity: 3, unit_price: 1999, tax: 1900 }

export const newBill = async (who: Client, changes: object = {}): Promise<Body> =>
  good(await who.post('/payables', JSON.parse(JSON.stringify({ ...bill, ...changes }))))

export const addItem = async (who: Client, id: string, changes: object = {}): Promise<Body> =>
  good(await who.post(`/payables/${id}/line_items`, { ...item, ...changes }))

export const readBill = async (who: Client, id: string): Promise<Body> => good(await who.get(`/payables/${id}`))

/** A bill that is complete. */
export async function completeBill(who: Client, changes: object = {}): Promise<Body> {
  const { id } = await newBill(who, changes)
  await addItem(who, id)
  return readBill(who, id)
}

export const statuses = [
  'draft',
  'new',
  'approve_in_progress',
  'waiting_to_be_paid',
  'partially_paid',
  'paid',
  'rejected',
  'canceled',
] as const

/** A bill in any status. */
export async function billThatIs(who: Client, status: (typeof statuses)[number]): Promise<string> {
  if (status === 'draft') return (await newBill(who)).id
  const { id } = await completeBill(who)
  const act = async (action: string, body?: object) => good(await who.post(`/payables/${id}/${action}`, body))
  if (status === 'canceled') await act('cancel')
  if (['approve_in_progress', 'rejected'].includes(status)) await act('submit_for_approval')
  if (status === 'rejected') await act('reject')
  if (['waiting_to_be_paid', 'partially_paid', 'paid'].includes(status)) await act('approve_payment_operation')
  if (status === 'partially_paid') await act('mark_as_partially_paid', { amount_paid: 100 })
  if (status === 'paid') await act('mark_as_paid')
  return id
}

/** What lines come to: their net sums, and the tax of each rate once. */
export function comesTo(lines: readonly Body[]): number {
  const net = new Map<number, number>()
  for (const { subtotal, tax } of lines) net.set(tax ?? 0, (net.get(tax ?? 0) ?? 0) + subtotal)
  return [...net].reduce((all, [rate, sum]) => all + sum + Math.round((sum * rate) / 10_000), 0)
}
