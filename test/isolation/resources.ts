import { requestId } from '../../src/platform/audit-log/entry-id.ts'
import { dns } from '../support/dns.ts'
import { uploadCard } from '../support/onboarding.ts'
import { type Answer, type Body, type Client, house } from '../support/world.ts'
import { booksAccount, ledgerAccount, ledgerDocument, ledgerTaxRate, openConnection, syncedRecord } from './accounting.ts'

/** Somebody in an entity, with the partner whose entity it is: enough to make anything. */
export interface Owner {
  readonly user: Client
  readonly entityId: string
  /** The partner's token, acting in the entity. */
  readonly partner: Client
  /** Asks the owner's database itself; without it, that of this test worker. */
  readonly sql?: <Row>(text: string, values: unknown[]) => Promise<Row[]>
}

/** How to make one of each: by the path that leads to it, over HTTP. `parents` are the ids before it in the path. Answers its id. */
export type Make = (owner: Owner, parents: readonly string[], mark: string) => Promise<string>

let count = 0

async function made(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`The object could not be made: ${status} ${JSON.stringify(body)}`)
  return body.id as string
}

export const address = { country: 'DE', city: 'Berlin', line1: 'Sonnenallee 1', postal_code: '12045' }
const iban = () => {
  const account = String(1_000_000_000 + ++count).slice(0, 10)
  const bban = `10000000${account}`
  const check = 98n - (BigInt(`${bban}131400`) % 97n)
  return `DE${String(check).padStart(2, '0')}${bban}`
}

/** A customer with all that an invoice needs, and the ids of its parts. */
export interface Customer {
  counterpart_id: string
  counterpart_billing_address_id: string
  counterpart_vat_id_id: string
  contact_id: string
}

export async function customer({ user }: Owner, mark: string): Promise<Customer> {
  const { body, status } = await user.post('/counterparts', {
    type: 'organization',
    tax_id: `T${++count}`,
    organization: { legal_name: `Customer ${mark}`, is_customer: true, is_vendor: false, address: { ...address, line2: mark } },
  })
  if (status !== 201) throw new Error(`No counterpart: ${JSON.stringify(body)}`)
  const id = body.id as string
  const contact = { first_name: 'Grace', last_name: mark, email: 'grace@example.com', address }
  const [vat, person] = await Promise.all([
    made(user.post(`/counterparts/${id}/vat_ids`, { country: 'DE', type: 'eu_vat', value: `DE${100_000_000 + ++count}` })),
    made(user.post(`/counterparts/${id}/contacts`, contact)),
  ])
  return {
    counterpart_id: id,
    counterpart_billing_address_id: body.default_billing_address_id,
    counterpart_vat_id_id: vat,
    contact_id: person,
  }
}

export const line = (changes: Body = {}) => ({
  quantity: 2,
  tax_rate_value: 1900,
  product: { name: 'Consulting', price: { currency: 'EUR', value: 12_345 }, measure_unit: { name: 'hour' }, ...changes.product },
  ...Object.fromEntries(Object.entries(changes).filter(([name]) => name !== 'product')),
})

const VAT_IDS = new Map<string, Promise<string>>()
/** The VAT ID of an entity; one is enough for all of its documents. */
const entityVatId = ({ partner, entityId }: Owner): Promise<string> => {
  const known =
    VAT_IDS.get(entityId) ??
    made(partner.post(`/entities/${entityId}/vat_ids`, { country: 'DE', type: 'eu_vat', value: 'DE123456789' }))
  VAT_IDS.set(entityId, known)
  return known
}

/** An invoice that can be issued as it stands. */
export async function invoiceBody(owner: Owner, mark: string, buyer?: Customer) {
  const { contact_id: _contact, ...parts } = buyer ?? (await customer(owner, mark))
  return {
    type: 'invoice',
    currency: 'EUR',
    ...parts,
    entity_vat_id_id: await entityVatId(owner),
    payment_terms: { term_final: { number_of_days: 30 } },
    payment_page_url: 'https://pay.example.com/1',
    memo: mark,
    line_items: [line()],
  }
}

/** What accounting wants to know of a customer. */
export const extraDataBody = async (owner: Owner, mark: string) => ({
  object_type: 'counterpart',
  object_id: (await customer(owner, mark)).counterpart_id,
  field_name: 'default_account_code',
  field_value: mark,
})

