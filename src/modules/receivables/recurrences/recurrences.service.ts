import type { PlainDate } from '../../../core/calendar.ts'
import { occurrences } from '../../../core/recurrence.ts'
import { conflict, invalidAt } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { localDay } from '../../../platform/local-day.ts'
import { checkBase, lockBase, startRepeating, stopRepeating } from '../recurring.service.ts'
import { endAsked, endOf, type Plan, planAfter, planOf, recurrenceFlow, seriesOf } from './plan.ts'
import { type CreateRecurrencePayload, RecurrenceResponse, type UpdateRecurrencePayload } from './recurrences.schema.ts'

/** Recurrences: planned, changed, held and ended. Their days are worked off by the schedule. */

const ITERATIONS = `(select json_agg(json_build_object('iteration', i.iteration, 'issue_at', i.issue_at, 'status', i.status,
    'issued_invoice_id', i.issued_invoice_id) order by i.iteration)
  from recurrence_iterations i where i.entity_id = t.entity_id and i.recurrence_id = t.id)`
const CURRENT = `(select coalesce(min(i.iteration) filter (where i.status = 'pending'), max(i.iteration))
  from recurrence_iterations i where i.entity_id = t.entity_id and i.recurrence_id = t.id)`

export const recurrenceTable = table('recurrences', RecurrenceResponse, {
  noun: 'Recurrence',
  object: 'recurrence',
  permanent: true,
  flow: recurrenceFlow,
  missing: (id) => `There is no recurrence by provided id: ${id}`,
  computed: {
    iterations: ITERATIONS,
    current_iteration: CURRENT,
    // The older words for the same days.
    day_of_month: `case when extract(day from t.start_date + 1) = 1 then 'last_day' else 'first_day' end`,
    start_month: 'extract(month from t.start_date)::int',
    start_year: 'extract(year from t.start_date)::int',
    end_month: 'extract(month from t.end_date)::int',
    end_year: 'extract(year from t.end_date)::int',
  },
})

/** Plans all days at once, and makes the invoice their base. */
export async function createRecurrence(ctx: Ctx, body: CreateRecurrencePayload): Promise<RecurrenceResponse> {
  const plan = planOf(body, await localDay(ctx))
  const days = occurrences(seriesOf(plan), endOf(plan))
  const base = await lockBase(ctx, body.invoice_id)
  await checkBase(ctx, base.id, plan)
  const { id } = await rows.create(ctx, recurrenceTable, {
    ...plan,
    invoice_id: base.id,
    entity_user_id: base.entity_user_id,
  })
  await addIterations(ctx, id, days, 0)
  await startRepeating(ctx, base, id)
  return rows.find(ctx, recurrenceTable, id)
}

const ADD_ITERATIONS = sql(`
  insert into recurrence_iterations (recurrence_id, iteration, issue_at)
  select :recurrence_id, :done + n, day from unnest(:days::date[]) with ordinality as planned (day, n)`)

/** Days that are numbered on from the `done` before them. */
const addIterations = (ctx: Ctx, id: string, days: readonly PlainDate[], done: number) =>
  ADD_ITERATIONS(ctx, { recurrence_id: id, done, days })

/** The recurrence, locked. Its iterations are read after that: whoever held it may just have done one. */
const lock = (ctx: Ctx, id: string) => rows.lock(ctx, recurrenceTable, id)

interface Iteration {
  readonly iteration: number
  readonly issue_at: PlainDate
  readonly status: string
}
const PLAN = sql(
  `select iteration, issue_at, status from recurrence_iterations where recurrence_id = :recurrence_id order by iteration`,
)

const iterationsOf = (ctx: Ctx, id: string) => PLAN(ctx, { recurrence_id: id })

const always = ['automation_level', 'day_of_month', 'frequency', 'interval', 'start_date'] as const

const MONTH_END = sql(`select month_end from recurrences where id = :id`)

/** Changes what is left of a recurrence: days that were done, or have come, stay as they are. */
export async function updateRecurrence(ctx: Ctx, id: string, body: UpdateRecurrencePayload): Promise<RecurrenceResponse> {
  refuseNull(body, always, ['body'])
  endAsked(body)
  const before = await lock(ctx, id)
  recurrenceFlow.next(before.status, 'edit')
  const [iterations, own] = [await iterationsOf(ctx, id), await MONTH_END.one(ctx, { id })]
  const plan = planAfter(planIn({ ...before, ...own }), body, await localDay(ctx))
  if (plan.start_date !== before.start_date && iterations.some(({ status }) => status !== 'pending'))
    throw conflict('The recurrence has begun: its start does not change any more')
  if (body.automation_level || body.recipients !== undefined) await checkBase(ctx, before.invoice_id, plan)

  const changed = changesOf({ ...before, ...own }, plan)
  const replanned = scheduled.some((field) => changed[field] !== undefined)
  if (replanned) await replan(ctx, id, plan, iterations)
  const row = await rows.change(ctx, recurrenceTable, id, changed)
  return replanned ? completeIfDone(ctx, row) : row
}

