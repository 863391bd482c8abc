import { reach } from '../auth/reach.ts'
import { type ThingName, things } from '../auth/things.ts'
import type { Ctx } from '../database/context.ts'

/**
 * Which things the ids in a request name. Each place of a path, a query or a body where an id can stand is known by its name, or the
 * operation says what it means; a test looks for those that nobody knows. Before an operation runs, its role has to reach
 * all that it names, so no module has to remember to ask.
 */

/** What an operation says of its own places: `receivable`, `receivable:update` where naming it changes it, null for nothing to ask about. */
export type Names = Readonly<Record<string, ThingName | `${ThingName}:update` | null>>

interface Declared {
  readonly id: string
  readonly may: string | readonly string[]
  readonly names?: Names
}

interface Naming {
  readonly place: string
  /** The steps from the body, the query or the path to the id. */
  readonly steps: readonly string[]
  readonly thing: ThingName
  readonly action: 'read' | 'update'
}

const named: Readonly<Record<string, ThingName>> = {
  counterpart_einvoicing_credentials_id: 'counterpart_einvoicing_credential',
  counterpart_id: 'counterpart',
  counterpart_address_id: 'counterpart_address',
  counterpart_billing_address_id: 'counterpart_address',
  counterpart_shipping_address_id: 'counterpart_address',
  default_billing_address_id: 'counterpart_address',
  default_shipping_address_id: 'counterpart_address',
  counterpart_bank_account_id: 'counterpart_bank_account',
  contact_id: 'counterpart_contact_person',
  counterpart_vat_id_id: 'counterpart_vat_id',
  product_id: 'product',
  project_id: 'project',
  payment_reminder_id: 'payment_reminder',
  overdue_reminder_id: 'overdue_reminder',
  purchase_order_id: 'payables_purchase_order',
}

/** Names that nothing has to be asked about. */
const free: ReadonlySet<string> = new Set([
  // Whoever writes a document may label it, and measure and tax it by the entity's common stock.
  'tag_id',
  'tag_ids',
  'measure_unit_id',
  'payment_terms_id',
  'custom_vat_rate_id',
  'vat_rate_id',
  // The entity's own data, which stand on its documents whoever writes them.
  'entity_vat_id_id',
  'network_credentials_id',
  'entity_bank_account_id',
  // A colleague or a role is named: nothing of it is shown. What a role may be given is for `roles.service.ts` to say.
  'entity_user_id',
  'user_ids',
  'role_id',
  'role_ids',
  'reply_to_entity_user_id',
  // What a partner has in hand.
  'entity_ids',
  'partner_id',
  'client_id',
  'snapshot_id',
  'message_id',
  'mailbox_domain_id',
  'event_id',
  // Of other systems, or of areas that aren't served yet: such ids lead nowhere here.
  'ledger_account_id',
  'accounting_tax_rate_id',
  'cost_center_id',
  'general_ledger_id',
  'transaction_id',
  'parent_id',
  'payments',
  'products',
  'deductions',
])

