import Type, { type Static, type TObject, type TSchema, type TUnsafe } from 'typebox'
import type { Flow } from '../../core/flow.ts'
import { conflict, notFound, type Refusal } from '../../core/refusal.ts'
import { belongsToAnother, narrowedBy } from '../auth/reach.ts'
import { type Thing, thingIn } from '../auth/things.ts'
import { type EventName, type EventObject, eventsOf, isQuiet, type QuietName } from '../events/catalog.ts'
import { nameConstraint } from '../http/errors.ts'
import { RawJson } from '../http/types.ts'
import type { Insertable, Refused, Selectable, Updateable } from './columns.ts'
import type { Ctx } from './context.ts'
import { type Database, jsonColumns } from './database.types.ts'
import { parseStatement } from './sql.ts'

/**
 * The only way to rows that the API shows. Each change writes its event in the same statement; a missing row is a 404.
 * Need more? Write the SQL in the module (`sql.ts`).
 */

export type TableName = keyof Database & string

interface TableOptions<O extends EventObject, A extends string> {
  /** What a person calls it, at the start of a sentence: "Tag not found". */
  noun: string
  /** Its object type in roles and events, e.g. `counterpart_address`; none if its changes are not told to anybody. */
  object?: O
  /** Who may go where: then `status` changes by `rows.move` alone. */
  flow?: Flow<string, A>
  /** The last change to a row before it is answered, e.g. to put flat columns into an object. */
  present?: (row: Record<string, unknown>, ctx: Ctx) => unknown
  /** SQL of fields as they are kept without accents and capitals, for searching. */
  folded?: Readonly<Record<string, string>>
  /** Rows of this table are never taken out of sight: it has no `deleted_at`. */
  permanent?: boolean
  /** What to say when a unique index or a check of the table, by its name, stands in the way. */
  clashes?: Record<string, Refusal>
  /** The message of a 404; "<noun> not found" when left out. */
  missing?: (id: string) => string
}

type Kind<T> = T extends string
  ? 'text'
  : T extends number
    ? 'number'
    : T extends boolean
      ? 'boolean'
      : T extends null | undefined
        ? 'null'
        : 'object'
/** The fields that are no column of the table, or not of its kind: words are compared as text, JSON as object. */
type Computed<Row, N extends TableName> = {
  [F in keyof Row]-?: F extends keyof Database[N] ? ([Kind<Selectable<Database[N]>[F]>] extends [Kind<Row[F]>] ? never : F) : F
}[keyof Row]
/** SQL for fields that aren't plain columns; `t` is the row. */
type ComputedSql<Row, N extends TableName> = [Computed<Row, N>] extends [never]
  ? { computed?: Record<string, string> }
  : { computed: { [F in Computed<Row, N> & string]: string } & Record<string, string> }

export interface Table<
  Row extends TSchema = TSchema,
  N extends TableName = TableName,
  O extends EventObject = EventObject,
  A extends string = string,
> {
  readonly name: N
  readonly schema: Row
  readonly noun: string
  readonly object: O | null
  /** The actions of its flow, for the compiler alone. */
  readonly actions?: A
  readonly flow: Flow<string, string> | null
  /** Who may reach its rows. */
  readonly thing: Thing
  readonly alias: 't'
  /** SQL of fields as they are kept without accents and capitals, for searching. */
  readonly folded?: Readonly<Record<string, string>>
  /** The columns of an answer, as a select list. */
  readonly select: string
  /** `tags t` */
  readonly from: string
  /** The condition of a row that is still in sight. */
  readonly alive: string
  /** SQL of a field by its name on the wire. */
  column(name: string): string
  present(row: Record<string, unknown>, ctx: Ctx): unknown
  missing(id: string): string
}

/** A table whose rows are read by a select list of their own, as `Row`; what answers show of one is for the module to say. */
export const rowTable =
  <Row>() =>
  <N extends TableName, O extends EventObject = never, A extends string = never>(
    name: N,
    { select, ...options }: TableOptions<O, A> & { readonly select: string },
  ): Table<TUnsafe<Row>, N, O, A> => ({ ...made(name, Type.Unsafe<Row>({}), options), select: unmarked(select) })

/** A select list that statements of `sql` share has marks for columns that are never null. */
const unmarked = (select: string) => parseStatement(select).text