/** Something to tell customers before an invoice falls due, and after. */
export const paymentReminderBody = (mark: string) => ({
  name: mark,
  term_final_reminder: { days_before: 3, subject: mark, body: mark },
})
export const overdueReminderBody = (mark: string) => ({ name: mark, terms: [{ days_after: 3, subject: mark, body: mark }] })

const named =
  (path: string, body: (mark: string) => object): Make =>
  ({ user }, _parents, mark) =>
    made(user.post(path, body(mark)))
const ofPartner =
  (path: string, body: (mark: string) => object): Make =>
  ({ partner }, _parents, mark) =>
    made(partner.with({}).post(path, body(mark)))

const noPermission = { objects: [] }

const SUBSCRIBED = new Map<string, Promise<string>>()
/** An event that was heard: a tag's, after somebody subscribed to tags. */
const event: Make = async (owner, _parents, mark) => {
  const { partner, user } = owner
  const known =
    SUBSCRIBED.get(partner.token) ??
    made(partner.post('/webhook_subscriptions', { object_type: 'tag', url: 'https://example.com/tags' }))
  SUBSCRIBED.set(partner.token, known)
  await known
  const tag = await made(user.post('/tags', { name: `${mark} ${++count}` }))
  const { body } = await partner.get('/events?object_type=tag&order=desc&limit=5')
  return body.data.find(({ object_id }: Body) => object_id === tag).id
}

const receivable: Make = async (owner, _parents, mark) => made(owner.user.post('/receivables', await invoiceBody(owner, mark)))

/** A quote that the customer has. */
export async function offered(owner: Owner, mark: string): Promise<string> {
  const { payment_terms: _t, payment_page_url: _p, ...shared } = await invoiceBody(owner, mark)
  const { body } = await owner.user.post('/receivables', { ...shared, type: 'quote' })
  await owner.user.post(`/receivables/${body.id}/issue`)
  return body.id
}

/** Goods for a customer. */
export async function deliveryNoteBody(owner: Owner, mark: string) {
  const { counterpart_id, counterpart_billing_address_id } = await customer(owner, mark)
  return {
    counterpart_id,
    counterpart_address_id: counterpart_billing_address_id,
    line_items: [{ quantity: 2, product: { name: mark, measure_unit: { name: 'box' } } }],
    memo: mark,
  }
}

/** An order of something from a vendor. */
export const purchaseOrderBody = async (owner: Owner, mark: string) => ({
  counterpart_id: (await customer(owner, mark)).counterpart_id,
  currency: 'EUR',
  items: [{ name: mark, price: 1000, quantity: 2, unit: 'box', vat_rate: 1900, currency: 'EUR' }],
  message: mark,
  valid_for_days: 30,
})

/** A recurrence of a fresh draft; it begins tomorrow, so that no schedule comes in between. */
export const recurrenceBody = async (owner: Owner, mark: string) => ({
  invoice_id: await receivable(owner, [], mark),
  start_date: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
  max_occurrences: 2,
})
const recurrence: Make = async (owner, _parents, mark) =>
  made(owner.user.post('/recurrences', { ...(await recurrenceBody(owner, mark)), subject_text: mark }))

/** A bill with a line: complete, so that it can go on. */
export const payable: Make = async ({ user }, _parents, mark) => {
  const id = await made(
    user.post('/payables', { document_id: mark, currency: 'EUR', issued_at: '2031-01-10', due_date: '2031-02-10' }),
  )
  await made(user.post(`/payables/${id}/line_items`, { name: mark, quantity: 1, unit_price: 1000, tax: 1900 }))
  return id
}

/** A bill that waits to be approved. */
export const submittedPayable: Make = async (owner, parents, mark) => {
  const id = await payable(owner, parents, mark)
  await made(owner.user.post(`/payables/${id}/submit_for_approval`))
  return id
}

const paidPayable: Make = async (owner, parents, mark) => {
  const id = await payable(owner, parents, mark)
  await made(owner.user.post(`/payables/${id}/mark_as_paid`))
  return id
}

/** The owner's database itself, past all walls. */
export async function sqlOf({ sql }: Owner): Promise<NonNullable<Owner['sql']>> {
  if (sql) return sql
  const { admin } = await house()
  return (text, values) => admin.query(text, values).then(({ rows }) => rows)
}

