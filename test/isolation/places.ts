import { minimal, type Schema } from '../fuzz/generate.ts'
import { serve } from '../support/file-server.ts'
import { card, uploadCard } from '../support/onboarding.ts'
import { type Body, organization } from '../support/world.ts'
import { agreedConnection, endConnections, openBooks } from './accounting.ts'
import {
  address,
  approvalPolicyBody,
  type Customer,
  completeEntity,
  connectionBody,
  customer,
  debitFileBody,
  deliveryNoteBody,
  extraDataBody,
  invoiceBody,
  line,
  mailDomain,
  make,
  mandateBody,
  microDeposit,
  microPayer,
  type Owner,
  offered,
  onboardingLinkBody,
  overdueReminderBody,
  participant,
  payable,
  paymentFileBody,
  paymentLinkBody,
  paymentReminderBody,
  purchaseOrderBody,
  recurrenceBody,
  sqlOf,
  stripeBody,
  submittedPayable,
  withoutConnection,
} from './resources.ts'

/** What a field with an id in it refers to: the path of the thing, or why it leads nowhere. */
export const targets: readonly (readonly [place: RegExp, target: string | { nowhere: string }])[] = [
  [/attachments\[\]\.id$/, '/files/:file_id'],
  [
    /(verification_document_(front|back)|company_\w+\[\]|proof_of_registration\[\]|ownership_verification\[\])$/,
    '/x/identity_documents/:file_id',
  ],
  [/^body\.(errors|requirements)\[\]\.person_id$/, '/persons/:person_id'],
  [/^body\.file_id$/, '/x/identity_documents/:file_id'],
  [/^query\.entity_id__in/, { nowhere: 'a partner may ask for each of its entities' }],
  [/^body\.object\.id$/, '/receivables/:receivable_id'],
  [/payment_intents\[\]\.object\.id$/, '/payables/:payable_id'],
  [/recipient\.id$/, { nowhere: 'the entity itself, or the vendor of the bill that is paid' }],
  [/payment_intents\[\]\.recipient\.bank_account_id$/, '/counterparts/:counterpart_id/bank_accounts/:bank_account_id'],
  [/(payer|creditor)_bank_account_id$/, '/bank_accounts/:bank_account_id'],
  [/payable_ids\[\]$/, '/payables/:payable_id'],
  [/receivable_ids\[\]$/, '/receivables/:receivable_id'],
  [/^body\.(authorized_)?bank_account_id$/, { nowhere: 'nobody is connected who could look at accounts' }],
  [/^query\.invoice_id(__in)?(\[\])?$|^body\.invoices\[\]\.id$/, { nowhere: 'nobody lends on invoices here' }],
  [/^body\.(object\.id|pays\[\]\.object_id)$/, '/receivables/:receivable_id'],
  [/^body\.message_id$/, { nowhere: 'nobody is connected who could answer' }],
  [/^body\.snapshot_id$|^query\.with$/, '/x/snapshots/:snapshot_id'],
  [/^query\.bank_account_id$/, '/bank_accounts/:bank_account_id'],
  [/^query\.batch_payment_id$/, '/batch_payments/:batch_payment_id'],
  [/^query\.bank_statement_id$/, '/x/bank_statements/:bank_statement_id'],
  [/payment_intent_id$/, { nowhere: 'the caller’s own reference to a payment elsewhere' }],
  [/counterpart_contact\.address\.id$/, { nowhere: 'an address that is sent along, not looked up' }],
  [/^query\.process_id$/, '/approval_policies/:approval_policy_id/processes/:process_id'],
  [/user_ids\[\]$|^query\.(user_id|created_by)$/, '/entity_users/:entity_user_id'],
  [/role_ids\[\]$/, '/roles/:role_id'],
  [/tag_ids?(__(not_)?in)?(\[\])?$/, '/tags/:tag_id'],
  [/role_id(__in)?(\[\])?$/, '/roles/:role_id'],
  [/address_id$/, '/counterparts/:counterpart_id/addresses/:address_id'],
  [/counterpart_vat_id_id$/, '/counterparts/:counterpart_id/vat_ids/:vat_id'],
  [/contact_id$/, '/counterparts/:counterpart_id/contacts/:contact_id'],
  [/counterpart_id(__in)?(\[\])?$/, '/counterparts/:counterpart_id'],
  [/entity_vat_id_id$/, '/entities/:entity_id/vat_ids/:id'],
  [/entity_bank_account_id$/, '/bank_accounts/:bank_account_id'],
  [/product_ids?(__in)?(\[\])?$/, '/products/:product_id'],
  [/measure_unit_id$/, '/measure_units/:unit_id'],
  [/payment_terms_id$/, '/payment_terms/:payment_terms_id'],
  [/based_on$|^body\.invoice_id$/, '/receivables/:receivable_id'],
  [/entity_user_id(__in)?(\[\])?$/, '/entity_users/:entity_user_id'],
  [/event_id$/, '/events/:event_id'],
  [/line_items\[\]\.vat_rate_id$|data\[\]\.vat_rate_id$/, { nowhere: 'rates of the catalogue are the same for everybody' }],
  [/custom_vat_rate_id$/, '/custom_vat_rates/:custom_vat_rate_id'],
  [/project_id(__in)?(\[\])?$/, '/projects/:project_id'],
  [/^query\.line_item_id$/, '/payables/:payable_id/line_items/:line_item_id'],
  [/purchase_order_id$/, '/payable_purchase_orders/:purchase_order_id'],
  [/created_by_user_id$/, '/entity_users/:entity_user_id'],
  [/counterpart_bank_account_id$/, '/counterparts/:counterpart_id/bank_accounts/:bank_account_id'],
  [/parent_id$/, { nowhere: 'projects stand side by side, whatever parent is sent' }],
  [/mailbox_domain_id$/, { nowhere: 'a domain belongs to the partner and serves all of its entities' }],
  [/entity_ids\[\]$/, { nowhere: 'a partner may ask for each of its entities' }],
  [/partner_id$/, { nowhere: 'a partner is no object of the API' }],
  [/^(query|body)\.object_id(__in)?(\[\])?$/, '/payables/:payable_id'],
  [/payment_reminder_id$/, '/payment_reminders/:payment_reminder_id'],
  [/overdue_reminder_id$/, '/overdue_reminders/:overdue_reminder_id'],
  [/transaction_id$/, { nowhere: 'transactions are the callers’ own: none is kept here' }],
  [/(cost_center_id|general_ledger_id)$/, { nowhere: 'there is no accounting connection that knows any' }],
  [/(ledger_account_id|ledger_account_ids\.\w+)$/, '/ledger_accounts/:ledger_account_id'],
  [/(accounting_tax_rate_id|tax_ids\.\w+)$/, '/accounting_tax_rates/:tax_rate_id'],
  [/counterpart_einvoicing_credentials_id$/, '/counterparts/:counterpart_id/einvoicing_credentials/:credential_id'],
  [/network_credentials_id$/, { nowhere: 'a number in the network is no object of its own: it is part of the connection' }],
  [/recurrence_id$/, { nowhere: 'the area it belongs to is not served yet: every id is refused' }],
]

