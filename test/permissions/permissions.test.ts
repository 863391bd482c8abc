import { expect, test } from 'vitest'
import { actionsOf, objectTypes } from '../../src/platform/auth/permissions.ts'
import { house } from '../support/world.ts'
import { operationsOf } from './doors.ts'

/** The permission that every operation asks for, by a table. `sufficient.ts` tries each with roles, `test/isolation` with things that others made. */

const operations = operationsOf(await house()).filter(({ id }) => !['post_auth_token', 'post_auth_revoke'].includes(id))

const crud = { GET: 'read', POST: 'create', PATCH: 'update', PUT: 'update', DELETE: 'delete' } as const
const under = (object: string, verbs: Partial<Record<string, string>> = {}) => ({ object, verbs: { ...crud, ...verbs } })
/** Parts of something that is there: whoever may change it may change them. */
const part = { POST: 'update', DELETE: 'update' }

/** What each operation asks for, by the table of the behaviour pages. The first pattern that fits counts. */
const expected: [RegExp, { object: string; verbs: Record<string, string> } | 'partner' | 'user' | 'any' | 'anyone'][] = [
  [/^\w+ \/entities\/me$|^\w+ \/entity_users\/(my_entity)$/, under('entity')],
  [/^\w+ \/entity_users\/(me|my_role)$/, 'user'],
  [/^(PUT|DELETE) \/entities\/:entity_id\/logo$/, under('entity', { DELETE: 'update' })],
  [/^\w+ \/entities\/:entity_id\/vat_ids/, under('entity_vat_ids')],
  [/^\w+ \/entities\/:entity_id\/settings/, under('entity')],
  [/^GET \/entities\/:entity_id\/payment_methods$/, 'any'],
  [/^POST \/(entities\/:entity_id|persons\/:person_id)\/documents$|\/onboarding_documents$/, under('onboarding')],
  [/^\w+ \/(entities\/:entity_id\/|frontend\/)?onboarding_(data|requirements)$/, under('onboarding')],
  [/^GET \/frontend\/|^GET \/x\/identity_documents/, 'any'],
  [/^\w+ \/internal\/onboarding_links/, 'anyone'],
  [/^\w+ \/(x\/(onboarding_reviews|micro_deposits)|(payment_)?onboarding_links)/, 'partner'],
  [/^POST \/x\/bank_accounts\/:bank_account_id\/micro_deposits\/confirm$/, under('entity_bank_account', { POST: 'update' })],
  [/^\w+ \/(x\/bank_accounts|bank_accounts\/.*verification)/, 'partner'],
  [/^POST \/x\/payment_providers\/stripe\/:payment_provider_id\/events$/, 'anyone'],
  [
    /^\w+ \/(x\/(payment_providers|test_clock|snapshots|forks)|entities|settings|webhook_subscriptions|webhook_deliveries|mail_templates|mailbox_domains)(\/|$)/,
    'partner',
  ],
  [/^POST \/mailboxes\/search$|^POST \/internal\/payables\//, 'partner'],
  [/^\w+ \/(files|events|internal\/(currencies|settings|entities|validators)|vat_rates|einvoice_search|audit_logs)(\/|$)/, 'any'],
  [/^GET \/(receivables\/variables|data_exports\/supported_formats)$/, 'any'],
  [/^\w+ \/internal\/(quotes|payment_page_theme|payment_links|payment_intents)/, 'anyone'],
  [/^\w+ \/ai\//, 'user'],
  [/^\w+ \/batch_payments/, 'partner'],
  [/^\w+ \/(payment_links|payment_intents|financing_\w+)/, 'any'],
  [/^\w+ \/(accounting_connections|accounting_synced_records|internal\/accounting_connections)/, 'partner'],
  [/^GET \/(ledger_accounts|accounting_tax_rates)/, 'any'],
  [/^GET \/(x\/ledger|accounting\/)/, under('reconciliation')],
  [/^(POST|PATCH) \/x\/ledger/, 'partner'],
  [/^\w+ \/internal\/counterparts\/ai_suggestions$/, under('counterpart')],
  [/^\w+ \/counterparts\/:counterpart_id\/vat_ids/, under('counterpart_vat_id')],
  [/^\w+ \/counterparts\/:counterpart_id\/(?!partner_metadata)/, under('counterpart', part)],
  [/^\w+ \/counterparts/, under('counterpart')],
  [/^\w+ \/bank_accounts\/.*make_default/, under('entity_bank_account', { POST: 'update' })],
  [/^\w+ \/bank_accounts/, under('entity_bank_account')],
  [/^\w+ \/persons/, under('person')],
  [/^\w+ \/entity_users/, under('entity_user')],
  [/^\w+ \/roles/, under('role')],
  [/^\w+ \/tags/, under('tag')],
  [/^\w+ \/projects/, under('project')],
  [/^\w+ \/comments/, under('comment')],
  [/^\w+ \/data_exports/, under('export', { PATCH: 'create', DELETE: 'create' })],
  [/^\w+ \/mailboxes/, under('mailbox')],
  [/^\w+ \/(text|document)_templates/, under('entity', part)],
  [/^\w+ \/(measure_units|custom_vat_rates|payment_terms)/, under('receivable')],
  [/^\w+ \/products/, under('product')],
  [/^\w+ \/payment_reminders/, under('payment_reminder')],
  [/^POST \/payment_records\/:payment_record_id\/\w+$/, under('payment_record', { POST: 'update' })],
  [/^\w+ \/payment_records/, under('payment_record')],
  [/^POST \/x\/mandates\/:mandate_id\/revoke$/, under('payment_record', { POST: 'update' })],
  [/^\w+ \/x\/(mandates|debit_files)/, under('payment_record')],
  [/^POST \/x\/payment_files\/:payment_file_id\/withdraw$/, under('payment_record', { POST: 'update' })],
  [/^POST \/x\/payment_(files|reports)/, under('payable', { POST: 'pay' })],
  [/^GET \/x\/payment_files/, under('payment_record')],
  [/^POST \/x\/bank_transactions\/:bank_transaction_id\/(set_aside|reopen)$/, under('payment_record', { POST: 'update' })],
  [/^\w+ \/x\/bank_(statements|transactions)/, under('payment_record')],
  [/^\w+ \/overdue_reminders/, under('overdue_reminder')],
  [/^GET \/analytics\/receivables$/, under('receivable')],
  [/^GET \/analytics\/(payables|credit_notes)$/, under('payable')],
  [/^POST \/payable_credit_notes\/:credit_note_id\/(approve|reject)$/, under('payable', { POST: 'approve' })],
  [/^POST \/payable_credit_notes\/:credit_note_id\/submit_for_approval$/, under('payable', { POST: 'submit' })],
  [/^POST \/payable_credit_notes\/:credit_note_id\/cancel$/, under('payable', { POST: 'cancel' })],
  [/^\w+ \/payable_credit_notes\/(:credit_note_id\/\w+|validations)/, under('payable', part)],
  [/^\w+ \/payable_credit_notes/, under('payable')],
  [/^GET \/payable_purchase_orders\/variables$/, 'any'],
  [/^POST \/payable_purchase_orders\/:purchase_order_id\//, under('payables_purchase_order', { POST: 'update' })],
  [/^\w+ \/payable_purchase_orders/, under('payables_purchase_order')],
  [/^GET \/payables\/variables$/, 'any'],
  [/^POST \/payables\/:payable_id\/(approve_payment_operation|reject)$/, under('payable', { POST: 'approve' })],
  [/^POST \/payables\/:payable_id\/submit_for_approval$/, under('payable', { POST: 'submit' })],
  [/^POST \/payables\/:payable_id\/reopen$/, under('payable', { POST: 'reopen' })],
  [/^POST \/payables\/:payable_id\/cancel$/, under('payable', { POST: 'cancel' })],
  [/^POST \/payables\/:payable_id\/mark_as_(partially_)?paid$/, under('payable', { POST: 'pay' })],
  [/^POST \/payables\/:payable_id\/validate$/, under('payable', { POST: 'read' })],
  [/^POST \/x\/(payables\/:payable_id|payable_credit_notes\/:credit_note_id)\/read_again$/, under('payable', { POST: 'update' })],
  [/^\w+ \/payables\/(:payable_id\/\w+|validations)/, under('payable', part)],
  [/^\w+ \/payables/, under('payable')],
  [/^\w+ \/receipts\/:receipt_id\/\w+/, under('receipt', part)],
  [/^\w+ \/ocr_tasks/, under('ocr_task')],
  [/^\w+ \/receipts/, under('receipt')],
  [/^POST \/approval_policies\/.*\/cancel$/, under('approval_policy', { POST: 'update' })],
  [/^\w+ \/approval_policies/, under('approval_policy')],
  [/^POST \/approval_requests\/:approval_request_id\/(approve|reject)$/, 'user'],
  [/^POST \/approval_requests\/:approval_request_id\/cancel$/, under('approval_request', { POST: 'update' })],
  [/^\w+ \/approval_requests/, under('approval_request')],
  [/^GET \/x\/receivables\/:receivable_id\/einvoice/, under('receivable')],
  [/^\w+ \/einvoicing_connections/, 'any'],
  [/^POST \/receivables\/:receivable_id\/clone$/, under('receivable')],
  [/^POST \/receivables\/(:receivable_id\/(preview|verify)|search)$/, under('receivable', { POST: 'read' })],
  [/^POST \/receivables\/:receivable_id\/\w+$/, under('receivable', { POST: 'update' })],
  [/^\w+ \/receivables/, under('receivable')],
  [/^POST \/recurrences\/:recurrence_id\//, under('receivable', { POST: 'update' })],
  [/^\w+ \/recurrences/, under('receivable')],
  [/^POST \/delivery_notes\/:delivery_note_id\//, under('delivery_note', { POST: 'update' })],
  [/^\w+ \/delivery_notes/, under('delivery_note')],
]

test.each(operations)('$method $url asks for the permission of the table', ({ method, url, may }) => {
  const row = expected.find(([pattern]) => pattern.test(`${method} ${url}`))
  expect(row, `add ${method} ${url} to the table`).toBeDefined()
  const [, wanted] = row!
  expect(may[0]).toBe(typeof wanted === 'string' ? wanted : `${wanted.object}:${wanted.verbs[method]}`)
})

test('every object type has its actions, and payables their own', () => {
  expect(objectTypes).toHaveLength(31)
  for (const object of objectTypes)
    expect([...actionsOf(object)].sort()).toEqual(
      object === 'payable'
        ? ['approve', 'cancel', 'create', 'create_from_mail', 'delete', 'pay', 'read', 'reopen', 'submit', 'update']
        : ['create', 'delete', 'read', 'update'],
    )
})
