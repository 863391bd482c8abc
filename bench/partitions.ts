import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { createPool } from '../src/platform/database/pool.ts'
import { keepResults } from './results.ts'

/**
 * What events and webhook deliveries would gain by months of their own, and what it would cost: both kinds of table beside each other.
 *
 *   npx tsx bench/partitions.ts [events]
 */
const COUNT = Number(process.argv[2] ?? 3_000_000)
const OBJECTS = Math.ceil(COUNT / 9)
const MONTHS = 84
const ROUNDS = 300
const ENTITY = '11111111-1111-4111-8111-111111111111'
const folder = mkdtempSync(join(tmpdir(), 'quittance-partitions-'))
const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
const pool = createPool(database.connection, { max: 1, role: '' })
const ask = (text: string, values: unknown[] = []) => pool.query(text, values)

const START = `'2020-01-01'::timestamptz`
const at = (n: string) => `${START} + ${n} * (interval '2550 days' / ${COUNT})`
const month = (n: number) => `'${new Date(Date.UTC(2020, n, 1)).toISOString()}'`
const id = (text: string) => createHash('md5').update(text).digest('hex')
const some = (below: number) => 1 + Math.floor(Math.random() * below)

async function make(kind: 'whole' | 'months') {
  const isCut = kind === 'months'
  const of = { events: 'created_at', deliveries: 'event_at' } as const
  await ask(`create table events_${kind} (id uuid not null, entity_id uuid not null, created_at timestamptz not null, object_id uuid not null,
    event text not null, data jsonb, subscribed boolean not null) ${isCut ? 'partition by range (created_at)' : ''}`)
  await ask(`create table deliveries_${kind} (id uuid not null, entity_id uuid not null, created_at timestamptz not null, event_id uuid not null,
    event_at timestamptz not null, subscription uuid not null, response text, made integer not null default 0) ${isCut ? 'partition by range (event_at)' : ''}`)
  for (const name of isCut ? Object.keys(of) : [])
    for (let n = 0; n < MONTHS; n++)
      await ask(`create table ${name}_months_${n} partition of ${name}_months for values from (${month(n)}) to (${month(n + 1)})`)
  await ask(`insert into events_${kind} select md5('e' || n)::uuid, '${ENTITY}', ${at('n')}, md5('o' || n % ${OBJECTS})::uuid, 'updated',
    '{"status": "issued", "was": "draft"}', n % 3 = 0 from generate_series(1, ${COUNT}) n`)
  await ask(`insert into deliveries_${kind} select md5('d' || n)::uuid, '${ENTITY}', ${at('n')}, md5('e' || n)::uuid, ${at('n')}, '${ENTITY}', '{"ok": true}', 1
    from generate_series(3, ${COUNT}, 3) n`)
  for (const [name, by] of Object.entries(of))
    await ask(`alter table ${name}_${kind} add primary key (entity_id, id${isCut ? `, ${by}` : ''})`)
  await ask(`create index on events_${kind} (entity_id, object_id, created_at)`)
  await ask(`create index on events_${kind} (entity_id, created_at, id) where subscribed`)
  await ask(`create unique index on deliveries_${kind} (entity_id, event_id, subscription${isCut ? ', event_at' : ''})`)
  await ask(`create index on deliveries_${kind} (entity_id, created_at, id)`)
  await ask(`vacuum analyze events_${kind}`)
  await ask(`vacuum analyze deliveries_${kind}`)
}

const object = () => [ENTITY, id(`o${some(OBJECTS - 1)}`)]
const delivery = () => 3 * some(COUNT / 3)
const ANSWERED = `update deliveries_$ set made = made + 1, response = '{}' where entity_id = $1 and id = $2`
const asked: [what: string, text: string, values: () => unknown[]][] = [
  [
    'the newest event of an object, which each write asks for',
    'select max(created_at) from events_$ where entity_id = $1 and object_id = $2',
    object,
  ],
  ['the history of an object', 'select * from events_$ where entity_id = $1 and object_id = $2 order by created_at', object],
  ['an event by its id', 'select * from events_$ where entity_id = $1 and id = $2', () => [ENTITY, id(`e${some(COUNT)}`)]],
  [
    '50 newest events',
    'select * from events_$ where entity_id = $1 and subscribed order by created_at desc, id desc limit 50',
    () => [ENTITY],
  ],
  [
    'an event is written',
    `insert into events_$ values (gen_random_uuid(), $1, '2026-12-10', $2, 'issued', '{"status": "issued"}', true)`,
    object,
  ],
  ['a delivery is answered', ANSWERED, () => [ENTITY, id(`d${delivery()}`)]],
  [
    'the same, by who knows the month',
    `${ANSWERED} and event_at = ${at('$3::integer')}`,
    () => {
      const n = delivery()
      return [ENTITY, id(`d${n}`), n]
    },
  ],
  [
    '50 newest deliveries',
    'select * from deliveries_$ where entity_id = $1 order by created_at desc, id desc limit 50',
    () => [ENTITY],
  ],
]
const kinds = ['whole', 'months'] as const
const timed = async (work: () => Promise<unknown>) => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1]!

try {
  for (const kind of kinds) await make(kind)
  await ask('checkpoint')
  const rows: string[] = []
  for (const [what, text, values] of asked) {
    const ms = { whole: [] as number[], months: [] as number[] }
    for (let round = 0; round < ROUNDS; round++)
      for (const kind of kinds) {
        // One table, whichever: the `$` after its name.
        const one = { name: `${what.slice(0, 40)} ${kind}`, text: text.replaceAll('_$ ', `_${kind} `), values: values() }
        ms[kind].push(await timed(() => pool.query(one)))
      }
    const [whole, months] = [median(ms.whole), median(ms.months)]
    rows.push(`| ${what} | ${whole.toFixed(2)} | ${months.toFixed(2)} | **${(months / whole).toFixed(1)}** |`)
  }
  const removed = await timed(() => ask(`delete from deliveries_whole where created_at < '2020-02-01'`))
  const cleaned = await timed(() => ask('vacuum deliveries_whole'))
  const dropped = await timed(() => ask('drop table deliveries_months_0'))
  const text = `## Months of events and deliveries

Made by \`npx tsx bench/partitions.ts ${COUNT}\` on ${new Date().toISOString().slice(0, 10)}: ${COUNT.toLocaleString('en')} events of one company and a third as many deliveries, in one table and in ${MONTHS} months;
medians of ${ROUNDS} in turns, in ms ([decision 65](../docs/decisions/0065-events-and-deliveries-stay-whole.md)).

| asked for | one table | months | ratio |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

The oldest month of deliveries: removed row by row in ${removed.toFixed(0)} ms, and ${cleaned.toFixed(0)} ms of cleaning afterwards; dropped in ${dropped.toFixed(0)} ms.`
  console.log(text)
  keepResults(text.split('\n')[0]!, text)
} finally {
  await pool.end()
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
