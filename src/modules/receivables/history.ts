import Type from 'typebox'
import { notFound } from '../../core/refusal.ts'
import { rows, table } from '../../platform/database/rows.ts'
import { fileLink } from '../../platform/files/links.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { range } from '../../platform/http/ranges.ts'
import { instant, uuid } from '../../platform/http/types.ts'
import type { Recipient } from '../../platform/mail/outbox.ts'
import { byLine } from './mails.ts'
import { HistoryEvent, HistoryPage, HistoryResponse } from './receivables.schema.ts'
import { findReceivable } from './receivables.service.ts'

/** Whether the event `e` is about a change of what the document `r` says, not of what stands beside it or of its status. */
const says = (e: string) =>
  `(${e}.event in ('created', 'issued') or ${e}.event = 'updated' and (not r.frozen or ${e}.created_at < r.issue_date))`

/**
 * The page that shows the document after the change, once it is drawn. What says something new has a page of its own or none;
 * where only the status moved on it may be an earlier one. Of payments only the one in full has a page, where one is drawn for it.
 */
const PAGE = `(select d ->> 'key' from receivables r, jsonb_array_elements(r.drawn) d, lateral (select (d ->> 'at')::timestamptz as at) p
  where r.entity_id = t.entity_id and r.id = t.object_id and t.event <> 'based_on_receivable_created' and t.event not like '%mail_sent'
    and case when t.event = 'payment_received' then t.data ->> 'amount_due' = '0' and p.at >= t.created_at
      else p.at >= t.created_at or not ${says('t')} end
    and not exists (select from events e where e.entity_id = t.entity_id and e.object_id = t.object_id and ${says('e')}
      and e.created_at > least(t.created_at, p.at) and e.created_at <= greatest(t.created_at, p.at))
  order by p.at between t.created_at and t.created_at + interval '1 ms' desc, p.at < t.created_at desc, greatest(p.at - t.created_at, t.created_at - p.at) limit 1)`

/** What the event tells; of a mail also where it is by now. */
const MAILED = `case when t.event like '%mail_sent' then (select t.data || jsonb_build_object('mail_status', m.status, 'recipients', m.recipients)
    from mails m where m.entity_id = t.entity_id and m.id = (t.data ->> 'mail_id')::uuid) else coalesce(t.data, '{}') end`

const withRecipients = ({ recipients, ...data }: Record<string, unknown>) =>
  Array.isArray(recipients) ? { ...data, recipients: byLine(recipients as Recipient[]) } : data

/** The life of a document, told from its events: there is no second record that could say something else. */
const history = table('events', HistoryResponse, {
  noun: 'History record',
  permanent: true,
  present: ({ current_pdf_url, event_data, ...row }) => ({
    ...row,
    current_pdf_url: current_pdf_url && fileLink(current_pdf_url as string),
    event_data: withRecipients(event_data as Record<string, unknown>),
  }),
  computed: {
    current_pdf_url: PAGE,
    event_data: MAILED,
    event_type: `case t.event when 'created' then 'receivable_created' when 'updated' then case when t.data ->> 'new_status' <> t.data ->> 'old_status' then 'status_changed' else 'receivable_updated' end when 'payment_received' then 'payment_received'
      when 'based_on_receivable_created' then 'based_on_receivable_created'
      when 'mail_sent' then t.event when 'payment_reminder_mail_sent' then t.event when 'overdue_reminder_mail_sent' then t.event else 'status_changed' end`,
    receivable_id: 't.object_id',
    timestamp: 't.created_at',
  },
})

const list = listing(history, {
  filters: {
    event_type__in: Type.Array(HistoryEvent),
    entity_user_id__in: Type.Array(uuid),
    ...range('timestamp', instant),
  },
  sort: ['timestamp'],
  defaultSort: 'timestamp',
  badToken: 422,
  // A payment that left the status where it was is told by its payment_received.
  where: `t.object_type = 'receivable' and (t.event in ('created', 'updated', 'payment_received', 'based_on_receivable_created', 'mail_sent', 'payment_reminder_mail_sent', 'overdue_reminder_mail_sent') or t.data ->> 'new_status' <> t.data ->> 'old_status')`,
})

export const receivableHistory: Routes = async (app) => {
  app.get(
    '/receivables/:receivable_id/history',
    operation({ summary: "Get a receivable's history", may: 'receivable:read', query: list.query, ok: { 200: HistoryPage } }),
    async ({ ctx, params, query }) => {
      await findReceivable(ctx, params.receivable_id)
      return list.page(ctx, query, [{ sql: 't.object_id = $', values: [params.receivable_id] }])
    },
  )

  app.get(
    '/receivables/:receivable_id/history/:receivable_history_id',
    operation({ summary: "Get a receivable's history record by ID", may: 'receivable:read', ok: { 200: HistoryResponse } }),
    async ({ ctx, params }) => {
      await findReceivable(ctx, params.receivable_id)
      const record = await rows.find(ctx, history, params.receivable_history_id, { object_id: params.receivable_id })
      const { old_status, new_status } = record.event_data as { old_status?: string; new_status?: string }
      if (record.event_type === 'status_changed' && old_status === new_status) throw notFound('History record not found')
      return record
    },
  )
}