/** A policy at work on a bill of its own. It is put there by hand: nothing is matched while the suites count rows. */
const approvalProcess: Make = async (owner, [policy], mark) => {
  const sql = await sqlOf(owner)
  const bill = await submittedPayable(owner, [], mark)
  const [process] = await sql<{ id: string }>(
    `insert into approval_processes (partner_id, entity_id, approval_policy_id, payable_id, status, script, input, requested_by)
     select partner_id, entity_id, id, $2, 'waiting', script, json_build_object('event_name', 'submitted_for_approval', 'invoice', json_build_object('note', $3::text),
       'exchange_rates', '[]'::json), created_by from approval_policies where id = $1 returning id`,
    [policy, bill, mark],
  )
  return process!.id
}

/** A policy that asks this user about every bill. */
export const approvalPolicyBody = (userId: string | null, mark: string) => ({
  name: mark,
  script: [{ call: 'ApprovalRequests.request_approval_by_users', params: { user_ids: [userId], required_approval_count: 1 } }],
})

/** The payable that comments in lists are about: one id for all, so the comments are put into the table by hand. */
export const PAYABLE = '00000000-0000-4000-8000-0000000000aa'
const comment: Make = async (owner, _parents, mark) => {
  const sql = await sqlOf(owner)
  const [made] = await sql<{ id: string }>(
    `insert into comments (partner_id, entity_id, object_type, object_id, text, created_by_entity_user_id)
     select partner_id, id, 'payable', $2, $3, $4 from entities where id = $1 returning id`,
    [owner.entityId, PAYABLE, mark, owner.user.userId],
  )
  return made!.id
}

/** The request for an event that nobody looks at, kept in the log. It is put there by hand: nothing is recorded while the suites count rows. */
const logEntry: Make = async (owner, _parents, mark) => {
  const { user, entityId } = owner
  const sql = await sqlOf(owner)
  const [entry] = await sql<{ id: string }>(
    `insert into audit_logs (id, partner_id, entity_id, entity_user_id, method, path, status_code, received_at, answered_at, details)
     select $1, partner_id, id, $2, 'POST', '/tags', 201, now(), now(), json_build_object('request', json_build_object('type', '', 'body',
       json_build_object('name', $3::text)), 'response', json_build_object('type', '')) from entities where id = $4
     returning id`,
    [requestId(Date.now()), user.userId, mark, entityId],
  )
  return entry!.id
}

/** A counterpart has one number of each scheme: the first that is free. */
const credential: Make = async ({ user }, [id], mark) => {
  for (const network_schema of ['DE:VAT', 'NL:KVK', 'NL:VAT', 'BE:VAT', 'BE:EN']) {
    const { status, body } = await user.post(`/counterparts/${id}/einvoicing_credentials`, {
      network_schema,
      network_identifier: mark,
    })
    if (status === 201) return body.id as string
  }
  throw new Error('This counterpart has a number of every scheme')
}

