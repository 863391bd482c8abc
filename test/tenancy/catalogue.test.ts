import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../src/modules/audit/audit.ts'
import { machineClock } from '../../src/platform/clock.ts'
import { asEntity, asPartner, asSystem, type Db, NO_ENTITY } from '../../src/platform/database/context.ts'
import { createPool } from '../../src/platform/database/pool.ts'
import { freshDatabase } from '../support/database.ts'

/** What every sealed table has to show in PostgreSQL's own catalogue, whoever added it and when. */

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
let db: Db

beforeAll(async () => {
  database = await freshDatabase()
  pool = createPool(database.connection, { max: 4, role: '' })
  db = { pool, clock: machineClock, prepare: true }
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const ask = async <Row = Record<string, string>>(text: string, values: unknown[] = []) =>
  (await pool.query(text, values)).rows as Row[]

/** Copied by `like`, never written to. */
const TEMPLATES = ['tenant_row', 'partner_row']
/** The machinery's own: rows of no tenant, or of a partner by another name. No request reaches them unless a policy says so. */
const MACHINERY = [
  'installation',
  'cells',
  'partners',
  'api_clients',
  'schedules',
  'reactions',
  'sandbox_payments',
  'schema_migrations',
]

const ours = `c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`
const holds = (column: string, not_null = true) =>
  `exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = '${column}' and not a.attisdropped and (a.attnotnull or ${!not_null}))`
/** Tables whose rows belong to an entity. */
const tenantTables = () =>
  ask<{ oid: number; name: string }>(
    `select c.oid, c.relname as name from pg_class c where ${ours} and ${holds('entity_id')} and c.relname <> all ($1) order by 2`,
    [TEMPLATES],
  )

test('the audit finds nothing in a database that was just made', async () => {
  const findings = await audit(db)
  expect(findings.filter(({ rows }) => rows.length > 0)).toEqual([])
  expect(findings.length).toBeGreaterThan(15)
})

test('every table is known to belong to an entity, to a partner or to the machinery', async () => {
  const strangers = await ask(
    `select c.relname as table from pg_class c where ${ours} and not ${holds('entity_id', false)} and not ${holds('partner_id', false)} and c.relname <> all ($1)`,
    [[...MACHINERY, ...TEMPLATES]],
  )
  expect(strangers).toEqual([])
  expect((await tenantTables()).length).toBeGreaterThan(10)
})

test('row security is enabled and forced on every table with rows of an entity or a partner', async () => {
  const open = await ask(
    `select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced from pg_class c
     where ${ours} and (${holds('entity_id', false)} or ${holds('partner_id', false)} or c.relname in ('installation', 'cells', 'partners', 'schedules'))
       and c.relname <> all ($1) and not (c.relrowsecurity and c.relforcerowsecurity)`,
    [TEMPLATES],
  )
  expect(open).toEqual([])
})

test('every table of an entity has one policy for requests and one for the machinery, and the one for requests asks for the entity', async () => {
  const policies = await ask<{
    table: string
    policies: { roles: string[]; using: string | null; check: string | null; command: string; permissive: boolean }[]
  }>(
    `select c.relname as table, coalesce(json_agg(json_build_object('roles', (select array_agg(r::regrole::text) from unnest(p.polroles) r),
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid), 'command', p.polcmd, 'permissive', p.polpermissive)) filter (where p.oid is not null), '[]') as policies
     from pg_class c left join pg_policy p on p.polrelid = c.oid where ${ours} and ${holds('entity_id')} and c.relname <> all ($1) group by c.relname`,
    [TEMPLATES],
  )
  // The second argument of current_setting would make a missing tenant null instead of an error.
  const lenient = await ask(
    `select p.polrelid::regclass::text as table, p.polname from pg_policy p
     where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) like '%current_setting(%, true)%'`,
  )
  expect(lenient).toEqual([])
  const wrong = policies.flatMap(({ table, policies }) => {
    const app = policies.filter(({ roles }) => roles.includes('quittance_app') || roles.includes('-'))
    const system = policies.filter(({ roles }) => roles.join() === 'quittance_system')
    const narrow = app.every(
      ({ using, check }) => using?.includes(`app.entity_id`) && (check === null || check.includes(`app.entity_id`)),
    )
    const both = app.every(
      ({ using, check, command }) => command !== '*' || using?.includes('entity_id = ') || check?.includes('entity_id = '),
    )
    return app.length === 1 && system.length === 1 && narrow && both ? [] : [{ table, policies }]
  })
  expect(wrong).toEqual([])
})

test('primary keys, unique indexes and foreign keys between tables of entities contain the entity', async () => {
  const loose = await ask(
    `select c.relname as table, i.indexrelid::regclass::text as index, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute e on e.attrelid = c.oid and e.attname = 'entity_id'
     where ${ours} and ${holds('entity_id')} and c.relname <> all ($1) and i.indisunique and e.attnum <> all (i.indkey::int2[])`,
    [TEMPLATES],
  )
  // A job is found by its own number and by its key, which is never taken from a request. A mail address, and the secret of
  // a page that customers open, are one in the whole world. So are the page on which a user connects a ledger, and what a provider calls a payment and an event of it.
  const allowed = new Set(['jobs_pkey', 'jobs_key_key', 'mailboxes_address', 'receivables_page'])
  allowed.add('accounting_connections_page_key_key')
  // And a participant of the network for e-invoices: it would not know where to deliver otherwise.
  allowed.add('einvoicing_network_credentials_one')
  allowed.add('payment_attempts_provider_reference_key').add('payment_events_provider_event_id_key')
  // And what a provider calls an entity.
  allowed.add('onboarding_accounts_provider_account_key')
  expect(loose.filter(({ index }) => !allowed.has(index!))).toEqual([])

  const crossing = await ask(
    `select k.conrelid::regclass::text as table, k.conname as name, pg_get_constraintdef(k.oid) as definition from pg_constraint k
     join pg_class c on c.oid = k.conrelid join pg_attribute here on here.attrelid = k.conrelid and here.attname = 'entity_id'
     join pg_attribute there on there.attrelid = k.confrelid and there.attname = 'entity_id'
     where ${ours} and k.contype = 'f' and not exists (
       select from unnest(k.conkey, k.confkey) as pair (a, b) where pair.a = here.attnum and pair.b = there.attnum)`,
  )
  expect(crossing).toEqual([])
})

test('a row of an entity names its partner, and both come from the transaction', async () => {
  const wrong = await ask(
    `select c.relname as table, a.attname as column, pg_get_expr(d.adbin, d.adrelid) as default from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attname in ('entity_id', 'partner_id') left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where ${ours} and ${holds('entity_id')} and c.relname <> all ($1) and coalesce(pg_get_expr(d.adbin, d.adrelid), '') <> '(current_setting(''app.' || a.attname || '''::text))::uuid'`,
    [TEMPLATES],
  )
  expect(wrong).toEqual([])
})

test('a part of a table is reached through the table only', async () => {
  const parts = await ask<{ name: string; sealed: boolean; granted: boolean; policies: number }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as sealed,
       exists (select from aclexplode(c.relacl) acl where acl.grantee <> c.relowner) as granted,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind = 'r'`,
  )
  // What was before, the rest, and the months to come.
  expect(parts.length).toBeGreaterThan(4)
  expect(parts.filter(({ sealed, granted, policies }) => !sealed || granted || policies > 0)).toEqual([])
})

test('events are only ever added: but for whoever restores, no role may change, remove or truncate one', async () => {
  const grants = await ask(
    `select r.rolname as role, privilege from pg_roles r, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
     where r.rolname in ('quittance_app', 'quittance_system') and has_table_privilege(r.rolname, 'events', privilege)`,
  )
  expect(grants).toEqual([])
  const columns = await ask(
    `select grantee, column_name from information_schema.column_privileges where table_name = 'events' and privilege_type = 'UPDATE' and grantee like 'quittance\\_%' and grantee <> 'quittance_restore'`,
  )
  expect(columns).toEqual([])
})

test('nobody but the three roles is granted anything, and no table may be truncated or given a trigger', async () => {
  const grants = await ask(
    `select c.relname as table, coalesce(g.rolname, 'PUBLIC') as role, acl.privilege_type as privilege
     from pg_class c, aclexplode(c.relacl) acl left join pg_roles g on g.oid = acl.grantee
     where c.relnamespace = 'public'::regnamespace and acl.grantee <> c.relowner
       and (g.rolname is distinct from 'quittance_app' and g.rolname is distinct from 'quittance_system' and g.rolname is distinct from 'quittance_restore' or acl.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE'))`,
  )
  expect(grants).toEqual([])
  const [schema] = await ask<{ may: boolean }>(`select has_schema_privilege('quittance_app', 'public', 'CREATE') as may`)
  expect(schema!.may).toBe(false)
})

test('the roles own nothing, may not log in, bypass row security, or become one another', async () => {
  const roles = await ask<Record<string, unknown>>(
    `select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles where rolname in ('quittance_app', 'quittance_restore', 'quittance_system') order by 1`,
  )
  const none = { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }
  expect(roles).toMatchObject([
    { rolname: 'quittance_app', ...none },
    { rolname: 'quittance_restore', ...none },
    { rolname: 'quittance_system', ...none },
  ])
  const member = await ask(
    `select from pg_auth_members m where m.member in ('quittance_app'::regrole, 'quittance_system'::regrole, 'quittance_restore'::regrole)`,
  )
  expect(member).toEqual([])
  const owned = await ask(
    `select c.relname from pg_class c where c.relowner in ('quittance_app'::regrole, 'quittance_system'::regrole, 'quittance_restore'::regrole)`,
  )
  expect(owned).toEqual([])
})

test('whoever restores reaches rows of one entity, and only of one that may be put back', async () => {
  const policies = await ask<{ table: string; using: string; check: string | null; command: string }>(
    `select c.relname as table, pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check, p.polcmd as command
     from pg_policy p join pg_class c on c.oid = p.polrelid where 'quittance_restore'::regrole = any (p.polroles)`,
  )
  const narrow = (condition: string) =>
    ['app.partner_id', 'app.entity_id', 'restorable_entities'].every((part) => condition.includes(part)) &&
    / AND /.test(condition) &&
    !/ OR /.test(condition)
  expect(
    policies.filter(({ table, using, check }) => table !== 'restorable_entities' && !(narrow(using) && check && narrow(check))),
  ).toEqual([])
  expect(policies.find(({ table }) => table === 'restorable_entities')).toMatchObject({ command: 'r', check: null })
  // Every table of an entity is open to it, or known to hold no part of a state.
  const closed = (await tenantTables()).map(({ name }) => name).filter((name) => !policies.some(({ table }) => table === name))
  expect(closed.sort()).toEqual([
    'audit_logs',
    'entity_snapshots',
    'idempotency_keys',
    'kept_half_years',
    'kept_sums',
    'kept_until',
    'test_clocks',
  ])
})

test('no function runs with the rights of its owner', async () => {
  const definers = await ask(`select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef`)
  expect(definers).toEqual([])
  const views =
    await ask(`select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
    and not coalesce(c.reloptions @> array['security_invoker=true'], false)`)
  expect(views).toEqual([])
})

describe('a transaction of the application', () => {
  const as = <T>(role: string, work: (client: pg.PoolClient) => Promise<T>) =>
    pool.connect().then(async (client) => {
      await client.query('begin')
      await client.query(`select set_config('role', $1, true)`, [role])
      return work(client).finally(() => client.query('rollback').then(() => client.release(true)))
    })

  test('that names no tenant sees none of the rows that are there, and can add none', async () => {
    const partnerId = crypto.randomUUID()
    const who = { partnerId, entityId: crypto.randomUUID(), userId: null }
    await asSystem(db, (ctx) => ctx.db.query(`insert into partners (id, name) values ($1, 'Somebody')`, [partnerId]))
    await asEntity(db, who, (ctx) => ctx.db.query(`insert into tags (name) values ('Ours')`))
    // 42704: the setting was never made on this connection; 22P02: it was, and is empty again.
    const refusal = { code: expect.stringMatching(/^(42704|22P02)$/) }
    await expect(as('quittance_app', (client) => client.query('select * from tags'))).rejects.toMatchObject(refusal)
    await expect(
      as('quittance_app', (client) => client.query(`insert into tags (name) values ('Theirs')`)),
    ).rejects.toMatchObject(refusal)
    const elsewhere = await asEntity(db, { ...who, entityId: crypto.randomUUID() }, (ctx) => ctx.db.query('select * from tags'))
    expect(elsewhere).toEqual([])
    const asNoEntity = await asPartner(db, { ...who, partnerId: crypto.randomUUID() }, (ctx) =>
      ctx.db.query('select * from tags'),
    )
    expect(asNoEntity).toEqual([])
  })

  test('cannot write a row for another entity or another partner, nor move one there', async () => {
    const who = { partnerId: crypto.randomUUID(), entityId: crypto.randomUUID(), userId: null }
    const insert = (partner: string, entity: string) =>
      asEntity(db, who, (ctx) =>
        ctx.db.query(`insert into tags (name, partner_id, entity_id) values ('X', $1, $2)`, [partner, entity]),
      )
    await expect(insert(who.partnerId, crypto.randomUUID())).rejects.toMatchObject({ code: '42501' })
    await expect(insert(crypto.randomUUID(), who.entityId)).rejects.toMatchObject({ code: '42501' })
    await expect(
      asEntity(db, who, async (ctx) => {
        await ctx.db.query(`insert into tags (name) values ('Mine')`)
        await ctx.db.query(`update tags set entity_id = $1`, [crypto.randomUUID()])
      }),
    ).rejects.toMatchObject({ code: '42501' })
    const referred = asEntity(db, who, (ctx) =>
      ctx.db.query(`insert into entity_users (login, first_name, role_id) values ('a', 'A', $1)`, [crypto.randomUUID()]),
    )
    await expect(referred).rejects.toMatchObject({ code: '23503' })
  })

  test.each([
    "update events set event = 'never'",
    'delete from events',
    'truncate events',
    'set local row_security = off',
    'alter table tags disable row level security',
    'select * from api_clients',
    'select * from installation',
    'create table loot as select 1',
    'drop policy tenant on tags',
  ])('is refused: %s', async (statement) => {
    await as('quittance_app', async (client) => {
      await client.query(`select set_config('app.partner_id', $1, true), set_config('app.entity_id', $1, true)`, [NO_ENTITY])
      const outcome = client.query(statement).then(() => client.query(`select * from tags`))
      await expect(outcome).rejects.toMatchObject({ code: '42501' })
    })
  })
})
