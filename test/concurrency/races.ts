import { expect } from 'vitest'
import { invoiceBody, line, type Owner } from '../isolation/resources.ts'
import type { Answer, Body } from '../support/world.ts'
import type { OwnHouse } from './own-house.ts'

/** Races: many requests at the same moment, and afterwards the books as if they had come one after the other. DOSE=10 for more. */
export const DOSE = Number(process.env.DOSE ?? 1)

export const times = <T>(n: number, work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: n }, (_, i) => work(i)))
export const tally = (answers: readonly Answer[]) =>
  Object.fromEntries(
    [...new Set(answers.map(({ status }) => status))].map((one) => [one, answers.filter(({ status }) => status === one).length]),
  )

/** An invoice over `total` minor units, issued. */
export async function issued(owner: Owner, total: number): Promise<string> {
  const { body } = await owner.user.post('/receivables', {
    ...(await invoiceBody(owner, 'race')),
    line_items: [line({ quantity: 1, tax_rate_value: 0, product: { price: { currency: 'EUR', value: total } } })],
  })
  const answer = await owner.user.post(`/receivables/${body.id}/issue`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  expect(answer.body.amount_due).toBe(total)
  return body.id
}

export const eventsOf = async ({ sql }: OwnHouse, id: string) =>
  (
    await sql<{ event: string; data: Body }>('select event, data from events where object_id = $1 order by created_at, id', [id])
  ).map(({ event }) => event)
