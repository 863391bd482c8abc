/**
 * The events of every object type, spelled as its webhooks spell them. The tense is uneven on purpose: receivers compare
 * these words. The first three are what a created, a changed and a removed row emit.
 */
export const catalog = {
  accounting_connection: ['pending_auth', 'updated', 'disconnected', 'connected', 'deauthorized'],
  approval_policy: ['created', 'updated', 'deleted', 'process_canceled'],
  approval_policy_process: ['created', 'updated', 'deleted', 'execution_error'],
  approval_request: ['created', 'updated', 'deleted', 'approved', 'rejected', 'canceled'],
  batch_payment: ['created', 'status_updated', 'deleted'],
  comment: ['create', 'update', 'delete'],
  counterpart: ['created', 'updated', 'delete', 'metadata_update'],
  counterpart_address: ['created', 'update', 'delete'],
  counterpart_bank_account: ['created', 'update', 'delete'],
  counterpart_contact_person: ['created', 'update', 'delete', 'make_default'],
  counterpart_tax_id: ['created', 'update', 'delete'],
  delivery_note: ['created', 'updated', 'deleted', 'delivered', 'canceled'],
  entity: [
    'created',
    'updated',
    'deleted',
    'payment_method.us_ach.activated',
    'payment_method.us_ach.deactivated',
    'onboarding_requirements.updated',
    'onboarding_requirements.status_updated',
  ],
  entity_bank_account: ['created', 'updated', 'deleted'],
  entity_settings: ['created', 'updated', 'deleted'],
  entity_user: ['created', 'updated', 'deleted'],
  export: ['created', 'updated', 'deleted', 'finished'],
  ocr_task: ['created', 'updated', 'deleted', 'finished'],
  overdue_reminder: ['created', 'updated', 'deleted'],
  partner_settings: ['created', 'updated', 'deleted'],
  payable: [
    'created',
    'updated',
    'deleted',
    'created_from_mail',
    'submitted_for_approval',
    'approved',
    'rejected',
    'canceled',
    'reopened',
    'partially_paid',
    'paid',
    'ocr_finished',
    'multiple_approval_policies_matched',
  ],
  payables_credit_note: [
    'created',
    'updated',
    'deleted',
    'submitted_for_approval',
    'approved',
    'rejected',
    'canceled',
    'applied',
    'ocr_finished',
  ],
  payables_purchase_order: ['created', 'updated', 'deleted', 'issued'],
  'payable.line_item': ['created', 'updated', 'deleted'],
  payment_intent: ['created', 'status_updated', 'deleted'],
  payment_link: ['created', 'status_updated', 'deleted'],
  payment_reminder: ['created', 'updated', 'deleted'],
  product: ['created', 'updated', 'deleted'],
  project: ['created', 'updated', 'deleted'],
  receipt: ['created', 'updated', 'deleted', 'ocr_finished'],
  receivable: [
    'created',
    'updated',
    'deleted',
    'issued',
    'accepted',
    'declined',
    'expired',
    'partially_paid',
    'paid',
    'overdue',
    'uncollectible',
    'canceled',
    'recurring',
    'mail_sent',
  ],
  recurrence: ['created', 'updated', 'deleted', 'canceled', 'completed', 'paused', 'resumed'],
  role: ['created', 'updated', 'deleted'],
  tag: ['created', 'updated', 'deleted'],
} as const satisfies Record<string, readonly [created: string, changed: string, removed: string, ...string[]]>

/** Objects whose changes are recorded, and told to nobody. */
const recorded = {
  custom_vat_rate: ['created', 'updated', 'deleted'],
  person: ['created', 'updated', 'deleted'],
} as const

const words = { ...catalog, ...recorded }
export type EventObject = keyof typeof words
/** The events of an object type, or of any. */
export type EventName<O extends EventObject = EventObject> = O extends EventObject ? (typeof words)[O][number] : never

/** Words that stand in the history of an object, and are told to nobody. */
const quietly = {
  payable: ['settled', 'status_changed', 'file_attached', 'warned'],
  receivable: ['status_changed', 'based_on_receivable_created'],
} as const
export type QuietName<O extends EventObject = EventObject> = O extends keyof typeof quietly ? (typeof quietly)[O][number] : never

export const isQuiet = (object: EventObject, event: string): boolean =>
  ((quietly as Partial<Record<EventObject, readonly string[]>>)[object] ?? []).includes(event)

/** The words for a row of this object type that is made, changed or taken away. */
export function eventsOf(object: EventObject | null): { created: string; changed: string; removed: string } {
  const [created, changed, removed] = object ? words[object] : (['created', 'updated', 'deleted'] as const)
  return { created, changed, removed }
}
