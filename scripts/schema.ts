// Writes the schema that all migrations make together, as one script: what an empty database is given, and what a reader looks a table up in.
// A kind of thing that is forgotten here is found by src/platform/database/schema.test.ts, which compares the catalogues.
import type pg from 'pg'

/** The parts of the audit log are made for the day: `OPEN_AUDIT_LOG`. */
const isKept = (table: string) => `${table} !~ '_[0-9]{4}_[0-9]{2}$' and ${table} not in ('audit_logs_rest', 'schema_migrations')`

interface Made {
  readonly oid: string
  readonly sql: string
  /** The oids of what has to be there before. */
  readonly needs: readonly string[]
}

/** Types, functions and tables: what others are made of. Checks stand in their table, as do keys; references follow when all tables are there. */
const MADE = `
with own as (
  select 'pg_class'::regclass as kind, c.oid, c.oid as made from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and ${isKept('c.relname')}
  union all
  select 'pg_proc'::regclass, p.oid, p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select 'pg_type'::regclass, t.oid, t.oid from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype = 'e'
),
mine as (
  select * from own o where not exists (select from pg_depend d where d.classid = o.kind and d.objid = o.oid and d.deptype = 'e')
),
-- A default or a check belongs to its table, and a type of rows is its table.
parts as (
  select kind, oid, made from mine
  union all select 'pg_attrdef'::regclass, d.oid, d.adrelid from pg_attrdef d join mine on mine.oid = d.adrelid
  union all select 'pg_constraint'::regclass, k.oid, k.conrelid from pg_constraint k join mine on mine.oid = k.conrelid where k.contype <> 'f'
  union all select 'pg_type'::regclass, t.oid, t.typrelid from pg_type t join mine on mine.oid = t.typrelid
  union all select 'pg_type'::regclass, a.oid, coalesce(nullif(t.typrelid, 0), t.oid)
    from pg_type t join pg_type a on a.oid = t.typarray join mine on mine.oid in (t.oid, t.typrelid)
)
select m.oid::text,
       case m.kind
         when 'pg_type'::regclass then (
           select format('create type %s as enum (%s)', m.oid::regtype, string_agg(quote_literal(enumlabel), ', ' order by enumsortorder))
             from pg_enum where enumtypid = m.oid)
         when 'pg_proc'::regclass then pg_get_functiondef(m.oid)
         else (
           select format(e'create table %s (\\n%s\\n)%s', m.oid::regclass,
             (select string_agg('  ' || line, e',\\n' order by part, place) from (
               select 1 as part, a.attnum::int as place, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                        case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation end,
                        case when a.attgenerated = 's' then format('generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
                             when a.attidentity = 'a' then 'generated always as identity'
                             when d.oid is not null then 'default ' || pg_get_expr(d.adbin, d.adrelid) end,
                        case when a.attnotnull then 'not null' end) as line
                 from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped
               union all
               select 2, row_number() over (order by k.contype desc, k.conname collate "C")::int,
                      format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
                 from pg_constraint k where k.conrelid = m.oid and k.contype in ('p', 'u', 'c')) as lines),
             case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(m.oid) end)
             from pg_class c where c.oid = m.oid)
       end as sql,
       array(select distinct other.made from pg_depend d
               join parts part on part.kind = d.classid and part.oid = d.objid and part.made = m.oid
               join parts other on other.kind = d.refclassid and other.oid = d.refobjid and other.made <> m.oid)::text[] as needs
  from mine m order by m.oid`

/** The audit log begins with this month: what is older and what is later than its months has a part too. */
const OPEN_AUDIT_LOG = `do $$
begin
  execute format('alter table audit_logs attach partition audit_logs_before for values from (minvalue) to (%L)',
    first_log_id(date_trunc('month', now(), 'UTC')));
  create table audit_logs_rest (like audit_logs including defaults);
  perform seal_audit_part('audit_logs_rest');
  alter table audit_logs attach partition audit_logs_rest default;
  perform open_audit_months(3);
end $$`

const ROLES = `select rolname as name from pg_roles where rolname like 'quittance\\_%' order by rolname collate "C"`