const scheduled = ['frequency', 'interval', 'start_date', 'month_end', 'end_date', 'max_occurrences'] as const

const planFields = [...scheduled, 'automation_level', 'subject_text', 'body_text', 'recipients'] satisfies (keyof Plan)[]

const planIn = (row: RecurrenceResponse & Pick<Plan, 'month_end'>): Plan & Pick<RecurrenceResponse, 'day_of_month'> => ({
  day_of_month: row.day_of_month,
  month_end: row.month_end,
  automation_level: row.automation_level,
  frequency: row.frequency,
  interval: row.interval,
  start_date: row.start_date,
  end_date: row.end_date ?? null,
  max_occurrences: row.max_occurrences ?? null,
  subject_text: row.subject_text ?? null,
  body_text: row.body_text ?? null,
  recipients: row.recipients ?? null,
})

const changesOf = (before: object, plan: Plan): Partial<Plan> =>
  Object.fromEntries(
    planFields
      .filter((field) => JSON.stringify(plan[field]) !== JSON.stringify((before as Partial<Plan>)[field]))
      .map((field) => [field, plan[field]]),
  )

const DROP_ITERATIONS = sql(`delete from recurrence_iterations where recurrence_id = :recurrence_id and iteration > :length`)

/** Plans the days to come anew. What was done stays and counts, and so does what should have been done by now. */
async function replan(ctx: Ctx, id: string, plan: Plan, iterations: readonly Iteration[]): Promise<void> {
  const today = await localDay(ctx)
  const kept = iterations.filter(({ status, issue_at }) => status !== 'pending' || issue_at < today)
  if (plan.max_occurrences !== null && plan.max_occurrences < kept.length)
    throw conflict(`The recurrence has had ${kept.length} of its days already`)
  const window = { after: kept.at(-1)?.issue_at, from: today, done: kept.length }
  const days = occurrences(seriesOf(plan), endOf(plan), window)
  if (kept.length + days.length === 0) throw invalidAt(['body', 'end_date'], 'A recurrence has at least one day')
  await DROP_ITERATIONS(ctx, { recurrence_id: id, length: kept.length })
  await addIterations(ctx, id, days, kept.length)
}

/** Ends an active recurrence that has no days left. */
export async function completeIfDone(ctx: Ctx, row: RecurrenceResponse): Promise<RecurrenceResponse> {
  if (row.status !== 'active' || row.iterations.some(({ status }) => status === 'pending')) return row
  return rows.move(ctx, recurrenceTable, row, 'complete', 'completed', {})
}

export async function pauseRecurrence(ctx: Ctx, id: string): Promise<RecurrenceResponse> {
  return rows.move(ctx, recurrenceTable, await lock(ctx, id), 'pause', 'paused', {})
}

const RESUME = sql(`
  update recurrence_iterations set status = 'skipped', updated_at = app_now()
  where recurrence_id = :recurrence_id and status = 'pending' and issue_at < :issue_at`)

/** Goes on with the days from today: those that passed meanwhile are not made up for. */
export async function resumeRecurrence(ctx: Ctx, id: string): Promise<RecurrenceResponse> {
  const before = await lock(ctx, id)
  await rows.move(ctx, recurrenceTable, before, 'resume', 'resumed', {})
  await RESUME(ctx, { recurrence_id: id, issue_at: await localDay(ctx) })
  return completeIfDone(ctx, await rows.find(ctx, recurrenceTable, id))
}

const CANCEL = sql(
  `update recurrence_iterations set status = 'canceled', updated_at = app_now() where recurrence_id = :recurrence_id and status = 'pending'`,
)

/** Ends it for good, and its base with it. The invoices that it made stay. */
export async function cancelRecurrence(ctx: Ctx, id: string): Promise<null> {
  const before = await lock(ctx, id)
  await rows.move(ctx, recurrenceTable, before, 'cancel', 'canceled', {})
  await CANCEL(ctx, { recurrence_id: id })
  await stopRepeating(ctx, before.invoice_id)
  return null
}
