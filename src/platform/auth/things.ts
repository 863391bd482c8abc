import type { ObjectType } from './permissions.ts'

/**
 * Everything that has an id: the word of roles that guards it, the table where it lies, and who made it. Whatever asks "may this role
 * reach that row?" asks here, so a table that isn't listed can't be opened by `rows.ts` at all.
 */
export interface Thing {
  /** Its object type in roles; null for what only partners handle, or what has a rule of its own. */
  readonly guard: ObjectType | null
  readonly table: string
  /** The column that names the entity user who made it; null when it is made for the entity, by nobody in particular. */
  readonly owner: string | null
  /** What it is a part of, and by which column: it belongs to whoever made the whole. */
  readonly partOf?: { readonly thing: string; readonly by: string }
}

const made = (guard: ObjectType, table: string, owner = 'created_by_entity_user_id'): Thing => ({ guard, table, owner })
const part = (guard: ObjectType, table: string, thing: string, by: string): Thing => ({
  guard,
  table,
  owner: null,
  partOf: { thing, by },
})
/** It belongs to the entity as a whole: nobody has made it. */
const common = (guard: ObjectType, table: string): Thing => ({ guard, table, owner: null })
const special = (table: string): Thing => ({ guard: null, table, owner: null })

const all = {
  entity: common('entity', 'entities'),
  entity_settings: common('entity', 'entities'),
  entity_user: common('entity_user', 'entity_users'),
  role: common('role', 'roles'),
  entity_vat_ids: common('entity_vat_ids', 'entity_vat_ids'),
  text_template: common('entity', 'text_templates'),
  entity_bank_account: made('entity_bank_account', 'entity_bank_accounts', 'was_created_by_user_id'),
  person: made('person', 'persons'),

  tag: made('tag', 'tags'),
  project: made('project', 'projects'),
  comment: made('comment', 'comments'),
  export: made('export', 'data_exports'),
  extra_data: made('export', 'export_extra_data', 'created_by'),
  mailbox: made('mailbox', 'mailboxes'),

  counterpart: made('counterpart', 'counterparts'),
  counterpart_address: part('counterpart', 'counterpart_addresses', 'counterpart', 'counterpart_id'),
  counterpart_bank_account: part('counterpart', 'counterpart_bank_accounts', 'counterpart', 'counterpart_id'),
  counterpart_contact_person: part('counterpart', 'counterpart_contacts', 'counterpart', 'counterpart_id'),
  counterpart_einvoicing_credential: part('counterpart', 'counterpart_einvoicing_credentials', 'counterpart', 'counterpart_id'),
  counterpart_tax_id: made('counterpart_vat_id', 'counterpart_vat_ids'),
  // The same where a document names it: a part of the counterpart, which is printed with it.
  counterpart_vat_id: part('counterpart', 'counterpart_vat_ids', 'counterpart', 'counterpart_id'),

  product: made('product', 'products', 'entity_user_id'),
  measure_unit: made('receivable', 'measure_units'),
  custom_vat_rate: made('receivable', 'custom_vat_rates'),
  payment_terms: made('receivable', 'payment_terms'),

  receivable: made('receivable', 'receivables', 'entity_user_id'),
  recurrence: made('receivable', 'recurrences', 'entity_user_id'),
  payment_reminder: made('payment_reminder', 'payment_reminders'),
  overdue_reminder: made('overdue_reminder', 'overdue_reminders'),
  delivery_note: made('delivery_note', 'delivery_notes'),
  payment_record: made('payment_record', 'payment_records', 'entity_user_id'),
  payment_file: made('payment_record', 'payment_files'),
  mandate: made('payment_record', 'mandates'),
  bank_statement: made('payment_record', 'bank_statements'),
  bank_transaction: made('payment_record', 'bank_transactions'),

  // They belong to the entity as a whole; whoever is in it may see how it is reached, and messages follow their documents.
  einvoicing_connection: special('einvoicing_connections'),
  einvoicing_network_credential: special('einvoicing_network_credentials'),
  einvoice_message: special('einvoice_messages'),

  // Links and intents follow the document that is paid; see payments/links and payments/intents.
  payment_link: special('payment_links'),
  payment_intent: special('payment_intents'),
  payment_intent_history: special('payment_intent_history'),
  batch_payment: special('batch_payments'),

  // The entity's own, by `onboarding` in roles; only partners list them.
  onboarding: special('onboardings'),
  micro_deposit: special('micro_deposits'),

  payable: made('payable', 'payables', 'was_created_by_user_id'),
  'payable.line_item': part('payable', 'payable_line_items', 'payable', 'payable_id'),
  payables_credit_note: made('payable', 'payable_credit_notes', 'created_by_user_id'),
  credit_note_line_item: part('payable', 'payable_credit_note_line_items', 'payables_credit_note', 'credit_note_id'),
  payables_purchase_order: made('payables_purchase_order', 'payable_purchase_orders', 'created_by_user_id'),
  approval_policy: made('approval_policy', 'approval_policies', 'created_by'),
  approval_policy_process: part('approval_policy', 'approval_processes', 'approval_policy', 'approval_policy_id'),
  approval_request: made('approval_request', 'approval_requests', 'created_by'),
  receipt: made('receipt', 'receipts'),
  receipt_line_item: part('receipt', 'receipt_line_items', 'receipt', 'receipt_id'),
  ocr_task: made('ocr_task', 'ocr_tasks'),

  // Only partners have these in hand, and what the ledger has is the entity's common stock.
  accounting_connection: special('accounting_connections'),
  synced_record: special('accounting_synced_records'),
  ledger_account: special('ledger_accounts'),
  accounting_tax_rate: special('accounting_tax_rates'),

  // Each follows the rule of what it is about: see files.service.ts, events.ts, audit-log/entries.ts, and the histories and mails of documents.
  file: special('files'),
  event: special('events'),
  mail: special('mails'),
  audit_log: special('audit_logs'),
  // Only partners have these in hand.
  webhook_subscription: special('webhook_subscriptions'),
  webhook_delivery: special('webhook_deliveries'),
  mail_template: special('mail_templates'),
  mailbox_domain: special('mailbox_domains'),
} as const satisfies Record<string, Thing>

export type ThingName = keyof typeof all
export const things: Readonly<Record<ThingName, Thing>> = all

const byTable = new Map(
  Object.values(things)
    .reverse()
    .map((thing) => [thing.table, thing]),
)
/** What lies in a table. A table that nobody can say the owner of is a mistake. */
export function thingIn(table: string): Thing {
  const thing = byTable.get(table)
  if (!thing) throw new Error(`Nobody knows who may reach the rows of ${table}: list it in platform/auth/things.ts`)
  return thing
}

/** Whether "one's own" means something for this object type: whether somebody makes such things. */
export const hasOwners = (object: string): boolean =>
  Object.values(things).some(({ guard, owner }) => guard === object && owner !== null)

/** SQL for who made the row of a thing, by its alias; null where nobody did. */
export function ownerOf({ owner, partOf }: Thing, alias = 't'): string | null {
  if (!partOf) return owner && `${alias}.${owner}`
  const whole = things[partOf.thing as ThingName]
  return `(select w.${whole.owner} from ${whole.table} w where w.entity_id = ${alias}.entity_id and w.id = ${alias}.${partOf.by})`
}

export const nounOf = (name: ThingName): string => name.replace(/[._]/g, ' ')