/** Everything that has an id in a path. An operation under a path that is missing here fails the suites by name. */
export const resources: Record<string, Make> = {
  '/webhook_subscriptions/:webhook_subscription_id': ofPartner('/webhook_subscriptions', (mark) => ({
    object_type: 'tag',
    url: `https://example.com/${encodeURIComponent(mark)}`,
  })),
  '/mail_templates/:template_id': ofPartner('/mail_templates', (mark) => ({
    name: mark,
    type: 'receivables_invoice',
    subject_template: 'Invoice {{ invoice_number }}',
    body_template: `<p>${mark}</p>`,
  })),
  '/events/:event_id': event,
  '/files/:file_id': async ({ user }, _parents, mark) =>
    made(user.upload('POST', '/files', { bytes: Buffer.from(mark), name: `${mark}.txt` }, { file_type: 'attachments' })),
  '/entities/:entity_id': async ({ entityId }) => entityId,
  '/internal/entities/:entity_id': async ({ entityId }) => entityId,
  '/entities/:entity_id/vat_ids/:id': ({ partner }, [entityId], mark) =>
    made(partner.post(`/entities/${entityId}/vat_ids`, { country: 'DE', value: mark })),
  '/entity_users/:entity_user_id': async ({ user }, _parents, mark) => {
    const role_id = await made(user.post('/roles', { name: `Role of ${mark} ${++count}`, permissions: noPermission }))
    return made(user.post('/entity_users', { login: `${mark} ${++count}`, first_name: mark, role_id }))
  },
  '/roles/:role_id': named('/roles', (mark) => ({ name: `${mark} ${++count}`, permissions: noPermission })),
  '/persons/:person_id': named('/persons', (mark) => ({
    first_name: 'Ada',
    last_name: mark,
    email: 'ada@example.com',
    relationship: {},
  })),
  '/bank_accounts/:bank_account_id': named('/bank_accounts', (mark) => ({
    iban: iban(),
    country: 'DE',
    currency: 'EUR',
    display_name: mark,
  })),
  '/tags/:tag_id': named('/tags', (mark) => ({ name: `${mark} ${++count}` })),
  '/projects/:project_id': named('/projects', (mark) => ({ name: mark })),
  '/comments/:comment_id': comment,
  '/counterparts/:counterpart_id': async (owner, _parents, mark) => (await customer(owner, mark)).counterpart_id,
  '/counterparts/:counterpart_id/addresses/:address_id': ({ user }, [id], mark) =>
    made(user.post(`/counterparts/${id}/addresses`, { ...address, line2: mark })),
  '/counterparts/:counterpart_id/bank_accounts/:bank_account_id': ({ user }, [id], mark) =>
    made(user.post(`/counterparts/${id}/bank_accounts`, { iban: iban(), country: 'DE', currency: 'EUR', name: mark })),
  '/counterparts/:counterpart_id/contacts/:contact_id': ({ user }, [id], mark) =>
    made(user.post(`/counterparts/${id}/contacts`, { first_name: 'Alan', last_name: mark, address })),
  '/counterparts/:counterpart_id/vat_ids/:vat_id': ({ user }, [id], mark) =>
    made(user.post(`/counterparts/${id}/vat_ids`, { country: 'DE', value: mark })),
  '/counterparts/:counterpart_id/einvoicing_credentials/:credential_id': credential,
  '/data_exports/:document_export_id': named('/data_exports', () => ({
    date_from: '2024-01-01',
    date_to: '2024-12-31',
    format: 'csv',
    objects: [{ name: 'receivable', statuses: ['paid'] }],
  })),
  '/data_exports/extra_data/:extra_data_id': async (owner, _parents, mark) =>
    made(owner.user.post('/data_exports/extra_data', await extraDataBody(owner, mark))),
  '/audit_logs/:log_id': logEntry,
  '/products/:product_id': named('/products', (mark) => ({
    name: `${mark} ${++count}`,
    type: 'product',
    price: { currency: 'EUR', value: 1000 },
  })),
  '/measure_units/:unit_id': named('/measure_units', (mark) => ({ name: `${mark} ${++count}` })),
  '/custom_vat_rates/:custom_vat_rate_id': named('/custom_vat_rates', (mark) => ({
    name: mark,
    components: [{ name: 'A', value: 100 }],
  })),
  '/payment_terms/:payment_terms_id': named('/payment_terms', (mark) => ({
    name: `${mark} ${++count}`,
    term_final: { number_of_days: 14 },
  })),
  '/payment_reminders/:payment_reminder_id': named('/payment_reminders', paymentReminderBody),
  '/overdue_reminders/:overdue_reminder_id': named('/overdue_reminders', overdueReminderBody),
  '/text_templates/:text_template_id': named('/text_templates', (mark) => ({
    document_type: 'invoice',
    type: 'memo',
    name: `${mark} ${++count}`,
    template: mark,
  })),
  '/document_templates/:document_template_id': async ({ user }) => (await user.get('/document_templates')).body.data[0].id,
  '/mailbox_domains/:domain_id': (owner, _parents, mark) => mailDomain(owner, mark),
  '/x/payment_providers/:payment_provider_id': async ({ partner }) =>
    made(partner.put('/x/payment_providers/stripe', stripeBody)),
  '/x/payment_providers/stripe/:payment_provider_id': async ({ partner }) =>
    made(partner.put('/x/payment_providers/stripe', stripeBody)),
  '/ai/prompts/:prompt_id': ({ user }, _parents, mark) => made(user.post('/ai/prompts', { content: mark })),
  '/ai/conversations/:conversation_id': ({ user }) => made(user.post('/ai/conversations')),
  '/x/snapshots/:snapshot_id': async ({ partner, entityId }, _parents, mark) =>
    made(partner.with({ 'x-monite-entity-id': entityId }).post('/x/snapshots', { name: `${mark} ${++count}` })),
  '/mailboxes/:mailbox_id': async (owner, _parents, mark) =>
    made(
      owner.user.post('/mailboxes', {
        mailbox_domain_id: await mailDomain(owner, mark),
        mailbox_name: 'bills',
        related_object_type: 'payable',
      }),
    ),
  '/payable_credit_notes/:credit_note_id': async ({ user }, _parents, mark) => {
    const { body } = await user.post('/payable_credit_notes', {
      document_id: mark,
      issued_at: '2026-01-10',
      currency: 'EUR',
      subtotal: 10,
      tax_amount: 0,
      total_amount: 10,
    })
    return body.id
  },
  '/x/payable_credit_notes/:credit_note_id': (owner, parents, mark) =>
    resources['/payable_credit_notes/:credit_note_id']!(owner, parents, mark),

  '/payable_credit_notes/:credit_note_id/line_items/:line_item_id': ({ user }, [id], mark) =>
    made(user.post(`/payable_credit_notes/${id}/line_items`, { name: mark, quantity: 1, unit_price: 5 })),
  '/approval_policies/:approval_policy_id': ({ user }, _parents, mark) =>
    made(user.post('/approval_policies', approvalPolicyBody(user.userId, mark))),
  '/approval_policies/:approval_policy_id/processes/:process_id': approvalProcess,
  '/approval_requests/:approval_request_id': async (owner, _parents, mark) =>
    made(
      owner.user.post('/approval_requests', {
        object_type: 'payable',
        object_id: await submittedPayable(owner, [], mark),
        user_ids: [owner.user.userId],
        required_approval_count: 1,
      }),
    ),
  '/payable_purchase_orders/:purchase_order_id': async (owner, _parents, mark) =>
    made(owner.user.post('/payable_purchase_orders', await purchaseOrderBody(owner, mark))),
  '/payables/:payable_id': payable,
  '/x/payables/:payable_id': payable,
  '/internal/payables/:payable_id': paidPayable,
  '/payables/:payable_id/line_items/:line_item_id': ({ user }, [id], mark) =>
    made(user.post(`/payables/${id}/line_items`, { name: mark, quantity: 1, unit_price: 500 })),
  '/ocr_tasks/:task_id': ({ user }, _parents, mark) =>
    made(user.upload('POST', '/ocr_tasks/upload_from_file', { bytes: Buffer.from(`%PDF-1.4 ${mark}`), name: `${mark}.pdf` })),
  '/receipts/:receipt_id': named('/receipts', (mark) => ({ document_id: mark, currency: 'EUR', total_amount: 500 })),
  '/receipts/:receipt_id/line_items/:line_item_id': ({ user }, [id], mark) =>
    made(user.post(`/receipts/${id}/line_items`, { name: mark, total: 500 })),
  '/receivables/:receivable_id': receivable,
  '/x/receivables/:receivable_id': receivable,
  '/einvoicing_connections/:einvoicing_connection_id': connection,
  '/payment_records/:payment_record_id': paymentRecord,
  '/payment_links/:payment_link_id': async (owner, _parents, mark) => (await paymentLink(owner, mark)).id,
  '/internal/payment_links/:payment_link_id': async (owner, _parents, mark) => (await paymentLink(owner, mark)).id,
  '/payment_intents/:payment_intent_id': async (owner, _parents, mark) => (await paymentLink(owner, mark)).payment_intent_id,
  '/internal/payment_intents/:payment_intent_id': async (owner, _parents, mark) =>
    (await paymentLink(owner, mark)).payment_intent_id,
  '/internal/payment_intents/:payment_intent_id/authorize_embedded/:consent_id': async () => 'none',
  '/batch_payments/:batch_payment_id': batchPayment,
  '/accounting_connections/:connection_id': openConnection,
  '/internal/accounting_connections/:connection_id': openConnection,
  '/accounting_synced_records/:synced_record_id': syncedRecord,
  '/ledger_accounts/:ledger_account_id': (owner, _parents, mark) => ledgerAccount(owner, mark),
  '/accounting_tax_rates/:tax_rate_id': (owner, _parents, mark) => ledgerTaxRate(owner, mark),
  '/accounting/payables/:payable_id': (owner, _parents, mark) => ledgerDocument(owner, 'payable', mark),
  '/accounting/receivables/:invoice_id': (owner, _parents, mark) => ledgerDocument(owner, 'receivable', mark),
  '/x/ledger/accounts/:account_number': (owner, _parents, mark) => booksAccount(owner, mark),
  '/internal/onboarding_links/:onboarding_link_id': async ({ partner }) =>
    made(partner.post('/onboarding_links', onboardingLinkBody())),
  '/x/identity_documents/:file_id': ({ user }) => uploadCard(user),
  '/x/onboarding_reviews/:entity_id': async ({ entityId }) => entityId,
  '/x/bank_accounts/:bank_account_id': (owner, parents, mark) =>
    resources['/bank_accounts/:bank_account_id']!(owner, parents, mark),
  '/x/micro_deposits/:micro_deposit_id': async (owner, parents, mark) => (await microDeposit(owner, parents, mark)).id,
  '/x/payment_files/:payment_file_id': async (owner, _parents, mark) =>
    made(owner.user.post('/x/payment_files', await paymentFileBody(owner, mark))),
  '/x/mandates/:mandate_id': async (owner, _parents, mark) =>
    made(owner.user.post('/x/mandates', await mandateBody(owner, mark))),
  '/x/bank_statements/:bank_statement_id': async (owner, _parents, mark) => (await bankStatement(owner, mark)).id,
  '/x/bank_transactions/:bank_transaction_id': async (owner, _parents, mark) => {
    const { id } = await bankStatement(owner, mark)
    const { body } = await owner.user.get(`/x/bank_transactions?bank_statement_id=${id}`)
    return body.data[0].id
  },
  '/recurrences/:recurrence_id': recurrence,
  '/delivery_notes/:delivery_note_id': async (owner, _parents, mark) =>
    made(owner.user.post('/delivery_notes', await deliveryNoteBody(owner, mark))),
  '/internal/quotes/:receivable_id': (owner, _parents, mark) => offered(owner, mark),
  '/receivables/:receivable_id/mails/:mail_id': async ({ user }, [id]) => {
    const letter = { subject_text: 'Your invoice', body_text: 'Here it is', recipients: { to: ['ada@example.com'] } }
    return (await user.post(`/receivables/${id}/send`, letter)).body.mail_id
  },
  '/receivables/:receivable_id/history/:receivable_history_id': async ({ user }, [id]) =>
    (await user.get(`/receivables/${id}/history`)).body.data[0].id,
}