/** The same, whose answers are of a schema of their own: `present` makes them of the rows. */
export const shownTable =
  <Row extends Record<string, unknown>>() =>
  <S extends TSchema, N extends TableName, O extends EventObject = never, A extends string = never>(
    name: N,
    schema: S,
    {
      select,
      present,
      ...options
    }: Omit<TableOptions<O, A>, 'present'> & {
      readonly select: string
      readonly computed?: Record<string, string>
      readonly present: (row: Row, ctx: Ctx) => unknown
    },
  ): Table<S, N, O, A> => ({ ...made(name, schema, options), select: unmarked(select), present })

/** A table whose rows answer `schema`: each property is the column of its name, unless `computed` says otherwise. */
export function table<Row extends TSchema, N extends TableName, O extends EventObject = never, A extends string = never>(
  name: N,
  schema: Row,
  options: TableOptions<O, A> & ComputedSql<Static<Row>, N>,
): Table<Row, N, O, A> {
  return made(name, schema, options)
}

function made<Row extends TSchema, N extends TableName, O extends EventObject, A extends string>(
  name: N,
  schema: Row,
  options: TableOptions<O, A> & { computed?: Record<string, string> },
): Table<Row, N, O, A> {
  const computed: Record<string, string> = options.computed ?? {}
  const properties = Object.keys((schema as unknown as TObject).properties ?? {})
  for (const [constraint, refusal] of Object.entries(options.clashes ?? {})) nameConstraint(constraint, refusal)
  const column = (field: string) => computed[field] ?? `t.${field}`
  return {
    name,
    schema,
    noun: options.noun,
    object: options.object ?? null,
    flow: options.flow ?? null,
    thing: thingIn(name),
    alias: 't',
    ...(options.folded && { folded: options.folded }),
    select: [...new Set([...properties, ...Object.keys(computed)])]
      .map((field) => (computed[field] ? `${computed[field]} as ${field}` : `t.${field}`))
      .join(', '),
    from: `${name} t`,
    alive: options.permanent ? 'true' : 't.deleted_at is null',
    column,
    present: options.present ?? ((row) => row),
    missing: options.missing ?? (() => `${options.noun} not found`),
  }
}

/** What an event says beyond its name. */
export interface Telling {
  readonly data?: object | undefined
  /** For the history alone: nobody is told. */
  readonly quiet?: boolean | undefined
}

/** Where a table has a flow, its status changes by `rows.move`. */
type WithoutStatus<A extends string> = [A] extends [never]
  ? unknown
  : { readonly status?: Refused<'the status of a table with a flow changes by rows.move'> }

/** A value for a JSON parameter of a statement. Without it an array would arrive as a PostgreSQL array. */
export const json = <V>(value: V): V extends null | undefined ? null : RawJson =>
  (value === null || value === undefined ? null : new RawJson(JSON.stringify(value))) as V extends null | undefined
    ? null
    : RawJson

type Values = Record<string, unknown>
/** `V` is known not to hold anything that is not a column: TypeScript does not look for such in what is spread or passed as a variable. */
type Known<N extends TableName, V> = {
  [K in Exclude<keyof V, keyof Database[N]>]: Refused<`${N} has no column ${K & string}`>
}

