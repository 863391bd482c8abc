import { addDays } from '../../../core/calendar.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Schedule } from '../../../platform/jobs/jobs.ts'
import { localTimeOf } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { beginningOf, candidates, forEachDue } from '../local-day.service.ts'
import { FIRST_HOUR, remindDue } from './remind.service.ts'

/**
 * The invoices `r` of each configuration whose day is near: on earth it is one of three days, and a reminder of the day before may be
 * made up for. Configurations are few, and an index has the invoices of each by the end of their tiers: only those that are due are read.
 */
const due = <const A extends string, const B extends string, const C extends string>(first: A, second: B, third: C) =>
  ({
    day: 'r.due_date',
    join: `join (${first} union ${second} union ${third}) near on near.entity_id = r.entity_id and near.id = r.id`,
  }) as const
const unsent = <const N extends string>(name: N) =>
  `not exists (select from reminders s where s.entity_id = r.entity_id and s.receivable_id = r.id and s.reminder = ${name} and s.mail_id is not null)` as const

const OPEN = `r.type = 'invoice' and r.status in ('issued', 'partially_paid') and (r.ask ->> 'payment_reminder_id') is not null`
const OVERDUE = `r.type = 'invoice' and r.status = 'overdue' and (r.ask ->> 'overdue_reminder_id') is not null`

/** The invoices whose reminder of a tier is due, where `ends` says that the tier ends soon. */
const beforeEnd = <const T extends string, const E extends string>(tier: T, ends: E) =>
  `select r.entity_id, r.id from payment_reminders p
    join receivables r on r.entity_id = p.entity_id and (r.ask ->> 'payment_reminder_id')::uuid = p.id
    where p.deleted_at is null and p.${tier}_reminder is not null and ${OPEN} and ${ends} and ${unsent(`'${tier}'`)}` as const

/** The first and the last day that a tier may end on, to be reminded of today: so many days before its end. */
const firstEnd = <const T extends string>(tier: T) => `:day::date - 3 + (p.${tier}_reminder ->> 'days_before')::integer` as const
const lastEnd = <const T extends string>(tier: T) => `:day::date + (p.${tier}_reminder ->> 'days_before')::integer` as const

/** Ends of early tiers are text. */
const early = <const T extends string>(tier: T) =>
  beforeEnd(
    tier,
    `(r.early_terms -> '${tier}' ->> 'end_date') is not null and (r.early_terms -> '${tier}' ->> 'end_date') between to_char(${firstEnd(tier)}, 'YYYY-MM-DD') and to_char(${lastEnd(tier)}, 'YYYY-MM-DD')`,
  )

/** So many days after the due date, by the nth of the terms, which are three at most. */
const afterDueBy = <const N extends number>(nth: N) =>
  `select r.entity_id, r.id from overdue_reminders o
    join receivables r on r.entity_id = o.entity_id and (r.ask ->> 'overdue_reminder_id')::uuid = o.id
    where o.deleted_at is null and (o.terms -> ${nth} ->> 'days_after') is not null and ${OVERDUE}
      and r.due_date between :day::date - 3 - (o.terms -> ${nth} ->> 'days_after')::integer and :day::date - (o.terms -> ${nth} ->> 'days_after')::integer
      and ${unsent(`'overdue ' || (o.terms -> ${nth} ->> 'days_after')`)}` as const

const BEFORE = sql(
  candidates(
    `${OPEN} and r.amount_due > 0`,
    due(
      early('term_1'),
      early('term_2'),
      beforeEnd('term_final', `r.due_date between ${firstEnd('term_final')} and ${lastEnd('term_final')}`),
    ),
  ),
)
const AFTER = sql(candidates(`${OVERDUE} and r.amount_due > 0`, due(afterDueBy(0), afterDueBy(1), afterDueBy(2))))

/** The next day of a reminder, from a day on. */
const NEXT = sql(`
  with paying as (
    select r.due_date, r.early_terms, p.term_1_reminder, p.term_2_reminder, p.term_final_reminder from payment_reminders p
    join receivables r on r.entity_id = p.entity_id and (r.ask ->> 'payment_reminder_id')::uuid = p.id
    where p.deleted_at is null and r.deleted_at is null and r.amount_due > 0 and ${OPEN}),
  days as (
    select due_date - (term_final_reminder ->> 'days_before')::integer as day from paying
    union all
    select (early_terms -> 'term_1' ->> 'end_date')::date - (term_1_reminder ->> 'days_before')::integer from paying
    union all
    select (early_terms -> 'term_2' ->> 'end_date')::date - (term_2_reminder ->> 'days_before')::integer from paying
    union all
    select r.due_date + (o.terms -> nth ->> 'days_after')::integer from overdue_reminders o
    cross join generate_series(0, 2) nth
    join receivables r on r.entity_id = o.entity_id and (r.ask ->> 'overdue_reminder_id')::uuid = o.id
    where o.deleted_at is null and r.deleted_at is null and r.amount_due > 0 and ${OVERDUE})
  select min(day) as day from days where day >= :from`)

/** Customers are reminded in the morning of the entity's own day. */
export const reminderSchedule = (machinery: Machinery): Schedule => ({
  name: 'receivables.reminders',
  every_ms: 15 * 60_000,
  async work(only) {
    for (const found of [BEFORE, AFTER])
      await forEachDue(machinery, {
        due: found,
        isTime: (_day, { hour }) => hour >= FIRST_HOUR,
        step: (ctx, id) => remindDue(machinery, ctx, id),
        only,
      })
  },
  async next(ctx) {
    const { date, hour } = await localTimeOf(ctx)
    const from = hour < FIRST_HOUR ? date : addDays(date, 1)
    return beginningOf(ctx, (await NEXT.one(ctx, { from })).day, FIRST_HOUR)
  },
})