/** What the parameters of paths lead to; null for what is found by the one before it, or has a rule of its own. */
const params: Readonly<Record<string, ThingName | null>> = {
  tag_id: 'tag',
  project_id: 'project',
  comment_id: 'comment',
  document_export_id: 'export',
  extra_data_id: 'extra_data',
  mailbox_id: 'mailbox',
  person_id: 'person',
  bank_account_id: 'entity_bank_account',
  entity_user_id: 'entity_user',
  role_id: 'role',
  text_template_id: 'text_template',
  document_template_id: null,
  counterpart_id: 'counterpart',
  address_id: 'counterpart_address',
  contact_id: 'counterpart_contact_person',
  vat_id: 'counterpart_tax_id',
  credential_id: 'counterpart_einvoicing_credential',
  // Whoever is in the entity may see how it is reached.
  einvoicing_connection_id: null,
  product_id: 'product',
  unit_id: 'measure_unit',
  custom_vat_rate_id: 'custom_vat_rate',
  payment_terms_id: 'payment_terms',
  receivable_id: 'receivable',
  recurrence_id: 'recurrence',
  payment_reminder_id: 'payment_reminder',
  overdue_reminder_id: 'overdue_reminder',
  delivery_note_id: 'delivery_note',
  payable_id: 'payable',
  credit_note_id: 'payables_credit_note',
  purchase_order_id: 'payables_purchase_order',
  approval_policy_id: 'approval_policy',
  process_id: 'approval_policy_process',
  approval_request_id: 'approval_request',
  receipt_id: 'receipt',
  task_id: 'ocr_task',
  payment_record_id: 'payment_record',
  // They follow what is paid; see payments/intents and payments/links.
  payment_link_id: null,
  payment_intent_id: null,
  batch_payment_id: null,
  payment_file_id: 'payment_file',
  mandate_id: 'mandate',
  bank_statement_id: 'bank_statement',
  bank_transaction_id: 'bank_transaction',
  line_item_id: null,
  receivable_history_id: null,
  mail_id: null,
  // For partners, and for whoever has a link.
  micro_deposit_id: null,
  onboarding_link_id: null,
  // They follow what they are about.
  file_id: null,
  event_id: null,
  log_id: null,
  // The entity of whoever asks, and what only partners have in hand.
  entity_id: null,
  webhook_subscription_id: null,
  connection_id: null,
  synced_record_id: null,
  // The entity's common stock: whoever writes a line may look at them.
  ledger_account_id: null,
  tax_rate_id: null,
  template_id: null,
  domain_id: null,
  payment_provider_id: null,
  snapshot_id: null,
  // Each user has their own.
  prompt_id: null,
  conversation_id: null,
}

type Schema = Readonly<Record<string, unknown>>
const filters = new WeakSet<object>()
/** Marks a field that only narrows down a list of what the role sees anyway. */
export function filter<T extends object>(schema: T): T {
  filters.add(schema)
  return schema
}

/** Every place below a schema where an id can stand, as steps; `[]` goes through a list. */
function idPlaces(schema: Schema | undefined, steps: readonly string[]): string[][] {
  if (!schema || typeof schema !== 'object' || filters.has(schema)) return []
  if (schema.format === 'uuid') return [[...steps]]
  const parts = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((some) => (some as Schema[] | undefined) ?? [])
  return [
    ...Object.entries((schema.properties as Record<string, Schema> | undefined) ?? {}).flatMap(([name, one]) =>
      idPlaces(one, [...steps, name]),
    ),
    ...idPlaces(schema.items as Schema | undefined, [...steps, '[]']),
    ...parts.flatMap((one) => idPlaces(one, steps)),
  ]
}

const PARTS = { path: 'params', query: 'querystring', body: 'body' } as const

/** What the requests of an operation name, beside the objects that its own permission is about. */
function namingsOf({ id, may, names = {} }: Declared, schema: Record<string, unknown>): Naming[] {
  const [object] = [may].flat()[0]!.split(':')
  const asked = may !== 'partner' && may !== 'anyone'
  const unused = new Set(Object.keys(names))
  const found = new Map<string, Naming>()
  for (const [part, key] of Object.entries(PARTS))
    for (const steps of idPlaces(schema[key] as Schema | undefined, [])) {
      const place = [part, ...steps].join('.').replaceAll('.[]', '[]')
      unused.delete(place)
      const last = steps.filter((step) => step !== '[]').at(-1)!
      const known = part === 'path' ? params[last] : free.has(last) ? null : named[last]
      const said = place in names ? names[place] : known
      if (said === undefined) throw new Error(`${id}: nobody knows what ${place} names; say so in its operation or in naming.ts`)
      const [thing, action = 'read'] = (said?.split(/:(?=update$)/) ?? []) as [ThingName?, 'update'?]
      // What the path leads to is the operation's own object, and its service looks after that.
      if (!thing || !asked || (part === 'path' && things[thing].guard === object)) continue
      found.set(place, { place, steps: [part, ...steps], thing, action })
    }
  if (unused.size > 0) throw new Error(`${id} has no ${[...unused].join(' and no ')}`)
  return [...found.values()]
}