/** What stands on tables, in the order in which it is made; each row one statement. */
const REST = [
  // Indexes that no constraint stands for, but those of the months of a log.
  `select pg_get_indexdef(i.indexrelid) as sql from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and ${isKept('c.relname')}
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
    order by c.relname collate "C", i.indexrelid`,
  `select format(e'alter table %s\\n%s', conrelid::regclass,
            string_agg(format('  add constraint %I %s', conname, pg_get_constraintdef(oid)), e',\\n' order by conname collate "C")) as sql
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace group by conrelid order by conrelid::regclass::text collate "C"`,
  `select pg_get_triggerdef(t.oid) as sql from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and t.tgparentid = 0 and c.relnamespace = 'public'::regnamespace order by c.relname collate "C", t.tgname collate "C"`,
  `select format('alter table %s enable row level security%s', oid::regclass, case when relforcerowsecurity then ', force row level security' end) as sql
     from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and ${isKept('relname')} order by relname collate "C"`,
  `select concat_ws(' ', format('create policy %I on %s', polname, polrelid::regclass),
            case polcmd when 'r' then 'for select' when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' end,
            'to ' || (select string_agg(quote_ident(rolname), ', ' order by rolname collate "C") from pg_roles where oid = any(polroles)),
            'using (' || pg_get_expr(polqual, polrelid) || ')', 'with check (' || pg_get_expr(polwithcheck, polrelid) || ')') as sql
     from pg_policy where polrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
    order by polrelid::regclass::text collate "C", polname collate "C"`,
  `select format('grant %s on %s to %s', rights, string_agg(name, ', ' order by name collate "C"), role) as sql from (
     select c.oid::regclass::text as name, r.rolname as role,
            string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as rights
       from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
      where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner group by 1, 2) as granted
    group by role, rights order by role collate "C", rights`,
  `select format('grant usage on schema public to %s', string_agg(r.rolname, ', ' order by r.rolname collate "C")) as sql
     from pg_namespace n, aclexplode(n.nspacl) a join pg_roles r on r.oid = a.grantee
    where n.nspname = 'public' and r.rolname like 'quittance\\_%'`,
]

/** In the order of the oids, but nothing before what it needs. */
function sorted(all: readonly Made[]): Made[] {
  const byOid = new Map(all.map((one) => [one.oid, one]))
  const done = new Map<string, 'begun' | 'done'>()
  const order: Made[] = []
  const visit = (one: Made) => {
    const state = done.get(one.oid)
    if (state === 'done') return
    if (state === 'begun') throw new Error(`These need one another: ${one.sql}`)
    done.set(one.oid, 'begun')
    for (const need of one.needs) {
      const other = byOid.get(need)
      if (other) visit(other)
    }
    done.set(one.oid, 'done')
    order.push(one)
  }
  all.forEach(visit)
  return order
}

/** The script for a database that has all migrations. For a transaction: it sets what is set back when that ends. */
export async function schemaOf(client: pg.ClientBase): Promise<string> {
  const { rows: roles } = await client.query<{ name: string }>(ROLES)
  const { rows: extensions } = await client.query<{ name: string }>(
    `select extname as name from pg_extension where extname <> 'plpgsql' order by extname`,
  )
  const { rows: made } = await client.query<Made>(MADE)
  const statements = [
    'set local check_function_bodies = off',
    `do $$\nbegin\n${roles.map(({ name }) => `  if to_regrole('${name}') is null then create role ${name} nologin; end if;\n`).join('')}end $$`,
    `grant ${roles.map(({ name }) => name).join(', ')} to current_user`,
    ...extensions.map(({ name }) => `create extension if not exists ${name}`),
    ...sorted(made).map(({ sql }) => sql.trim()),
  ]
  for (const query of REST) statements.push(...(await client.query<{ sql: string }>(query)).rows.map(({ sql }) => sql))
  // Migrations that came later are checked as ever.
  statements.push(OPEN_AUDIT_LOG, 'set local check_function_bodies = on')
  return `${statements.join(';\n\n')};\n`
}