export const rows = {
  /** The row, or a 404; a 403 when the role is limited to the user's own and it isn't. */
  async find<R extends TSchema>(ctx: Ctx, t: Table<R>, id: string, parent: Values = {}): Promise<Static<R>> {
    return one(ctx, t, id, parent, '')
  },

  /** The row, locked until the transaction ends: decide on nothing that isn't. */
  async lock<R extends TSchema>(ctx: Ctx, t: Table<R>, id: string, parent: Values = {}): Promise<Static<R>> {
    return one(ctx, t, id, parent, ' for update of t')
  },

  /** A new row and its `created` event, in one statement. Fields that are undefined take the column's default. */
  async create<R extends TSchema, N extends TableName, V extends Insertable<Database[N]>>(
    ctx: Ctx,
    t: Table<R, N>,
    values: V & Known<N, V>,
  ): Promise<Static<R>> {
    const { names, params } = bound(t, values)
    const { created } = eventsOf(t.object)
    const places = names.map((_, i) => `$${i + 1}`)
    const [row] = await withEvent(
      ctx,
      t,
      `insert into ${t.name} as t (${names.join(', ')}) values (${places.join(', ')}) returning ${t.select}`,
      created,
      params,
    )
    return t.present(row!, ctx) as Static<R>
  },

  /**
   * A new row and its event, unless there is a row that has the same in the columns `once`, which a unique index has: then null. `made` is SQL
   * for columns that follow from those that are given, which it names as `:column`.
   */
  async createOnce<R extends TSchema, N extends TableName, O extends EventObject, V extends Insertable<Database[N]>>(
    ctx: Ctx,
    t: Table<R, N, O>,
    once: readonly (keyof Database[N] & string)[],
    values: V & Known<N, V>,
    event: EventName<O> | QuietName<O>,
    { made = {}, ...telling }: Telling & { readonly made?: { readonly [C in keyof Database[N]]?: string } } = {},
  ): Promise<Static<R> | null> {
    const { names, params } = bound(t, values)
    const place = (name: string) => `$${names.indexOf(name) + 1}`
    const follow = Object.values<string | undefined>(made).map((sql = 'null') => sql.replace(/:(\w+)/g, (_, name) => place(name)))
    const columns = [...names, ...Object.keys(made)]
    const insert = `insert into ${t.name} as t (${columns.join(', ')}) values (${[...names.map(place), ...follow].join(', ')}) on conflict (${once.join(', ')}) do nothing returning ${t.select}`
    const [row] = await withEvent(ctx, t, insert, event, params, telling)
    return row ? (t.present(row, ctx) as Static<R>) : null
  },

  /** Changes the row and writes its event (`updated` unless named). Fields that are undefined stay; nothing to change, no event. */
  async change<
    R extends TSchema,
    N extends TableName,
    O extends EventObject,
    A extends string,
    V extends Updateable<Database[N]>,
  >(
    ctx: Ctx,
    t: Table<R, N, O, A>,
    id: string,
    values: V & Known<N, V> & WithoutStatus<A>,
    event?: EventName<O> | QuietName<O>,
    { parent = {}, ...telling }: Telling & { readonly parent?: Values } = {},
  ): Promise<Static<R>> {
    const given = bound(t, values)
    if (given.names.length === 0) return one(ctx, t, id, parent, '')
    if (narrowedBy(ctx, t.thing)) await one(ctx, t, id, parent, ' for update of t')
    return changed(ctx, t, id, given, event ?? eventsOf(t.object).changed, parent, telling)
  },

  /** The same for a row that was read and locked by whoever asks, so that it is theirs; with nothing to change the event is written all the same. */
  async write<R extends TSchema, N extends TableName, O extends EventObject, A extends string, V extends Updateable<Database[N]>>(
    ctx: Ctx,
    t: Table<R, N, O, A>,
    id: string,
    values: V & Known<N, V> & WithoutStatus<A>,
    event: EventName<O> | QuietName<O>,
    telling: Telling = {},
  ): Promise<Static<R>> {
    return changed(ctx, t, id, bound(t, values), event, {}, telling)
  },

  /**
   * Takes a locked row to the status that `action` leads to, with what else changes, and writes an event that says so. Refuses (conflict) what
   * the table's flow does not allow, and a row that has another status by now.
   */
  async move<R extends TSchema, N extends TableName, O extends EventObject, A extends string, V extends Updateable<Database[N]>>(
    ctx: Ctx,
    t: Table<R, N, O, A>,
    { id, status }: { readonly id: string; readonly status: string },
    action: NoInfer<A>,
    event: [O] extends [never] ? null : EventName<O> | QuietName<O>,
    values: V & Known<N, V> & WithoutStatus<A>,
    { data }: Telling = {},
  ): Promise<Static<R>> {
    if (!t.flow) throw new Error(`${t.name} has no flow`)
    const next = t.flow.next(status, action)
    const { names, params } = bound(t, { ...values, status: next })
    const sets = names.map((name, i) => `${name} = $${i + 1}`)
    const at = params.push(id, status)
    const steps = next === status ? data : { old_status: status, new_status: next, ...data }
    const [row] = await withEvent(
      ctx,
      t,
      `update ${t.name} t set ${sets.join(', ')}, updated_at = app_now()
        where t.id = $${at - 1} and t.status = $${at} and ${t.alive} returning ${t.select}`,
      event,
      params,
      { data: steps },
    )
    if (!row) throw conflict(`${t.noun} ${id} was changed at the same moment: try again`)
    return t.present(row, ctx) as Static<R>
  },

  /** Takes the row out of sight. It stays in the table, for documents and audit fields that name it. */
  async remove(ctx: Ctx, t: Table, id: string, parent: Values = {}): Promise<null> {
    if (narrowedBy(ctx, t.thing)) await one(ctx, t, id, parent, ' for update of t')
    const params: unknown[] = []
    const where = matching(t, id, parent, params)
    const removed = await withEvent(
      ctx,
      t,
      `update ${t.name} t set deleted_at = app_now(), updated_at = app_now() where ${where} returning t.id`,
      eventsOf(t.object).removed,
      params,
    )
    if (removed.length === 0) throw notFound(t.missing(id))
    return null
  },

  /** Refuses unless all of these ids are rows of the entity. Answers them in the order asked. */
  async require<R extends TSchema>(
    ctx: Ctx,
    t: Table<R>,
    ids: readonly string[],
    refuse: (message: string) => Error = notFound,
  ): Promise<Static<R>[]> {
    if (ids.length === 0) return []
    const found = await ctx.db.query<Values>(`select ${t.select} from ${t.from} where t.id = any ($1) and ${t.alive}`, [
      [...new Set(ids)],
    ])
    const known = new Map(found.map((row) => [row.id as string, row]))
    return ids.map((id) => {
      const row = known.get(id.toLowerCase())
      if (!row) throw refuse(t.missing(id))
      return t.present(row, ctx) as Static<R>
    })
  },
}

