import { afterAll, expect, test } from 'vitest'
import type { Owner } from '../isolation/resources.ts'
import type { Answer, Body } from '../support/world.ts'
import { ownHouse } from './own-house.ts'
import { DOSE, issued, times } from './races.ts'

/** What becomes of an invoice and of its credit note, when both are decided on at the same moment. */

const house = await ownHouse()

afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  expect(findings).toEqual([])
})

/** An invoice with a draft of a credit note over all of it. */
async function withNote(owner: Owner) {
  const id = await issued(owner, 5000)
  const { body, status } = await owner.user.post('/receivables', { type: 'credit_note', based_on: id })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id, note: body.id as string }
}
const steps: Record<string, (owner: Owner, of: { id: string; note: string }) => Promise<Answer>> = {
  pay: (owner, { id }) => owner.user.post(`/receivables/${id}/mark_as_paid`, {}),
  'pay in part': (owner, { id }) => owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 100 }),
  cancel: (owner, { id }) => owner.user.post(`/receivables/${id}/cancel`),
  'write off': (owner, { id }) => owner.user.post(`/receivables/${id}/mark_as_uncollectible`, {}),
  credit: (owner, { note }) => owner.user.post(`/receivables/${note}/issue`),
  'send the credit': (owner, { note }) => owner.user.post(`/receivables/${note}/send`, words),
  'delete the credit': (owner, { note }) => owner.user.delete(`/receivables/${note}`),
  'edit the credit': (owner, { note }) => owner.user.patch(`/receivables/${note}`, { credit_note: { memo: 'x' } }),
}
const words = { subject_text: 'S', body_text: 'B', recipients: { to: ['a@example.com'] } }

test.each([
  ['credit', 'pay'],
  ['credit', 'pay in part'],
  ['credit', 'cancel'],
  ['credit', 'write off'],
  ['credit', 'delete the credit'],
  ['credit', 'edit the credit'],
  ['credit', 'send the credit'],
  ['delete the credit', 'cancel'],
])(
  'an invoice whose credit note is a draft: %s and %s at the same moment take no more than is due',
  { timeout: 60_000 },
  async (one, another) => {
    const owner = await house.owner()
    await times(12 * DOSE, async (i) => {
      const made = await withNote(owner)
      const pair = i % 2 === 0 ? [one, another] : [another, one]
      const answers = await Promise.all(pair.map((step) => steps[step]!(owner, made)))
      const said = JSON.stringify([pair, answers.map(({ status }) => status)])
      // What was deleted before is not found; everything else that comes too late is a conflict.
      expect(
        answers.every(({ status }) => status < 300 || status === 409 || status === 404),
        said,
      ).toBe(true)
      expect(
        answers.some(({ status }) => status < 300),
        said,
      ).toBe(true)
      const { body } = await owner.user.get(`/receivables/${made.id}`)
      expect(body.amount_paid + (body.total_amount - body.total_amount_with_credit_notes), said).toBeLessThanOrEqual(5000)
      const credited = (await owner.user.get(`/receivables/${made.note}`)).body.status === 'issued'
      if (credited) expect([body.status, body.amount_due, body.amount_paid]).toEqual(['canceled', 0, 0])
      // Each step left from where the one before had led to.
      const { body: history } = await owner.user.get(`/receivables/${made.id}/history?limit=100`)
      const moves = history.data
        .filter(({ event_type }: Body) => event_type === 'status_changed')
        .map(({ event_data }: Body) => event_data)
      for (const [n, { old_status }] of moves.entries()) expect(old_status).toBe(n === 0 ? 'draft' : moves[n - 1].new_status)
      expect(moves.at(-1).new_status).toBe(body.status)
    })
  },
)