/** What documents are made of. A role that says nothing of these may name one it knows; one that says something is held to it. */
const ingredients: ReadonlySet<string> = new Set(['counterpart', 'product', 'project', 'payment_reminder', 'overdue_reminder'])
const passes = ({ grants }: Ctx, { steps: [part], thing, action }: Naming) => {
  const { guard } = things[thing]
  return part !== 'path' && action === 'read' && guard !== null && ingredients.has(guard) && !grants!.has(`${guard}:read`)
}

interface Row {
  readonly thing: ThingName
  /** The parameter of the path that holds its id. */
  readonly param: string
}

/** What the path leads to of the object that the operation's permission is about; null where it leads to no such thing. */
function rowInPath({ may, names = {} }: Declared, schema: Record<string, unknown>): Row | null {
  const [object] = [may].flat()[0]!.split(':')
  for (const [param] of idPlaces(schema.params as Schema | undefined, [])) {
    const thing = `path.${param}` in names ? names[`path.${param}`] : params[param!]
    if (thing && !thing.endsWith(':update') && things[thing as ThingName].guard === object)
      return { thing: thing as ThingName, param: param! }
  }
  return null
}

/** What the requests to a route name, and what its path leads to. */
export interface Reached {
  readonly namings: readonly Naming[]
  readonly row: Row | null
}

/** Throws for an operation that has a place for an id of which nobody knows what it names. */
export const reachedBy = (operation: Declared, schema: Record<string, unknown>): Reached => ({
  namings: namingsOf(operation, schema),
  row: rowInPath(operation, schema),
})

/** The ids at a place of what was sent. */
function idsAt(sent: unknown, [step, ...rest]: readonly string[]): string[] {
  if (step === undefined) return typeof sent === 'string' ? [sent.toLowerCase()] : []
  if (step === '[]') return Array.isArray(sent) ? sent.flatMap((one) => idsAt(one, rest)) : []
  if (typeof sent !== 'object' || sent === null) return []
  return idsAt((sent as Record<string, unknown>)[step], rest)
}

interface Sent {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/**
 * Refuses unless the role reaches all that a request names. What the row in the path names already isn't reached by sending it again:
 * forms send all their fields.
 */
export async function reachNamed(
  ctx: Ctx,
  namings: readonly Naming[],
  { params: path, query, body }: Sent,
  row: Row | null,
): Promise<void> {
  if (!ctx.grants) return
  const sent = { path, query, body }
  for (const naming of namings) {
    const { steps, thing, action } = naming
    const ids = idsAt(sent, steps)
    if (ids.length === 0 || passes(ctx, naming)) continue
    try {
      await reach(ctx, thing, ids, 'read')
      if (action === 'update') await reach(ctx, thing, ids, 'update')
    } catch (refusal) {
      const id = row && (path as Record<string, string>)[row.param]
      if (!id || !(await holds(ctx, things[row.thing].table, id, steps.at(-1)!, ids))) throw refusal
    }
  }
}

/** Whether the field of a row, or of what a document was asked to be, has this one value already. */
async function holds(ctx: Ctx, table: string, id: string, field: string, ids: readonly string[]): Promise<boolean> {
  if (ids.length !== 1 || field === '[]') return false
  const found = await ctx.db.query(
    `select from ${table} t, to_jsonb(t) j where t.id = $1 and $3 in (lower(j ->> $2), lower(j -> 'ask' ->> $2))`,
    [id, field, ids[0]],
  )
  return found.length > 0
}