/** Places that are refused whatever id stands there, with the reason; every other place has to work with an id of one's own. */
export const closed: readonly (readonly [operation: RegExp, place: RegExp, why: string])[] = [
  [/^put_x_bank_accounts_id_verification$/, /^body\.file_id$/, 'only what was handed in as a document of the bank is judged'],
  [/^post_onboarding_documents$/, /^body\.additional_/, 'a company is asked for no proof of where it lives'],
  [/_payable_credit_notes/, /^body\.based_on$/, 'here it is a payable, elsewhere under this name a receivable'],
  [/^post_(receivables|delivery_notes)$/, /^body\.based_on$/, 'nothing is based on a draft, and drafts are what is made here'],
  [
    /^post_approval_requests$/,
    /^body\.object_id$/,
    'nobody is asked about a bill that was not submitted, and such are made here',
  ],
  [/^post_payment_links$/, /^body\.object\.id$/, 'only what was issued is paid, and drafts are what is made here'],
  [/^post_x_debit_files$/, /^body\.receivable_ids/, 'only what was issued is collected, and drafts are what is made here'],
  [/^post_x_payment_files$/, /^body\.payable_ids/, 'only what waits to be paid is paid, and drafts are what is made here'],
  [
    /^post_einvoicing_connections$/,
    /^body\.entity_vat_id_id$/,
    'the network takes VAT IDs by their form, and those that are made here have none',
  ],
  [/^post_batch_payments$/, /^body/, 'only entities in the United States pay in batches'],
  [
    /_payment_records|_bank_transactions/,
    /^body\.(object\.id|pays\[\]\.object_id)$/,
    'only what was issued is paid, and drafts are what is made here',
  ],
  [/_data_exports_extra_data/, /^body\.object_id$/, 'here the object is a counterpart, elsewhere under this name a payable'],
  [
    /^patch_receivables_id$/,
    /^body\.issued_invoice\.counterpart_id$/,
    'a new counterpart needs its billing address, and the contract has no field for it here',
  ],
]