async function one<R extends TSchema>(ctx: Ctx, t: Table<R>, id: string, parent: Values, lock: string): Promise<Static<R>> {
  const params: unknown[] = []
  const where = matching(t, id, parent, params)
  const owner = narrowedBy(ctx, t.thing)
  const whose = owner ? `, ${owner} as "~owner"` : ''
  const [row] = await ctx.db.query<Values>(`select ${t.select}${whose} from ${t.from} where ${where}${lock}`, params)
  if (!row) throw notFound(t.missing(id))
  if (owner) {
    if (row['~owner'] !== ctx.userId) throw belongsToAnother(t.noun)
    delete row['~owner']
  }
  return t.present(row, ctx) as Static<R>
}

async function changed<R extends TSchema>(
  ctx: Ctx,
  t: Table<R>,
  id: string,
  { names, params }: ReturnType<typeof bound>,
  event: string,
  parent: Values,
  telling: Telling,
): Promise<Static<R>> {
  const sets = [...names.map((name, i) => `${name} = $${i + 1}`), 'updated_at = app_now()']
  const where = matching(t, id, parent, params)
  const change = `update ${t.name} t set ${sets.join(', ')} where ${where} returning ${t.select}`
  const [row] = await withEvent(ctx, t, change, event, params, telling)
  if (!row) throw notFound(t.missing(id))
  return t.present(row, ctx) as Static<R>
}

function matching(table: Table, id: string, parent: Values, params: unknown[]): string {
  params.push(id)
  const tests = [`t.id = $${params.length}`, table.alive]
  for (const [name, value] of Object.entries(parent)) tests.push(`t.${name} = $${params.push(value)}`)
  return tests.join(' and ')
}

/** Columns that are given, with what they are set to; JSON columns as JSON. */
function bound({ name: table }: Table, values: Values): { names: string[]; params: unknown[] } {
  const json = jsonColumns[table] ?? []
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return {
    names: given.map(([name]) => name),
    params: given.map(([name, value]) =>
      json.includes(name) && value !== null && !(value instanceof RawJson) ? JSON.stringify(value) : value,
    ),
  }
}

/**
 * Runs a statement that changes a row, `t`, and ends with what it returns of it; the event of the change is written by the same statement,
 * while it returns: a step of its own for the event would cost as much as writing the row.
 */
async function withEvent(
  ctx: Ctx,
  { object }: Table,
  change: string,
  event: string | null,
  params: unknown[],
  { data, quiet: hushed = false }: Telling = {},
): Promise<Values[]> {
  if (!object || event === null) return ctx.db.query<Values>(change, params)
  const quiet = hushed || isQuiet(object, event)
  const at = params.push(object, event, ctx.userId)
  const more =
    data || quiet ? `, $${params.push(data ? JSON.stringify(data) : null)}::jsonb, $${params.push(quiet)}::boolean` : ''
  const rows = await ctx.db.query<Values>(`${change}, emit($${at - 2}, t.id, $${at - 1}, $${at}${more}) as emitted`, params)
  for (const row of rows) delete row.emitted
  return rows
}
