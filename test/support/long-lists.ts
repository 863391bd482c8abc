import { expect } from 'vitest'
import { good } from './invoicing.ts'
import { type Body, house, type World } from './world.ts'

/** Lists in whose first rows there are none of what is asked for. */

const COUNT = 3_000

/** Thousands of copies of one row, the columns that are given anew by SQL of `n`. */
export async function copies(table: string, id: string, anew: Record<string, string>) {
  const { admin } = await house()
  const { rows } = await admin.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
       and column_name <> all ($2)`,
    [table, ['id', ...Object.keys(anew)]],
  )
  const kept = rows.map(({ name }) => name)
  await admin.query(
    `insert into ${table} (${[...kept, ...Object.keys(anew)].join(', ')}) select ${[...kept.map((name) => `one.${name}`), ...Object.values(anew)].join(', ')}
     from ${table} one, generate_series(1, ${COUNT}) n where one.id = $1`,
    [id],
  )
  await admin.query(`analyze ${table}`)
}

/** Pages of a list, sorted and filtered, beside the same question in plain SQL. */
export async function sameAsSql(w: World, path: string, sort: string, key: string, asked: [query: string, condition: string][]) {
  const { admin } = await house()
  for (const [query, condition] of asked)
    for (const order of ['asc', 'desc']) {
      const { rows } = await admin.query<{ id: string }>(
        `select id from ${path.slice(1)} where entity_id = $1 and deleted_at is null and ${condition} order by ${key} ${order}, id ${order} limit 75`,
        [w.berlin.entityId],
      )
      const first = good(await w.berlin.get(`${path}?limit=40&sort=${sort}&order=${order}&${query}`))
      const next = good(await w.berlin.get(`${path}?limit=35&pagination_token=${first.next_pagination_token}`))
      const ids = [...first.data, ...next.data].slice(0, 75).map(({ id }: Body) => id)
      expect(ids, `${query} by ${sort} ${order}`).toEqual(rows.map(({ id }) => id))
      expect(ids).toHaveLength(75)
    }
}