/** Places that keep whatever id they are given, without looking for what it names. */
export const unchecked: readonly (readonly [operation: RegExp, place: RegExp, why: string])[] = [
  [/^post_mailboxes_search$/, /^body\.entity_ids\[\]$/, 'entities of others have no mailboxes to show'],
  [
    /_payables_id_line_items/,
    /(ledger_account_id|accounting_tax_rate_id)$/,
    'kept as it was sent, as long as no accounting connection could know it',
  ],
  [/_receipts/, /_id$/, 'kept as it was sent: the things it names are in other systems'],
  [/_projects/, /^body\.parent_id$/, 'taken and left alone'],
  [/_payment_records/, /^body\.payment_intent_id$/, 'kept as it was sent: payments of other systems'],
  [/_products/, /^body\.ledger_account_id$/, 'kept as it was sent, as long as no accounting connection could know it'],
]

interface Situation {
  readonly ids: Record<string, string>
  readonly body: Body
}

const startBody = {
  type: 'airwallex_plaid',
  airwallex_plaid: { client_name: 'Acme', redirect_url: 'https://example.com/back' },
}
/** What the window of the provider gives for an account. */
const completionBody = (id: string) => ({
  type: 'airwallex_plaid',
  airwallex_plaid: {
    account: { id, mask: '1234', name: 'Checking' },
    institution: { id: 'ins_1', name: 'First Bank' },
    mandate: { email: 'ada@example.com', signatory: 'Ada Lovelace', type: 'us_ach_debit', version: '1.0' },
    public_token: `public-${id}`,
  },
})
async function provedAccount({ partner }: Owner, mark: string) {
  const { body } = await partner.post('/bank_accounts/complete_verification', completionBody(`${mark} ${Math.random()}`))
  return { bank_account_id: body.bank_account_id as string }
}

/** The smallest picture there is. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const STATEMENT = 'Own account,Date,Description,Amount\nDE89370400440532013000,2026-10-01,Something,5.00\n'
const REPORT = '101 091900449 0919005592611160130A094101\n799R03091900550000101      02190066NO ACCOUNT\n'
/** A file that a form takes: a picture, unless the operation reads something else. */
export const fileFor = ({ id }: { readonly id: string }) =>
  id === 'post_x_bank_statements'
    ? { bytes: Buffer.from(STATEMENT), name: 'statement.csv' }
    : id === 'post_x_payment_reports'
      ? { bytes: Buffer.from(REPORT), name: 'report.ach' }
      : /^post_(entities|persons)_id_documents$/.test(id)
        ? { bytes: card(), name: 'card.png' }
        : { bytes: PNG, name: 'picture.png' }

let served: Promise<string> | undefined
/** The address of that picture. */
const pictureUrl = () => {
  served ??= serve((_request, response) => response.end(PNG))
  return served
}

/** An issued invoice; outside the compliant mode also its content may still change. */
async function issued(owner: Owner, mark: string, buyer?: Customer): Promise<string> {
  const { body, status } = await owner.user.post('/receivables', await invoiceBody(owner, mark, buyer))
  if (status !== 201) throw new Error(`No invoice: ${JSON.stringify(body)}`)
  const answer = await owner.user.post(`/receivables/${body.id}/issue`)
  if (answer.status !== 200) throw new Error(`Not issued: ${JSON.stringify(answer.body)}`)
  return body.id
}

/** Where the entity is connected to a ledger, or has books. */
const onConnection = async (owner: Owner) => {
  await agreedConnection(owner)
  return { body: undefined }
}
const onBooks = async (owner: Owner) => {
  await openBooks(owner)
  return { body: undefined }
}

const onIssued = (body: Body) => async (owner: Owner, mark: string) => ({
  ids: { receivable_id: await issued(owner, mark) },
  body,
})

const CREDIT = { document_id: 'CN', issued_at: '2026-01-10', currency: 'EUR', subtotal: 10, tax_amount: 0, total_amount: 10 }

/** A complete credit note of a vendor, after these steps. */
const onCreditNote =
  (...steps: string[]) =>
  async (owner: Owner, mark: string) => {
    const { body: bill } = await owner.user.post('/payables', { issued_at: '2026-01-01', currency: 'EUR', document_id: mark })
    const { body } = await owner.user.post('/payable_credit_notes', { ...CREDIT, based_on: bill.id })
    for (const step of steps) await owner.user.post(`/payable_credit_notes/${body.id}/${step}`)
    return { ids: { credit_note_id: body.id as string }, body: undefined }
  }

