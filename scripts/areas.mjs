// The order of the areas of src/modules, and whose each table is. An area uses those before it: by imports, and by the tables that its SQL names.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The earlier knows nothing of the later. */
const order = [
  'common',
  'partner',
  'mail',
  'entities',
  'counterparts',
  'catalog',
  'documents',
  'einvoicing',
  'onboarding',
  'booking',
  'receivables',
  'payables',
  'comments',
  'expenses',
  'approvals',
  'payments',
  'accounting',
  'inbound',
  'exchange',
  'exports',
  'test-clocks',
  'snapshots',
  'assistant',
  'audit',
]

/** Whose a table is: nobody else writes it. `platform` comes before all areas. */
const tables = {
  platform: `access_tokens api_clients assistant_spending audit_logs cells changed_weeks connections events idempotency_keys installation jobs kept_half_years kept_sums kept_until mails outside_calls partners
    partners_away reactions schedules test_clocks webhook_deliveries webhook_subscriptions`,
  common: 'files ledger_accounts accounting_tax_rates projects tags text_templates',
  partner: '',
  entities: 'document_numbers entities entity_bank_accounts entity_users entity_vat_ids persons roles',
  counterparts: `counterpart_addresses counterpart_bank_accounts counterpart_contacts counterpart_einvoicing_credentials counterpart_vat_ids
    counterparts`,
  catalog: 'custom_vat_rates measure_units payment_terms products',
  mail: 'mail_templates mailbox_domains mailboxes',
  documents: 'document_template_choices',
  einvoicing: 'einvoice_messages einvoicing_connections einvoicing_network_credentials',
  onboarding: `bank_account_verifications bank_verification_starts micro_deposits onboarding_accounts onboarding_codes onboarding_documents
    onboarding_links onboarding_reports onboardings`,
  booking: 'batch_payments payment_intent_history payment_intents payment_links payment_records',
  receivables: `delivery_notes document_chain overdue_reminders payment_reminders receivables recurrence_iterations recurrences reminders`,
  payables: `ocr_tasks payable_credit_note_line_items payable_credit_notes payable_line_items payable_purchase_orders payable_validations payables`,
  comments: 'comments',
  expenses: 'receipt_line_items receipts',
  approvals: 'approval_links approval_policies approval_processes approval_requests',
  payments: `bank_statements bank_transactions entity_payment_methods mandates payment_attempts payment_events payment_files sandbox_payments`,
  accounting: `accounting_connections accounting_documents accounting_synced_records books books_accounts books_entries books_lines books_parties
    books_tax_rates`,
  inbound: '',
  exchange: '',
  exports: 'data_exports export_extra_data',
  'test-clocks': '',
  snapshots: 'entity_snapshots restorable_entities',
  assistant: 'assistant_conversations assistant_messages assistant_prompts',
  audit: '',
}
const ownerOf = new Map(Object.entries(tables).flatMap(([area, names]) => names.split(/\s+/).map((name) => [name, area])))

/** Everybody may read what says who is who. */
const known = new Set(['entities', 'entity_users', 'partners', 'roles'])

/** Where an area still names a table that is not before it, or not its own. The list only gets shorter. */
const beyond = new Set([
  // Lines name accounts of the ledger that is connected, and without one they may name none.
  'common reads accounting_connections',
  // Which ways to pay are asked for decides what the entity has to hand in.
  'onboarding reads entity_payment_methods',
  // Bytes that a snapshot holds are not erased.
  'common reads entity_snapshots',
])

const placeOf = (file) => {
  const area = /^src\/modules\/([^/]+)\//.exec(file)?.[1]
  return area ?? (file.startsWith('src/platform/') ? 'platform' : null)
}
const rank = (area) => order.indexOf(area)

/** Imports that go to an area which is not before. */
export const faultsOfImports = (imports) =>
  imports.flatMap(([from, to]) => {
    const [here, there] = [placeOf(from), placeOf(to)]
    const fine = here === null || there === null || here === 'platform' || there === 'platform' || rank(there) <= rank(here)
    return fine ? [] : [`${from} → ${to}: ${there} comes after ${here}`]
  })

/** Tables that SQL names where it may not, and areas and tables that the order does not know. */
export function faultsOfTables() {
  const found = new Map()
  const faults = []
  for (const file of readdirSync('src', { recursive: true }).map((name) => join('src', name).replaceAll('\\', '/'))) {
    const area = placeOf(file)
    if (!area || !file.endsWith('.ts') || file.endsWith('.test.ts') || file.endsWith('.types.ts')) continue
    if (area !== 'platform' && rank(area) < 0) faults.push(`${file}: scripts/areas.mjs does not know the area ${area}`)
    const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    for (const [, verb, table] of source.matchAll(/\b(from|join|using|insert into|update|delete from) ([a-z_]+)\b/g)) {
      const owner = ownerOf.get(table)
      if (owner === undefined || owner === area) continue
      const reads = ['from', 'join', 'using'].includes(verb)
      if (reads && (known.has(table) || owner === 'platform' || rank(owner) < rank(area)) && area !== 'platform') continue
      if (reads && known.has(table)) continue
      const what = `${area} ${reads ? 'reads' : 'writes'} ${table}`
      found.set(what, file)
    }
  }
  for (const table of tablesOfDatabase())
    if (!ownerOf.has(table)) faults.push(`scripts/areas.mjs does not say whose the table ${table} is`)
  for (const [what, file] of found) if (!beyond.has(what)) faults.push(`${what}: ${file}`)
  for (const what of beyond) if (!found.has(what)) faults.push(`scripts/areas.mjs says that ${what}, and it does not`)
  return faults
}

/** All tables but those that others are made like. */
function tablesOfDatabase() {
  const source = readFileSync('src/platform/database/database.types.ts', 'utf8')
  const [, all] = /export interface Database \{([^}]*)\}/.exec(source)
  return [...all.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).filter((name) => !name.endsWith('_row'))
}