/** A bill that waits to be paid, and an account to pay it from. */
export async function paymentFileBody(owner: Owner, mark: string): Promise<Body> {
  const { user } = owner
  const { counterpart_id } = await customer(owner, mark)
  const account = { country: 'DE', currency: 'EUR', iban: 'DE75999600550000110022' }
  await made(user.post(`/counterparts/${counterpart_id}/bank_accounts`, account))
  const dates = { issued_at: '2031-01-10', due_date: '2031-02-10' }
  const bill = await made(user.post('/payables', { ...dates, document_id: mark, currency: 'EUR', counterpart_id }))
  await made(user.post(`/payables/${bill}/line_items`, { name: mark, quantity: 1, unit_price: 500, tax: 0 }))
  await user.post(`/payables/${bill}/approve_payment_operation`)
  const payer_bank_account_id = await made(
    user.post('/bank_accounts', { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE' }),
  )
  return { payer_bank_account_id, payable_ids: [bill] }
}

/** An entity has one connection to the network for e-invoices: another one takes its place. */
async function connection(owner: Owner): Promise<string> {
  await withoutConnection(owner)
  return made(owner.user.post('/einvoicing_connections', connectionBody))
}
export async function withoutConnection({ user }: Owner): Promise<void> {
  const { body } = await user.get('/einvoicing_connections')
  for (const { id } of body.data) await user.delete(`/einvoicing_connections/${id}`)
}
/** A number in the network that nobody else has. */
export const participant = () => `DE${String(Math.floor(Math.random() * 1e9)).padStart(9, '0')}`
export const connectionBody = {
  address: { address_line1: 'Sonnenallee 1', city: 'Berlin', postal_code: '12045', country: 'DE' },
}

/** A statement with one transaction, of an account of its own. */
async function bankStatement({ user }: Owner, mark: string): Promise<Body> {
  const bank_account_id = await made(
    user.post('/bank_accounts', { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE' }),
  )
  const file = { bytes: Buffer.from(`Date,Description,Amount\n2026-10-01,${mark} ${++count},5.00\n`), name: `${mark}.csv` }
  const { status, body } = await user.upload('POST', '/x/bank_statements', file, { bank_account_id })
  if (status !== 201) throw new Error(`No bank statement: ${JSON.stringify(body)}`)
  return body.data[0]
}

/** What a customer has signed, so that an invoice can be collected. */
export async function mandateBody(owner: Owner, mark: string): Promise<Body> {
  const { counterpart_id } = await customer(owner, mark)
  const account = { country: 'DE', currency: 'EUR', iban: iban(), account_holder_name: mark }
  const counterpart_bank_account_id = await made(owner.user.post(`/counterparts/${counterpart_id}/bank_accounts`, account))
  return { counterpart_id, counterpart_bank_account_id, creditor_identifier: 'DE98ZZZ09999999999', signed_on: '2026-01-10' }
}

/** An invoice that can be collected. */
export async function debitFileBody(owner: Owner, mark: string): Promise<Body> {
  const { user } = owner
  const buyer = await customer(owner, mark)
  const account = { country: 'DE', currency: 'EUR', iban: iban(), account_holder_name: mark }
  const theirs = await made(user.post(`/counterparts/${buyer.counterpart_id}/bank_accounts`, account))
  const signed = {
    ...(await mandateBody(owner, mark)),
    counterpart_id: buyer.counterpart_id,
    counterpart_bank_account_id: theirs,
  }
  await made(user.post('/x/mandates', signed))
  const id = await made(user.post('/receivables', await invoiceBody(owner, mark, buyer)))
  await user.post(`/receivables/${id}/issue`)
  const ours = await made(user.post('/bank_accounts', { iban: iban(), country: 'DE', currency: 'EUR' }))
  return { creditor_bank_account_id: ours, receivable_ids: [id] }
}

/** A payment of an issued invoice that has yet to come. */
async function paymentRecord(owner: Owner, _parents: readonly string[], mark: string): Promise<string> {
  const id = await made(owner.user.post('/receivables', await invoiceBody(owner, mark)))
  await owner.user.post(`/receivables/${id}/issue`)
  const body = { amount: 5, currency: 'EUR', object: { type: 'receivable', id }, payment_method: mark, status: 'created' }
  return made(owner.user.post('/payment_records', body))
}

/** What a link for a fresh invoice is made with. */
export async function paymentLinkBody(owner: Owner, mark: string): Promise<Body> {
  const { user, entityId, partner } = owner
  await user.post('/bank_accounts', { iban: iban(), country: 'DE', currency: 'EUR', is_default_for_currency: true })
  await partner.put(`/entities/${entityId}/payment_methods`, { payment_methods_receive: ['sepa_credit', 'card'] })
  const id = await made(user.post('/receivables', await invoiceBody(owner, mark)))
  await user.post(`/receivables/${id}/issue`)
  return {
    object: { type: 'receivable', id },
    recipient: { type: 'entity', id: entityId },
    payment_methods: ['sepa_credit'],
    return_url: `https://example.com/${encodeURIComponent(mark)}`,
  }
}

async function paymentLink(owner: Owner, mark: string): Promise<Body> {
  const { status, body } = await owner.user.post('/payment_links', await paymentLinkBody(owner, mark))
  if (status !== 201) throw new Error(`No payment link: ${status} ${JSON.stringify(body)}`)
  return body
}

/** Batches are for entities in the United States: this one is put there by hand. */
async function batchPayment(owner: Owner, _parents: readonly string[], mark: string): Promise<string> {
  const sql = await sqlOf(owner)
  const account = await made(owner.user.post('/bank_accounts', { iban: iban(), country: 'DE', currency: 'EUR' }))
  const [batch] = await sql<{ id: string }>(
    `with b as (insert into batch_payments (partner_id, entity_id, payment_method, payer_bank_account_id, total_amount)
       select partner_id, entity_id, 'us_ach', id, 5 from entity_bank_accounts where id = $1 returning *),
     i as (insert into payment_intents (partner_id, entity_id, object_type, object_id, amount, currency, payment_methods, payment_reference, recipient, batch_payment_id)
     select partner_id, entity_id, 'payable', gen_random_uuid(), 5, 'USD', '{us_ach}', $2, json_build_object('id', id, 'type', 'counterpart'), id from b returning *)
     insert into payment_intent_history (partner_id, entity_id, payment_intent_id, status)
     select partner_id, entity_id, id, status from i returning (select id from b)`,
    [account, mark],
  )
  return batch!.id
}

export const stripeBody = { secret_key: 'sk_test_1', publishable_key: 'pk_test_1', webhook_secret: 'whsec_test' }
export const onboardingLinkBody = () => ({
  expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  refresh_url: 'https://example.com/again',
  return_url: 'https://example.com/done',
})
export const microPayer = { name: 'Operator GmbH', iban: 'DE02120300000000202051' }
/** Two small amounts that are on their way to a fresh account. */
export async function microDeposit(owner: Owner, parents: readonly string[], mark: string): Promise<Body> {
  const account = await resources['/bank_accounts/:bank_account_id']!(owner, parents, mark)
  const { body, status } = await owner.partner.post(`/x/bank_accounts/${account}/micro_deposits`, { payer: microPayer })
  if (status !== 201) throw new Error(`No micro deposit: ${JSON.stringify(body)}`)
  return body
}

/** A person who takes payments, and has filled in all that is asked for. */
export async function completeEntity({ partner }: Owner): Promise<string> {
  const { body } = await partner.post('/entities', {
    type: 'individual',
    email: 'ada@example.com',
    phone: '+4930774619876',
    address,
    individual: { first_name: 'Ada', last_name: 'Lovelace', date_of_birth: '1980-12-10' },
  })
  const there = partner.with({ 'x-monite-entity-id': body.id })
  await partner.put(`/entities/${body.id}/payment_methods`, { payment_methods_receive: ['card'] })
  await there.patch(`/entities/${body.id}/onboarding_data`, { business_profile: { mcc: '5734', url: 'https://example.com' } })
  await there.post('/bank_accounts', { iban: iban(), country: 'DE', currency: 'EUR' })
  return body.id
}

/** A domain whose DNS records are right, so that it may have mailboxes. */
export async function mailDomain({ partner }: Owner, mark: string): Promise<string> {
  const domain = `${mark.toLowerCase().replace(/[^a-z0-9]+/g, '')}-${process.pid}-${++count}.example`
  const { status, body } = await partner.post('/mailbox_domains', { domain })
  if (status !== 201) throw new Error(`No mailbox domain: ${JSON.stringify(body)}`)
  dns.publish([...body.dns_records.sending_dns_records, ...body.dns_records.receiving_dns_records])
  await made(partner.post(`/mailbox_domains/${body.id}/verify`))
  return body.id
}

/** `/counterparts/:counterpart_id/addresses/:address_id` → the paths of the two things it names. */
export function prefixes(url: string): string[] {
  const parts = url.split('/')
  return parts.flatMap((part, i) => (part.startsWith(':') ? [parts.slice(0, i + 1).join('/')] : []))
}

/** Makes what a path names, from the outside in; answers the ids by parameter. */
export async function make(
  owner: Owner,
  url: string,
  mark: string,
  given: Record<string, string> = {},
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  for (const prefix of prefixes(url)) {
    const name = prefix.slice(prefix.lastIndexOf(':') + 1)
    const factory = resources[prefix]
    if (!factory) throw new Error(`test/isolation/resources.ts does not know how to make ${prefix}`)
    ids[name] = given[name] ?? (await factory(owner, Object.values(ids), mark))
  }
  return ids
}

/** A route with its ids filled in. */
export const filled = (url: string, ids: Record<string, string>) =>
  url.replace(/:(\w+)/g, (_all, name: string) => ids[name] ?? `:${name}`)