/** Parts of a vendor are named together with the vendor. */
const isVendorPart = (place: string) => /^body\.counterpart_(address_id|bank_account_id|vat_id_id)$/.test(place)

/** A bill after these steps. */
const onPayable =
  (...steps: string[]) =>
  async (owner: Owner, mark: string) => {
    const id = await payable(owner, [], mark)
    for (const step of steps) await owner.user.post(`/payables/${id}/${step}`)
    return { ids: { payable_id: id }, body: undefined }
  }

async function withLogo({ partner, entityId }: Owner) {
  await partner.upload('PUT', `/entities/${entityId}/logo`, { bytes: PNG, name: 'logo.png', type: 'image/png' })
  return {}
}

/** Where a request of this operation succeeds: what its path names, and a body. Without an entry: anything fresh, and the least body. */
const situations: Record<
  string,
  (owner: Owner, mark: string, place: string) => Promise<{ ids?: Record<string, string>; body?: Body }>
> = {
  post_entities: async (_owner, mark) => ({
    body: {
      type: 'organization',
      email: 'x@example.com',
      address: { country: 'DE', city: 'Berlin', line1: 'A 1', postal_code: '10115' },
      organization: { legal_name: mark },
    },
  }),
  // Nothing can be done in an entity that is switched off, so it is one of its own.
  post_entities_id_deactivate: async ({ partner }) => {
    const { body } = await partner.post('/entities', organization)
    return { ids: { entity_id: body.id as string } }
  },
  patch_entities_id_settings: async (_owner, _mark, place) => ({
    body: place.includes('auto_tagging') ? { payables_ocr_auto_tagging: [{ keywords: ['rent'], enabled: true }] } : {},
  }),
  post_onboarding_links: async () => ({ body: onboardingLinkBody() }),
  post_payment_onboarding_links: async ({ entityId }) => {
    const { expires_at: _at, ...urls } = onboardingLinkBody()
    return { body: { ...urls, recipient: { type: 'entity', id: entityId } } }
  },
  post_onboarding_documents: async ({ user }, _mark, place) => ({
    body: place.includes('verification_document_front') ? {} : { verification_document_front: await uploadCard(user) },
  }),
  post_persons_id_onboarding_documents: async ({ user }, _mark, place) => ({
    body: place.endsWith('.verification_document_front') ? {} : { verification_document_front: await uploadCard(user) },
  }),
  post_x_onboarding_reviews_id_approve: async (owner) => {
    const entity_id = await completeEntity(owner)
    const { body } = await owner.partner.get(`/x/onboarding_reviews/${entity_id}`)
    return { ids: { entity_id }, body: { submission: body.submission } }
  },
  post_x_onboarding_reviews_id_reject: async () => ({ body: { errors: [{ requirement: 'entities.phone' }] } }),
  post_x_onboarding_reviews_id_ask: async () => ({ body: { requirements: [{ requirement: 'entities.phone' }] } }),
  post_x_bank_accounts_id_micro_deposits: async () => ({ body: { payer: microPayer } }),
  post_x_bank_accounts_id_micro_deposits_confirm: async (owner, mark) => {
    const { id, bank_account_id } = await microDeposit(owner, [], mark)
    const sql = await sqlOf(owner)
    const [row] = await sql<{ amounts: number[] }>(`select amounts from micro_deposits where id = $1`, [id])
    return { ids: { bank_account_id }, body: { amounts: row!.amounts } }
  },
  post_bank_accounts_start_verification: async () => ({ body: startBody }),
  post_bank_accounts_complete_verification: async (_owner, mark) => ({ body: completionBody(`${mark} ${Math.random()}`) }),
  post_bank_accounts_id_refresh_verification: async (owner, mark) => ({ ids: await provedAccount(owner, mark), body: startBody }),
  post_bank_accounts_id_complete_verification: async (owner, mark) => ({
    ids: await provedAccount(owner, mark),
    body: { type: 'airwallex_plaid' },
  }),
  post_webhook_subscriptions: async () => ({ body: { object_type: 'tag', url: 'https://example.com/hook' } }),
  post_bank_accounts: async () => ({ body: { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' } }),
  post_roles: async (_owner, mark) => ({ body: { name: `${mark} ${Math.random()}`, permissions: { objects: [] } } }),
  post_tags: async (_owner, mark) => ({ body: { name: `${mark} ${Math.random()}` } }),
  post_persons: async (_owner, mark) => ({
    body: { first_name: 'Ada', last_name: mark, email: 'ada@example.com', relationship: {} },
  }),
  post_comments: async (owner, mark) => ({
    body: { object_type: 'payable', object_id: await payable(owner, [], mark), text: mark },
  }),
  post_approval_policies: async ({ user }, mark) => ({ body: approvalPolicyBody(user.userId, mark) }),
  patch_approval_policies_id: async (_owner, mark) => ({ body: { name: mark } }),
  post_approval_requests: async (owner, mark, place) => ({
    body: {
      object_type: 'payable',
      object_id: await submittedPayable(owner, [], mark),
      required_approval_count: 1,
      ...(place.includes('role_ids') ? { role_ids: [] } : { user_ids: [owner.user.userId] }),
    },
  }),
  post_payment_links: async (owner, mark) => ({ body: await paymentLinkBody(owner, mark) }),
  put_entities_id_payment_methods: async () => ({ body: { payment_methods_receive: ['card', 'sepa_credit'] } }),
  patch_payment_intents_id: async () => ({ body: { amount: 3 } }),
  post_payment_records: async (owner, mark) => ({
    body: { amount: 5, currency: 'EUR', object: { type: 'receivable', id: await issued(owner, mark) } },
  }),
  post_x_mandates: async (owner, mark) => ({ body: await mandateBody(owner, mark) }),
  post_x_debit_files: async (owner, mark) => ({ body: await debitFileBody(owner, mark) }),
  post_x_payment_files: async (owner, mark) => ({ body: await paymentFileBody(owner, mark) }),
  post_accounting_connections: async ({ partner }) => {
    await endConnections(partner)
    return { body: undefined }
  },
  post_accounting_connections_id_sync: async (owner) => ({
    ids: { connection_id: await agreedConnection(owner) },
    body: undefined,
  }),
  post_accounting_synced_records_id_push: async (owner) => {
    await agreedConnection(owner)
    return { body: undefined }
  },
  get_accounting_payables: onConnection,
  get_accounting_receivables: onConnection,
  get_x_ledger: onBooks,
  patch_x_ledger: async (owner) => ({ ...(await onBooks(owner)), body: { datev_client: 1 } }),
  post_x_ledger_accounts: async (owner) => ({
    ...(await onBooks(owner)),
    body: { number: String(1_000_000_000 + Math.floor(Math.random() * 1e9)), name: 'Own', type: 'Income' },
  }),
  get_x_ledger_tax_rates: onBooks,
  post_x_ledger_tax_rates: async (owner) => ({ ...(await onBooks(owner)), body: { name: 'Own', rate: 0, direction: 'sale' } }),
  get_x_ledger_entries: onBooks,
  get_x_ledger_trial_balance: onBooks,
  get_x_ledger_vat_report: onBooks,
  get_x_ledger_open_items: onBooks,
  get_x_ledger_export: onBooks,
  post_x_bank_statements: async ({ user }) => {
    await user.post('/bank_accounts', { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' })
    return {}
  },
  post_x_bank_transactions_id_accept: async (owner, mark) => ({
    body: { pays: [{ object_type: 'receivable', object_id: await issued(owner, mark), amount: 5 }] },
  }),
  post_x_bank_transactions_id_reopen: async (owner, mark) => {
    const ids = await make(owner, '/x/bank_transactions/:bank_transaction_id', mark)
    await owner.user.post(`/x/bank_transactions/${ids.bank_transaction_id}/set_aside`, {})
    return { ids, body: undefined }
  },
  post_payables: async (owner, mark, place) => ({
    body: isVendorPart(place) ? { counterpart_id: (await customer(owner, mark)).counterpart_id } : {},
  }),
  patch_payables_id: async (owner, mark, place) => {
    if (!isVendorPart(place)) return { body: {} }
    const { counterpart_id } = await customer(owner, mark)
    const { body } = await owner.user.post('/payables', { counterpart_id })
    return { ids: { payable_id: body.id }, body: { counterpart_id } }
  },
  // Without a suggestion the answer is empty, which is more than the contract knows.
  get_payables_id_suggestions: async (owner, mark) => {
    const id = await payable(owner, [], mark)
    const { counterpart_id } = await customer(owner, mark)
    await (await sqlOf(owner))(`update payables set suggestion = json_build_object('id', $2::text) where id = $1`, [
      id,
      counterpart_id,
    ])
    return { ids: { payable_id: id }, body: undefined }
  },
  post_payable_credit_notes: async (owner, mark, place) => ({
    body: { ...CREDIT, ...(isVendorPart(place) && { counterpart_id: (await customer(owner, mark)).counterpart_id }) },
  }),
  patch_payable_credit_notes_id: async (owner, mark, place) => {
    if (!isVendorPart(place)) return { body: {} }
    const { counterpart_id } = await customer(owner, mark)
    const { body } = await owner.user.post('/payable_credit_notes', { ...CREDIT, counterpart_id })
    return { ids: { credit_note_id: body.id }, body: { counterpart_id } }
  },
  post_payable_credit_notes_id_submit_for_approval: onCreditNote(),
  post_payable_credit_notes_id_approve: onCreditNote(),
  post_payable_credit_notes_id_reject: onCreditNote('submit_for_approval'),
  post_payable_credit_notes_id_cancel_ocr: async (owner, mark) => {
    const { ids } = await onCreditNote()(owner, mark)
    await (await sqlOf(owner))(`update payable_credit_notes set ocr_status = 'processing' where id = $1`, [ids.credit_note_id])
    return { ids, body: undefined }
  },
  post_payables_id_reject: onPayable('submit_for_approval'),
  post_payables_id_reopen: onPayable('submit_for_approval', 'reject'),
  post_payables_id_mark_as_partially_paid: async (owner, mark) => ({
    ...(await onPayable('approve_payment_operation')(owner, mark)),
    body: { amount_paid: 100 },
  }),
  post_payables_id_cancel_ocr: async (owner, mark) => {
    const id = await payable(owner, [], mark)
    await (await sqlOf(owner))(`update payables set ocr_status = 'processing' where id = $1`, [id])
    return { ids: { payable_id: id }, body: undefined }
  },
  post_x_payable_credit_notes_id_read_again: async (owner, mark) => {
    const file = { bytes: Buffer.from('%PDF-1.7 x'), name: `${mark}.pdf` }
    const { body } = await owner.user.upload('POST', '/payable_credit_notes/upload_from_file', file)
    return { ids: { credit_note_id: body.id }, body: undefined }
  },
  post_x_payables_id_read_again: async (owner, mark) => {
    const file = { bytes: Buffer.from('%PDF-1.7 x'), name: `${mark}.pdf` }
    const { body } = await owner.user.upload('POST', '/payables/upload_from_file', file)
    return { ids: { payable_id: body.id }, body: undefined }
  },
  post_entity_users: async (owner, mark) => ({
    body: { first_name: mark, login: `${mark} ${Math.random()}`, ...(await role(owner, mark)) },
  }),
  put_entities_id_partner_metadata: async () => ({ body: { metadata: { a: 1 } } }),
  post_counterparts: async (_owner, mark, place) =>
    place.includes('individual')
      ? {
          body: {
            type: 'individual',
            individual: { first_name: 'Ada', last_name: mark, is_customer: true, is_vendor: false, address },
          },
        }
      : { body: { type: 'organization', organization: { legal_name: mark, is_customer: true, is_vendor: false, address } } },
  patch_counterparts_id: async (owner, mark, place) => {
    if (!place.includes('individual'))
      return { ids: { counterpart_id: (await customer(owner, mark)).counterpart_id }, body: { organization: {} } }
    const person = { first_name: 'Ada', last_name: mark, is_customer: true, is_vendor: false, address }
    const { body } = await owner.user.post('/counterparts', { type: 'individual', individual: person })
    return { ids: { counterpart_id: body.id as string }, body: { individual: {} } }
  },
  delete_entities_id_logo: withLogo,
  get_internal_entities_id_logo: withLogo,
  delete_counterparts_id_addresses_id: async (owner, mark) => {
    // The last address stays, so the counterpart gets a second one.
    const ids = await make(owner, '/counterparts/:counterpart_id/addresses/:address_id', mark)
    return { ids }
  },
  post_counterparts_id_einvoicing_credentials: async (_owner, mark, place) => ({
    body: place.includes('vat_id') ? {} : { network_schema: 'DE:VAT', network_identifier: mark },
  }),
  post_data_exports: async () => ({
    body: {
      date_from: '2024-01-01',
      date_to: '2024-12-31',
      format: 'pdf',
      objects: [{ name: 'receivable', statuses: ['issued', 'paid'] }],
    },
  }),
  post_data_exports_extra_data: async (owner, mark) => ({ body: await extraDataBody(owner, mark) }),
  post_counterparts_id_bank_accounts: async () => ({ body: { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' } }),
  post_receivables: async (owner, mark, place) => ({
    body: place === 'body.based_on' ? { type: 'credit_note' } : await invoiceBody(owner, mark),
  }),
  post_receivables_id_accept: async (owner, mark) => ({ ids: { receivable_id: await offered(owner, mark) }, body: undefined }),
  post_receivables_id_decline: async (owner, mark) => ({ ids: { receivable_id: await offered(owner, mark) }, body: undefined }),
  post_internal_quotes_id_accept: async (owner, mark) => ({
    ids: { receivable_id: await offered(owner, mark) },
    body: undefined,
  }),
  post_internal_quotes_id_decline: async (owner, mark) => ({
    ids: { receivable_id: await offered(owner, mark) },
    body: undefined,
  }),
  post_receivables_id_send: async () => ({
    body: { subject_text: 'Your invoice', body_text: 'Here it is', recipients: { to: ['ada@example.com'] } },
  }),
  patch_receivables_id: async (owner, mark, place) => {
    const kind = /^body\.(\w+)/.exec(place)?.[1] ?? 'invoice'
    const buyer = await customer(owner, mark)
    if (kind === 'credit_note') {
      const { body } = await owner.user.post('/receivables', { type: 'credit_note', based_on: await issued(owner, mark, buyer) })
      return { ids: { receivable_id: body.id }, body: { credit_note: {} } }
    }
    if (kind === 'issued_invoice')
      return { ids: { receivable_id: await issued(owner, mark, buyer) }, body: { issued_invoice: {} } }
    const whole = await invoiceBody(owner, mark, buyer)
    const { payment_terms: _t, payment_page_url: _p, ...shared } = whole
    const { body } = await owner.user.post('/receivables', kind === 'quote' ? { ...shared, type: 'quote' } : whole)
    const lines = place.includes('line_items') ? { line_items: [{}] } : {}
    return { ids: { receivable_id: body.id }, body: { [kind]: lines } }
  },
  put_x_payment_providers_stripe: async () => ({ body: stripeBody }),
  post_x_payment_providers_stripe_id_events: async () => ({ body: { id: 'evt_1', type: 'ping', data: { object: {} } } }),
  post_mailbox_domains: async (_owner, mark) => ({ body: { domain: `${mark.toLowerCase()}-${crypto.randomUUID()}.example` } }),
  post_mailboxes: async (owner, mark) => ({
    body: { mailbox_domain_id: await mailDomain(owner, mark), mailbox_name: 'bills', related_object_type: 'payable' },
  }),
  post_delivery_notes: async (owner, mark, place) => ({
    body: place === 'body.based_on' ? {} : await deliveryNoteBody(owner, mark),
  }),
  // Another customer comes with an address.
  patch_delivery_notes_id: async (owner, mark, place) => {
    const { line_items: _l, memo: _m, ...to } = await deliveryNoteBody(owner, mark)
    if (place.includes('line_items')) return { body: { line_items: [{ quantity: 1 }] } }
    return { body: place === 'body.counterpart_id' ? to : {} }
  },
  post_payable_purchase_orders: async (owner, mark) => ({ body: await purchaseOrderBody(owner, mark) }),
  // Only what has its page can be sent.
  post_payable_purchase_orders_id_send: async (owner, mark) => {
    const ids = await make(owner, '/payable_purchase_orders/:purchase_order_id', mark)
    const sql = await sqlOf(owner)
    await sql(
      `with f as (insert into files (partner_id, entity_id, file_type, name, mimetype, md5, size, region, storage_key, link_key)
         select partner_id, entity_id, 'purchase_orders', 'PO.pdf', 'application/pdf', '', 1, 'eu', $2, $2 from payable_purchase_orders where id = $1 returning link_key)
       update payable_purchase_orders set pdf_stale = false, file_key = f.link_key from f where id = $1`,
      [ids.purchase_order_id, crypto.randomUUID()],
    )
    return { ids, body: { subject_text: 'Our order', body_text: 'Here it is' } }
  },
  post_ocr_tasks: async () => ({ body: { file_url: await pictureUrl() } }),
  post_recurrences: async (owner, mark) => ({ body: await recurrenceBody(owner, mark) }),
  post_recurrences_id_resume: async (owner, mark) => {
    const ids = await make(owner, '/recurrences/:recurrence_id', mark)
    await owner.user.post(`/recurrences/${ids.recurrence_id}/pause`)
    return { ids }
  },
  post_payment_reminders: async (_owner, mark) => ({ body: paymentReminderBody(mark) }),
  post_overdue_reminders: async (_owner, mark) => ({ body: overdueReminderBody(mark) }),
  post_receivables_id_send_test_reminder: async (owner, mark) => {
    const { body: reminder } = await owner.user.post('/payment_reminders', paymentReminderBody(mark))
    const invoice = { ...(await invoiceBody(owner, mark)), payment_reminder_id: reminder.id }
    const { body } = await owner.user.post('/receivables', invoice)
    return { ids: { receivable_id: body.id as string }, body: { reminder_type: 'term_final' } }
  },
  put_receivables_id_line_items: async () => ({ body: { data: [line()] } }),
  post_receivables_id_mark_as_paid: onIssued({}),
  post_receivables_id_mark_as_partially_paid: onIssued({ amount_paid: 100 }),
  post_receivables_id_mark_as_uncollectible: onIssued({}),
  post_receivables_id_cancel: onIssued(undefined),
  get_x_receivables_id_einvoice: onIssued(undefined),
  post_einvoicing_connections: async (owner) => {
    await withoutConnection(owner)
    return { body: connectionBody }
  },
  post_einvoicing_connections_id_network_credentials: async () => ({
    body: { network_credentials_schema: 'DE:VAT', network_credentials_identifier: participant() },
  }),
}

async function role({ user }: Owner, mark: string) {
  const { body } = await user.post('/roles', { name: `${mark} ${Math.random()}`, permissions: { objects: [] } })
  return { role_id: body.id as string }
}

/** A request that should succeed, as far as its path and its body go. */
export async function situation(
  owner: Owner,
  operation: { id: string; url: string; body?: Schema },
  mark: string,
  place = '',
): Promise<Situation> {
  const special = (await situations[operation.id]?.(owner, mark, place)) ?? {}
  const ids = await make(owner, operation.url, mark, {
    ...(operation.url.includes(':entity_id') && { entity_id: owner.entityId }),
    ...special.ids,
  })
  const body = 'body' in special ? special.body : operation.body ? minimal(operation.body) : undefined
  return { ids, body: body === undefined ? undefined : structuredClone(body) }
}

/** A copy of `body` with `value` at a place such as `body.line_items[].product_id`; what is missing on the way is made. */
export function placed(body: Body, place: string, value: unknown): Body {
  const steps = place.replaceAll('[]', '.0').split('.').slice(1)
  const copy = structuredClone(body ?? {})
  let at: Body = copy
  steps.forEach((step, i) => {
    const key = /^\d+$/.test(step) ? Number(step) : step
    if (i === steps.length - 1) at[key] = value
    else at = at[key] ??= /^\d+$/.test(steps[i + 1]!) ? [] : {}
  })
  return copy
}

/** What can't stand beside the id in a request gives way to it. */
export function fitted(body: Body): Body {
  if (body.payment_terms_id) delete body.payment_terms
  for (const item of [body.line_items, body.data].flat()) if (item?.product_id) delete item.product
  // A line has one tax.
  for (const item of [body.line_items, body.data].flat())
    if (item?.custom_vat_rate_id) for (const other of ['vat_rate_id', 'tax_rate_value', 'tax_rate_name']) delete item[other]
  return body
}

/** Another customer of one's own, with the address that belongs to it. */
export async function moved(owner: Owner, body: Body, place: string): Promise<Body> {
  if ('counterpart_bank_account_id' in body) return mandateBody(owner, 'mine')
  const { counterpart_id, counterpart_billing_address_id, counterpart_vat_id_id } = await customer(owner, 'mine')
  const beside = (name: string) => place.replace(/counterpart_id$/, name)
  if ('counterpart_address_id' in body)
    return placed(placed(body, place, counterpart_id), beside('counterpart_address_id'), counterpart_billing_address_id)
  const next = placed(
    placed(body, place, counterpart_id),
    beside('counterpart_billing_address_id'),
    counterpart_billing_address_id,
  )
  return placed(next, beside('counterpart_vat_id_id'), counterpart_vat_id_id)
}

/** The counterpart of a document in a path. */
export async function owning({ user }: Owner, url: string): Promise<string | undefined> {
  const document = /^\/(receivables|delivery_notes|payable_purchase_orders)\/[0-9a-f-]{36}/.exec(url)?.[0]
  return document && (await user.get(document)).body.counterpart_id
}
