import { minorUnitsOf } from '../../core/currencies.ts'
import { cast, type RequestStatus, type Vote } from '../../core/policy/process.ts'
import { randomSecret, sha256 } from '../../platform/auth/secrets.ts'
import { asEntity, asSystem, type Ctx, type Who } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { link } from '../../platform/files/links.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { Theme } from '../../platform/pages/theme.ts'
import { formats } from '../../platform/pdf/format.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { senderOf } from '../mail/sender.service.ts'
import { readPartnerSettings } from '../partner/partner-settings/partner-settings.service.ts'
import { billToApprove, type ShownBill } from '../payables/shown-to-approvers.service.ts'
import { isAsked, vote } from './requests/requests.service.ts'

/** Approval from a mail: each approver has a link of their own to a request, and votes by it without logging in. */

/** What approvers are told of a bill. */
export interface Bill {
  readonly document_id: string | null
  readonly currency: string | null
  readonly total_amount: number | null
  readonly due_date: string | null
  /** A dash where nobody knows. */
  readonly vendor: string
}

const BILL = sql(`
  select t.document_id, t.currency, t.total_amount, t.due_date,
    coalesce(t.counterpart ->> 'name', (select c.name from counterparts c where c.entity_id = t.entity_id and c.id = t.counterpart_id),
      t.counterpart_raw_data ->> 'name', '—') as "vendor!"
  from payables t where t.id = :payableId and t.deleted_at is null`)

export async function billOf(ctx: Ctx, payableId: string): Promise<Bill | null> {
  return (await BILL.maybe(ctx, { payableId })) ?? null
}

/** The total with its currency and the day it is due, as people write them. */
export function writtenIn(language: string, country: string, { currency, total_amount, due_date }: Bill) {
  const decimals = minorUnitsOf(currency ?? '')
  const { money, date } = formats(language, country, currency ?? undefined, decimals)
  return { total: total_amount === null || currency === null ? null : money(total_amount), due: due_date && date(due_date) }
}

const INSERT_LINK = sql(`
  insert into approval_links (approval_request_id, entity_user_id, key_hash) values (:requestId, :user, :keyHash)
  on conflict (entity_id, approval_request_id, entity_user_id) do update set key_hash = excluded.key_hash, updated_at = app_now()`)

/** A new link for somebody who is asked; one that they had before leads nowhere from now on. */
export async function linkFor(ctx: Ctx, requestId: string, userId: string): Promise<string> {
  const key = randomSecret()
  await INSERT_LINK(ctx, { requestId, user: userId, keyHash: sha256(key) })
  return link(`/approve/${key}`)
}

export interface Link {
  readonly partner_id: string
  readonly entity_id: string
  readonly entity_user_id: string
  readonly approval_request_id: string
}

const KEY = /^[\w-]{43}$/
const FIND = sql(`
  select l.partner_id, l.entity_id, l.entity_user_id, l.approval_request_id from approval_links l
    join entities e on e.id = l.entity_id and e.status = 'active'
    join entity_users u on u.entity_id = l.entity_id and u.id = l.entity_user_id and u.deleted_at is null
  where l.key_hash = :key_hash and l.deleted_at is null`)

/** Whose link a key is, and to which request; null for one that leads nowhere. */
export async function findLink({ db }: Machinery, key: string): Promise<Link | null> {
  if (!KEY.test(key)) return null
  const [found] = await asSystem(db, (ctx) => FIND(ctx, { key_hash: sha256(key) }))
  return found ?? null
}

/** Runs `work` as the user that the link was made for. */
function as<T>({ db }: Machinery, found: Link, work: (ctx: Ctx) => Promise<T>, more: Pick<Who, 'reading'> = {}): Promise<T> {
  const { partner_id: partnerId, entity_id: entityId, entity_user_id: userId } = found
  return asEntity(db, { partnerId, entityId, userId, ...more }, work)
}

/** What an approver is shown of a bill and of their part in it; amounts in minor units. */
export interface Asking {
  /** The language of the entity. */
  readonly language: string
  readonly entity: string
  readonly country: string
  readonly logo_url: string | null
  readonly theme: Theme | null
  readonly bill: ShownBill
  readonly status: RequestStatus
  /** Whether this user's vote would count. */
  readonly open: boolean
  /** Why others said no, the last first. */
  readonly reasons: readonly string[]
}

const REASONS = sql(`
  select data -> 'details' ->> 'reason' as "reason!" from events
  where object_type = 'payable' and object_id = :payable and event = 'vote_rejected' and created_at >= :since
  order by created_at desc limit 5`)

const REQUEST = sql(
  `select object_id, status, user_ids, role_ids, approved_by, rejected_by, required_approval_count, created_at from approval_requests where id = :approval_request_id`,
)

/** What the page shows; null when the bill is gone, or the user isn't asked any more. */
export const readAsking = (machinery: Machinery, found: Link): Promise<Asking | null> =>
  as(
    machinery,
    found,
    async (ctx) => {
      const request = await REQUEST.maybe(ctx, { approval_request_id: found.approval_request_id })
      const bill = request && (await billToApprove(ctx, request.object_id))
      if (!request || !bill) return null
      const open = cast(request, found.entity_user_id, 'approve') !== null
      if (open && !(await isAsked(ctx, request))) return null
      const { country, frame } = await senderOf(ctx, machinery.config)
      const { payments } = await readPartnerSettings(ctx)
      return {
        language: (await readSettings(ctx)).language ?? 'en',
        entity: frame.sender,
        country,
        logo_url: frame.logo_url,
        theme: payments?.payment_page_theme ?? null,
        bill,
        status: request.status,
        open,
        reasons: (await REASONS(ctx, { payable: request.object_id, since: request.created_at })).map(({ reason }) => reason),
      }
    },
    { reading: true },
  )

/** Votes as the user of the link; by the same rules, and refused in the same words, as over the API. */
export const voteByLink = (machinery: Machinery, found: Link, choice: Vote, reason: string | null) =>
  as(machinery, found, (ctx) => vote(ctx, found.approval_request_id, choice, reason))
