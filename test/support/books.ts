import { createHash } from 'node:crypto'
import type pg from 'pg'
import { TENANT_TABLES } from '../../src/modules/audit/questions.ts'

/** A look at all tables but those named: it changes with every row that comes, goes or is rewritten; with `entity`, of one entity only. */
export async function lookAtAll(admin: pg.Pool | pg.Client, { entity }: { entity?: string } = {}) {
  const { rows } = await admin.query<{ name: string }>(TENANT_TABLES.text)
  const all = rows.map(({ name }) => name)
  if (!entity) all.push('entities', 'webhook_subscriptions', 'partners', 'api_clients')
  return async (...beside: readonly string[]): Promise<string> => {
    const text = all
      .filter((name) => !beside.includes(name))
      .map(
        (name) =>
          `select '${name}' as name, count(*) as rows, coalesce(sum(xmin::text::bigint), 0)::text as written from ${name}${entity ? ' where entity_id = $1' : ''}`,
      )
      .join(' union all ')
    // To plan it takes longer than to run it: under a name, it is planned once. In a fixed order, as tables may be read side by side.
    const name = createHash('sha1').update(text).digest('hex')
    return JSON.stringify((await admin.query({ name, text: `${text} order by name`, values: entity ? [entity] : [] })).rows)
  }
}
