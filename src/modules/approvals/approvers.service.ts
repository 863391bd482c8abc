import { ifRefused } from '../../core/refusal.ts'
import { grantsOf } from '../../platform/auth/permissions.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { mail, type NewMail } from '../../platform/mail/outbox.ts'
import { isWebUrl, parseUrl } from '../../platform/url.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { compose } from '../mail/compose.service.ts'
import { senderOf } from '../mail/sender.service.ts'
import { readRules } from '../payables/payables.service.ts'
import { type Bill, billOf, linkFor, writtenIn } from './links.service.ts'

/** Tells those who are asked for their approval. */

interface OpenRequest {
  readonly id: string
  readonly object_id: string
  readonly user_ids: string[]
  readonly role_ids: string[]
}
export interface Reader {
  readonly id: string
  readonly first_name: string
  readonly last_name: string | null
  readonly email: string
}

const APPROVERS = sql(`
  select id, first_name, last_name, email as "email!" from entity_users
  where (id = any (:user_ids) or role_id = any (:role_ids)) and deleted_at is null and email is not null order by created_at, id`)

const REQUEST = sql(
  `select id, object_id, user_ids, role_ids from approval_requests where id = :requestId and status = 'waiting'`,
)

/** Writes to everybody who may decide a request and has an address, once. A request that is decided by now needs nobody. */
export async function notifyApprovers(machinery: Machinery, ctx: Ctx, requestId: string): Promise<void> {
  const request = await REQUEST.maybe(ctx, { requestId })
  if (!request) return
  const bill = await billOf(ctx, request.object_id)
  const approvers = await APPROVERS(ctx, { user_ids: request.user_ids, role_ids: request.role_ids })
  if (!bill || approvers.length === 0) return
  const about = await valuesOf(machinery, ctx, bill)
  for (const approver of approvers) await write(machinery, ctx, request, approver, about)
}

async function write(machinery: Machinery, ctx: Ctx, request: OpenRequest, approver: Reader, about: About): Promise<void> {
  const page = pageFor(about.address, request) ?? (await linkFor(ctx, request.id, approver.id))
  const { attach_documents: _files, ...composed } = await compose(machinery, ctx, {
    type: 'payables_notify_approver',
    language: about.language,
    variables: {
      ...about.values,
      contact_name: nameOf(approver),
      approver_first_name: approver.first_name,
      approver_last_name: approver.last_name ?? '',
      approve_link: page,
      approve_page_url: page,
    },
  })
  const key = `approval:${request.id}:${approver.id}`
  await writeToColleague(machinery, ctx, {
    ...composed,
    to: [approver.email],
    key,
    object_type: 'approval_request',
    object_id: request.id,
  })
}

type ToColleague = Omit<NewMail, 'daily'>

/** Queues a mail to a colleague. An address that is none keeps nobody else from being told. */
export async function writeToColleague(machinery: Machinery, ctx: Ctx, letter: ToColleague): Promise<void> {
  const { log, config } = machinery
  await mail
    .queue(ctx, { ...letter, daily: config.mail_recipients_per_day })
    .catch(
      ifRefused(({ message: reason }) =>
        log.warn({ about: letter.object_id, reason }, 'a colleague could not be informed by mail'),
      ),
    )
}

export const nameOf = ({ first_name, last_name }: Reader) => [first_name, last_name].filter(Boolean).join(' ')

export interface About {
  readonly language: string
  /** The partner's own page for approvals. */
  readonly address: string | null
  readonly values: Record<string, string | null>
}

/** What mails to colleagues say about a bill. */
export async function valuesOf(machinery: Machinery, ctx: Ctx, bill: Bill): Promise<About> {
  const language = (await readSettings(ctx)).language ?? 'en'
  const { country, frame } = await senderOf(ctx, machinery.config)
  const { partner } = await readRules(ctx)
  const { total, due } = writtenIn(language, country, bill)
  return {
    language,
    address: partner.approve_page_url ?? null,
    values: {
      company_name: bill.vendor,
      vendor_name: bill.vendor,
      entity_name: frame.sender,
      document_id: bill.document_id,
      document_number: bill.document_id,
      total_amount: total,
      amount: total,
      currency: bill.currency,
      due_date: due,
    },
  }
}

/** The partner's page for approvals, told which request it is about; null without one. */
function pageFor(address: string | null, { id, object_id }: Pick<OpenRequest, 'id' | 'object_id'>): string | null {
  const url = address && isWebUrl(address) ? parseUrl(address) : null
  if (!url) return null
  url.searchParams.set('payable_id', object_id)
  url.searchParams.set('approval_request_id', id)
  return url.href
}

const USERS = sql(`
  select u.id, u.first_name, u.last_name, u.email as "email!", r.permissions from entity_users u join roles r on r.entity_id = u.entity_id and r.id = u.role_id
  where u.deleted_at is null and u.status = 'active' and u.email is not null order by u.created_at, u.id`)

/** The users with an address who may do this with a bill, which `owner` made. */
export async function usersWhoMay(ctx: Ctx, action: 'payable:approve' | 'payable:pay', owner: string | null) {
  return (await USERS(ctx)).filter(({ id, permissions }) => {
    const grant = grantsOf(permissions ?? {}).get(action)
    return grant === 'allowed' || (grant === 'allowed_for_own' && id === owner)
  })
}
