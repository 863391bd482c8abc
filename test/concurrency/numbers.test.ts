import { afterAll, expect, test } from 'vitest'
import { customer, invoiceBody } from '../isolation/resources.ts'
import { ownHouse } from './own-house.ts'
import { DOSE, eventsOf, issued, tally, times } from './races.ts'

/** Numbers of documents that are issued at the same moment. */

const house = await ownHouse()
const { sql } = house

afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  expect(findings).toEqual([])
})

/** Always so many at once: whoever waits longer than ten seconds for a connection is turned away. */
async function inFlight<T, R>(width: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await times(width, async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!)
  })
  return results
}

test('documents issued at the same moment in one entity are numbered 1…n, though a third of them fails at the very end', {
  timeout: 240_000,
}, async () => {
  // The failure comes with the commit, when the number has long been taken.
  await sql(`create function fail_late() returns trigger language plpgsql as $$ begin
    if new.frozen and new.content ->> 'memo' = 'fails' then raise exception 'Too late' using errcode = '23514'; end if; return null; end $$`)
  await sql(
    `create constraint trigger fail_late after update on receivables deferrable initially deferred for each row execute function fail_late()`,
  )
  const owner = await house.owner()
  const buyer = await customer(owner, 'race')
  const whole = await invoiceBody(owner, 'race', buyer)
  const n = 1000 * DOSE
  const drafts: string[] = []
  for (let from = 0; from < n; from += 20)
    drafts.push(
      ...(await times(
        20,
        async (i) => (await owner.user.post('/receivables', { ...whole, memo: (from + i) % 3 === 0 ? 'fails' : 'fine' })).body.id,
      )),
    )
  const began = performance.now()
  const answers = await inFlight(250, drafts, (id) => owner.user.post(`/receivables/${id}/issue`))
  const seconds = (performance.now() - began) / 1000
  await sql(`drop trigger fail_late on receivables`)

  const failing = Math.ceil(n / 3)
  expect(tally(answers)).toEqual({ 200: n - failing, 409: failing })
  const numbers = await sql<{ number: string; document_id: string }>(
    `select number, document_id from receivables where entity_id = $1 and number is not null order by number`,
    [owner.entityId],
  )
  expect(numbers.map(({ number }) => Number(number))).toEqual(Array.from({ length: n - failing }, (_, i) => i + 1))
  expect(new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.document_id))).toEqual(
    new Set(numbers.map(({ document_id }) => document_id)),
  )
  const [{ last }] = (await sql<{ last: string }>(
    `select last from document_numbers where entity_id = $1 and series = 'invoice'`,
    [owner.entityId],
  )) as [{ last: string }]
  expect(Number(last)).toBe(n - failing)
  const [{ left }] = (await sql<{ left: string }>(
    `select count(*) as left from receivables where entity_id = $1 and status = 'draft' and number is null and not frozen`,
    [owner.entityId],
  )) as [{ left: string }]
  expect(Number(left)).toBe(failing)
  console.log(`${n} issues at once: ${Math.round(n / seconds)} a second, ${failing} of them rolled back`)
})

test('one draft issued fifty times at once becomes one invoice, and everybody is told the same', async () => {
  const owner = await house.owner()
  const { body: draft } = await owner.user.post('/receivables', await invoiceBody(owner, 'race'))
  const answers = await times(50, () => owner.user.post(`/receivables/${draft.id}/issue`))
  expect(tally(answers)).toEqual({ 200: 50 })
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(await eventsOf(house, draft.id)).toEqual(['created', 'issued'])
})

test('a document of another entity never waits for, or takes, this entity’s number', async () => {
  const owners = await times(5, () => house.owner())
  const ids = await Promise.all(owners.map((owner) => times(4, () => issued(owner, 100))))
  expect(ids.flat()).toHaveLength(20)
  for (const { entityId } of owners) {
    const numbers = await sql<{ number: string }>(`select number from receivables where entity_id = $1 order by number`, [
      entityId,
    ])
    expect(numbers.map(({ number }) => Number(number))).toEqual([1, 2, 3, 4])
  }
})
