import { expect, test } from 'vitest'
import { things } from '../../src/platform/auth/things.ts'
import { reachedBy } from '../../src/platform/http/naming.ts'
import { house, world } from '../support/world.ts'

/** What is said of who made things is what the tables say. */

const OWNER = /^(was_)?created_by(_entity)?(_user)?(_id)?$|^entity_user_id$/
/** Tables that note a user, though what a role reaches of them is decided otherwise. */
const OTHERWISE: Record<string, string> = {
  files: 'they follow what they belong to',
  events: 'they follow what they tell of',
  audit_logs: 'everybody sees their own',
  access_tokens: 'nobody reads them',
  approval_links: 'for whoever is named in the mail',
  approval_processes: 'a part of its policy, for those who may see the bill',
  payable_line_items: 'a part of its bill',
  payable_credit_note_line_items: 'a part of its credit note',
  receipt_line_items: 'a part of its receipt',
  assistant_prompts: 'each user sees their own',
  assistant_conversations: 'each user sees their own',
  onboarding_documents: 'they follow their files',
}

test('everything that notes its maker is known to belong to them, and nothing else is', async () => {
  const { sql } = await world()
  const columns = await sql<{ table: string; column: string }>(
    // The parts of a table are the table.
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and not exists (select from pg_class c where c.oid = format('public.%I', table_name)::regclass and c.relispartition)`,
  )
  const has = (table: string, column: string) => columns.some((one) => one.table === table && one.column === column)
  for (const [name, { table, owner, partOf }] of Object.entries(things) as [string, (typeof things)['tag']][]) {
    expect([name, has(table, 'id')]).toEqual([name, true])
    if (owner) expect([name, has(table, owner)]).toEqual([name, true])
    if (partOf)
      expect([name, has(table, partOf.by), things[partOf.thing as 'tag'].owner]).toEqual([name, true, expect.any(String)])
  }
  const noted = columns.filter(({ table, column }) => OWNER.test(column) && !(table in OTHERWISE))
  const isOwned = (table: string, column: string) =>
    Object.values(things).some((one) => one.table === table && one.owner === column)
  expect(noted.filter(({ table, column }) => !isOwned(table, column))).toEqual([])
})

test('of every id that a request can hold, it is known what it names', async () => {
  const { app } = await house()
  expect(app.operations.length).toBeGreaterThan(370)
  // An operation with an id that nobody knows throws, and says which.
  for (const { operation, schema } of app.operations) reachedBy(operation, schema)
  const properties = { strange_id: { type: 'string', format: 'uuid' } }
  const { operation } = app.operations.find(({ url }) => url === '/tags')!
  expect(() => reachedBy(operation, { body: { properties } })).toThrow(/nobody knows what body.strange_id names/)
})
