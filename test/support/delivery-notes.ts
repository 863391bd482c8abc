import { extractText, getDocumentProxy } from 'unpdf'
import { expect } from 'vitest'
import { good, type Ready } from './invoicing.ts'
import type { Body, Client, World } from './world.ts'

export const NOWHERE = '00000000-0000-4000-8000-000000000000'

export const path = ({ id }: Body, action = '') => `/delivery_notes/${id}${action && `/${action}`}`

export const lamp = { name: 'Pendant lamp', description: 'Brass', measure_unit: { name: 'pcs', description: 'pieces' } }

export const asked = ({ customer }: Ready, changes: object = {}) => ({
  counterpart_id: customer.id,
  counterpart_address_id: customer.default_billing_address_id,
  line_items: [{ product: lamp, quantity: 2.5 }],
  ...changes,
})

export const make = async (who: Client, made: Ready, changes: object = {}): Promise<Body> =>
  good(await who.post('/delivery_notes', asked(made, changes)))

export async function textOf(w: World, url: string): Promise<string[]> {
  const { status, body } = await w.berlin.get(new URL(url).pathname)
  expect(status).toBe(200)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)))
  return text.map((page) => page.replace(/[\s\u200b]+/gu, ' '))
}

/** The note once its pages are drawn. */
export async function drawn(w: World, note: Body): Promise<Body> {
  await w.work()
  return good(await w.berlin.get(path(note)))
}
