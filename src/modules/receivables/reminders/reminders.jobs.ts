import type { Machinery } from '../../../platform/http/app.ts'
import type { Schedule } from '../../../platform/jobs/jobs.ts'
import { candidates, forEachDue } from '../local-day.service.ts'
import { FIRST_HOUR, remindDue } from './remind.service.ts'

/** The reminder of that name had its day, and a mail. */
const sent = (name: string) =>
  `exists (select from reminders s where s.entity_id = r.entity_id and s.receivable_id = r.id and s.reminder = ${name} and s.mail_id is not null)`

/** On earth it is one of three days, and a reminder of the day before may be made up for. */
const near = (day: string) => `${day} between $1::date - 3 and $1::date`

const BEFORE = candidates(
  `r.type = 'invoice' and r.status in ('issued', 'partially_paid') and (r.ask ->> 'payment_reminder_id') is not null and r.amount_due > 0
   and r.due_date >= $1::date - 3 and p.deleted_at is null and exists (select from (values
      ('term_1', (r.early_terms -> 'term_1' ->> 'end_date')::date, (p.term_1_reminder ->> 'days_before')::integer),
      ('term_2', (r.early_terms -> 'term_2' ->> 'end_date')::date, (p.term_2_reminder ->> 'days_before')::integer),
      ('term_final', r.due_date, (p.term_final_reminder ->> 'days_before')::integer)) as tier (name, ends, days)
    where ${near('tier.ends - tier.days')} and not ${sent('tier.name')})`,
  {
    day: 'r.due_date',
    join: `join payment_reminders p on p.entity_id = r.entity_id and p.id = (r.ask ->> 'payment_reminder_id')::uuid`,
  },
)
const AFTER = candidates(
  `r.type = 'invoice' and r.status = 'overdue' and (r.ask ->> 'overdue_reminder_id') is not null and r.amount_due > 0
   and o.deleted_at is null and exists (select from json_array_elements(o.terms) as term
    where ${near(`r.due_date + (term ->> 'days_after')::integer`)} and not ${sent(`'overdue ' || (term ->> 'days_after')`)})`,
  {
    day: 'r.due_date',
    join: `join overdue_reminders o on o.entity_id = r.entity_id and o.id = (r.ask ->> 'overdue_reminder_id')::uuid`,
  },
)

/** Customers are reminded in the morning of the entity's own day. */
export const reminderSchedule = (machinery: Machinery): Schedule => ({
  name: 'receivables.reminders',
  every_ms: 15 * 60_000,
  async work() {
    for (const due of [BEFORE, AFTER])
      await forEachDue(machinery, {
        due,
        isTime: (_day, { hour }) => hour >= FIRST_HOUR,
        step: (ctx, id) => remindDue(machinery, ctx, id),
      })
  },
})
