import { idPlaces, type Schema } from '../fuzz/generate.ts'
import { targets } from '../isolation/places.ts'
import { prefixes } from '../isolation/resources.ts'
import type { Body, House } from '../support/world.ts'

/** What the operations name beside their own objects, and whose permission each of these doors follows; made from the routes. */

export const operationsOf = ({ app }: House) =>
  app.operations.map(({ method, url, operation: { id, may, status, form }, schema }) => ({
    method,
    url,
    id,
    status,
    may: [may].flat() as string[],
    form: form !== undefined,
    query: schema.querystring as Schema,
    body: schema.body as Schema,
  }))
export type Op = ReturnType<typeof operationsOf>[number]

const objectOf = ({ may }: Pick<Op, 'may'>) => (may[0]!.includes(':') ? may[0]!.split(':')[0]! : null)

/** Objects that nobody makes: a role limited to one's own does nothing to them. */
export const OWNERLESS = new Set(['entity', 'entity_user', 'role', 'entity_vat_ids', 'onboarding', 'reconciliation'])

/** Named without a question, each for its reason. */
const FREE: [target: RegExp, why: string][] = [
  [/^\/tags\//, 'assigning tags needs only the permission of what is labelled'],
  [/^\/(measure_units|payment_terms|custom_vat_rates)\//, 'the common stock of the entity, for whoever writes documents'],
  [/^\/(ledger_accounts|accounting_tax_rates)\//, 'the common stock of the entity, for whoever writes documents'],
  [/^\/entity_users\//, 'a colleague is named, and nothing of them is shown'],
  [/^\/roles\//, 'a role is named, and nothing of it is shown; that nobody gives more than they hold is tested by itself'],
  [/^\/(files|events|audit_logs)\//, 'they follow what they are about, which is tested by itself'],
  [/^\/entities\/:entity_id$/, 'the entity of whoever asks'],
  [/^\/(entities\/:entity_id\/vat_ids|bank_accounts)\//, 'the entity’s own data stand on its documents, whoever writes them'],
]
/** Places with a rule of their own. */
const APART: [id: RegExp, place: RegExp, why: string][] = [
  [/^post_payment_links$/, /^body\.object\.id$/, 'an invoice or a bill, as stands beside it; its own tests ask for both'],
  [/_payment_(links|intents)_id/, /^path/, 'they follow what is paid; their own tests ask'],
  [/_payment_records/, /^body\.object\.id$/, 'an invoice or a bill, as stands beside it; its own tests ask for both'],
  [/_counterparts_id_vat_ids/, /^path\.counterpart_id$/, 'VAT IDs have a permission of their own, whoever made the counterpart'],
  [/^post_approval_requests_id_(approve|reject)$/, /^path/, 'whoever is named may answer'],
  [/^get_internal_settings$/, /^query/, 'a project of the platform, not of the entity'],
]
/** A list shows what the role sees by its own permission; naming something only narrows it down. Comments are about one thing. */
const narrows = ({ id, query }: Op) =>
  id === 'post_receivables_search' || (id !== 'get_comments' && (query?.properties?.limit || /analytics/.test(id)))

/** Names that mean something else here than elsewhere. */
const HERE: [id: RegExp, place: RegExp, target: string][] = [
  [/_payable_credit_notes/, /^body\.based_on$/, '/payables/:payable_id'],
  [/_extra_data/, /^body\.object_id$/, '/counterparts/:counterpart_id'],
]
/** Naming these changes them. */
const CHANGED: [id: RegExp, place: RegExp][] = [
  [/^post_receivables$|_payable_credit_notes/, /^body\.based_on$/],
  [/^post_recurrences$/, /^body\.invoice_id$/],
]

/** What a thing is about: whoever may not see that does not see the thing. Beside their modules these are tried with what others made. */
export const ABOUT: Readonly<Record<string, readonly string[]>> = {
  '/comments/:comment_id': ['payable:read'],
  '/approval_policies/:approval_policy_id/processes/:process_id': ['payable:read'],
  '/approval_policies/:approval_policy_id/processes/:process_id/steps': ['payable:read'],
  '/approval_policies/:approval_policy_id/processes/:process_id/cancel': ['payable:read'],
  '/payment_records': ['receivable:read'],
  '/data_exports': ['receivable:read'],
  '/data_exports/:document_export_id': ['receivable:read'],
}

export interface Door {
  readonly op: Op
  readonly place: string
  /** The path of what is named. */
  readonly target: string
  /** The word of roles that it is guarded by. */
  readonly guard: string
  readonly asks: readonly string[]
}

export function doorsIn(operations: readonly Op[]): Door[] {
  /** The word of roles for what a path leads to, by the operation that reads it. */
  const guardOf = (target: string) => {
    const reader = operations.find(({ method, url }) => method === 'GET' && url === target)
    return reader ? objectOf(reader) : null
  }
  return operations.flatMap((op) => {
    if (op.may[0] === 'partner' || op.may[0] === 'anyone') return []
    const inPath = prefixes(op.url).map((prefix) => [`path.${prefix.slice(prefix.lastIndexOf(':') + 1)}`, prefix] as const)
    const sent = narrows(op) ? [] : [...idPlaces(op.query, 'query'), ...idPlaces(op.body, 'body')]
    const named = sent.map((place) => {
      const here = HERE.find(([id, at]) => id.test(op.id) && at.test(place))?.[2]
      return [place, here ?? targets.find(([pattern]) => pattern.test(place))?.[1]] as const
    })
    return [...inPath, ...named].flatMap(([place, target]) => {
      if (typeof target !== 'string') return []
      // On a document the VAT ID of a counterpart is a part of it, like its address.
      const guard = place.endsWith('counterpart_vat_id_id') ? 'counterpart' : guardOf(target)
      const free =
        (!place.startsWith('path.') && FREE.some(([pattern]) => pattern.test(target))) ||
        APART.some(([id, at]) => id.test(op.id) && at.test(place))
      // What the path leads to by the operation's own permission is for test/isolation, unless that permission is about new things.
      const itself = place.startsWith('path.') && guard === objectOf(op) && !op.may.some((name) => name.endsWith(':create'))
      if (!guard || free || itself) return []
      const changed = CHANGED.some(([id, at]) => id.test(op.id) && at.test(place))
      return [{ op, place, target, guard, asks: [`${guard}:read`, ...(changed ? [`${guard}:update`] : [])] }]
    })
  })
}

/** What stands at a place such as `body.line_items[].product_id`. */
export function standing(body: Body, place: string): unknown[] {
  return place
    .replaceAll('[]', '.[]')
    .split('.')
    .slice(1)
    .reduce<Body[]>((at, step) => at.flatMap((one) => (step === '[]' ? (one ?? []) : [one?.[step]])), [body])
    .filter((id) => id !== undefined && id !== null)
}
