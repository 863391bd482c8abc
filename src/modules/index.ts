import type { Routes } from '../platform/http/operation.ts'
import { ledgerBooks } from './accounting/books/books.ts'
import { accountingConnections } from './accounting/connections/connections.ts'
import { connectionPages } from './accounting/connections/page.ts'
import { accountingDocuments } from './accounting/documents/documents.ts'
import { ledgerAccounts } from './accounting/ledger-accounts/ledger-accounts.ts'
import { syncedRecords } from './accounting/synced-records/synced-records.ts'
import { accountingTaxRates } from './accounting/tax-rates/tax-rates.ts'
import { deciding } from './approvals/deciding.ts'
import { approvalPages } from './approvals/pages/pages.ts'
import { approvalPolicies } from './approvals/policies/policies.ts'
import { approvalProcesses } from './approvals/processes/processes.ts'
import { approvalRequests } from './approvals/requests/requests.ts'
import { assistant } from './assistant/assistant.ts'
import { customVatRates } from './catalog/custom-vat-rates/custom-vat-rates.ts'
import { measureUnits } from './catalog/measure-units/measure-units.ts'
import { paymentTerms } from './catalog/payment-terms/payment-terms.ts'
import { products } from './catalog/products/products.ts'
import { vatRateList } from './catalog/vat-rates/vat-rates.ts'
import { comments } from './comments/comments.ts'
import { knowFilesOf } from './common/files/belongings.service.ts'
import { filesRoutes } from './common/files/files.ts'
import { projects } from './common/projects/projects.ts'
import { tags } from './common/tags/tags.ts'
import { textTemplates } from './common/text-templates/text-templates.ts'
import { addresses } from './counterparts/addresses/addresses.ts'
import { counterpartBankAccounts } from './counterparts/bank-accounts/bank-accounts.ts'
import { contacts } from './counterparts/contacts/contacts.ts'
import { counterparts } from './counterparts/counterparts.ts'
import { einvoicingCredentials } from './counterparts/einvoicing-credentials/einvoicing-credentials.ts'
import { counterpartSuggestions } from './counterparts/suggestions/suggestions.ts'
import { counterpartVatIds } from './counterparts/vat-ids/vat-ids.ts'
import { einvoicingConnections } from './einvoicing/connections.ts'
import { bankAccounts } from './entities/bank-accounts/bank-accounts.ts'
import { entities } from './entities/entities/entities.ts'
import { entityFiles } from './entities/entities.files.ts'
import { entityUsers } from './entities/entity-users/entity-users.ts'
import { persons } from './entities/persons/persons.ts'
import { roles } from './entities/roles/roles.ts'
import { entitySettings } from './entities/settings/settings.ts'
import { vatIds } from './entities/vat-ids/vat-ids.ts'
import { inboundEinvoices } from './exchange/inbound.ts'
import { receiptLineItems } from './expenses/receipts/line-items.ts'
import { receiptFiles } from './expenses/receipts/receipts.files.ts'
import { receipts } from './expenses/receipts/receipts.ts'
import { dataExports } from './exports/data-exports.ts'
import { exportFiles } from './exports/exports.files.ts'
import { extraData } from './exports/extra-data.ts'
import { inboundMail } from './inbound/inbound.ts'
import { mailTemplates } from './mail/mail-templates/mail-templates.ts'
import { mailboxDomains } from './mail/mailbox-domains/mailbox-domains.ts'
import { mailboxes } from './mail/mailboxes/mailboxes.ts'
import { onboardingData } from './onboarding/data/data.ts'
import { onboardingDocuments } from './onboarding/documents/documents.ts'
import { onboardingLinkRoutes } from './onboarding/links/links.ts'
import { onboardingPages } from './onboarding/links/page.ts'
import { onboardingFiles } from './onboarding/onboarding.files.ts'
import { onboardingRequirements } from './onboarding/requirements/requirements.ts'
import { onboardingReviews } from './onboarding/reviews/reviews.ts'
import { bankVerifications } from './onboarding/verifications/verifications.ts'
import { accessTokens } from './partner/access-tokens/access-tokens.ts'
import { auditLogs } from './partner/audit-logs/audit-logs.ts'
import { eventLog } from './partner/events/events.ts'
import { frontend } from './partner/frontend/frontend.ts'
import { partnerSettings } from './partner/partner-settings/partner-settings.ts'
import { webhookSubscriptions } from './partner/webhook-subscriptions/webhook-subscriptions.ts'
import { payableAnalytics } from './payables/analytics.ts'
import { creditNoteAnalytics } from './payables/credit-notes/analytics.ts'
import { vendorCreditNotes } from './payables/credit-notes/credit-notes.ts'
import { creditNoteLineItems } from './payables/credit-notes/line-items.ts'
import { payableHistory } from './payables/history.ts'
import { payableLineItems } from './payables/line-items.ts'
import { ocrTasks } from './payables/ocr-tasks/ocr-tasks.ts'
import { payableFiles } from './payables/payables.files.ts'
import { payables } from './payables/payables.ts'
import { purchaseOrders } from './payables/purchase-orders/purchase-orders.ts'
import { payableValidations } from './payables/validations.ts'
import { batchPayments } from './payments/batches/batches.ts'
import { paymentFiles } from './payments/files/files.ts'
import { financing } from './payments/financing/financing.ts'
import { paymentIntents } from './payments/intents/intents.ts'
import { internalPayments } from './payments/links/internal.ts'
import { paymentLinks } from './payments/links/links.ts'
import { mandates } from './payments/mandates/mandates.ts'
import { paymentMethodRoutes } from './payments/methods/methods.ts'
import { payPages } from './payments/page/page.ts'
import { testBankPages } from './payments/page/test-bank.ts'
import { paymentProviders } from './payments/providers/providers.ts'
import { paymentRecords } from './payments/records/records.ts'
import { bankStatements } from './payments/statements/statements.ts'
import { receivableAnalytics } from './receivables/analytics.ts'
import { deliveryNotes } from './receivables/delivery-notes/delivery-notes.ts'
import { documentTemplates } from './receivables/document-templates/document-templates.ts'
import { einvoices } from './receivables/einvoices/einvoices.ts'
import { receivableHistory } from './receivables/history.ts'
import { receivableMails } from './receivables/mails.ts'
import { internalQuotes } from './receivables/pages/internal-quotes.ts'
import { pages } from './receivables/pages/pages.ts'
import { receivableFiles } from './receivables/receivables.files.ts'
import { receivables } from './receivables/receivables.ts'
import { recurrences } from './receivables/recurrences/recurrences.ts'
import { reminders } from './receivables/reminders/reminders.ts'
import { requiredFieldsRoutes } from './receivables/required-fields.ts'
import { validators } from './receivables/validators.ts'
import { snapshots } from './snapshots/snapshots.ts'
import { testClocks } from './test-clocks/test-clocks.ts'

knowFilesOf([entityFiles, onboardingFiles, receivableFiles, payableFiles, receiptFiles, exportFiles])

/** Every module's routes, in the order of the reference. */
export const modules: readonly Routes[] = [
  accessTokens,
  partnerSettings,
  webhookSubscriptions,
  eventLog,
  auditLogs,
  filesRoutes,
  frontend,
  testClocks,
  snapshots,
  assistant,
  entities,
  entitySettings,
  vatIds,
  entityUsers,
  roles,
  bankAccounts,
  persons,
  onboardingData,
  onboardingRequirements,
  onboardingDocuments,
  onboardingLinkRoutes,
  onboardingPages,
  onboardingReviews,
  bankVerifications,
  tags,
  projects,
  comments,
  dataExports,
  extraData,
  counterparts,
  addresses,
  counterpartBankAccounts,
  contacts,
  counterpartVatIds,
  einvoicingCredentials,
  counterpartSuggestions,
  products,
  measureUnits,
  vatRateList,
  customVatRates,
  paymentTerms,
  requiredFieldsRoutes,
  receivables,
  einvoices,
  einvoicingConnections,
  receivableMails,
  receivableHistory,
  internalQuotes,
  validators,
  pages,
  reminders,
  receivableAnalytics,
  recurrences,
  deliveryNotes,
  mailTemplates,
  textTemplates,
  documentTemplates,
  mailboxDomains,
  mailboxes,
  inboundMail,
  inboundEinvoices,
  payableAnalytics,
  payableValidations,
  payables,
  deciding,
  payableLineItems,
  payableHistory,
  approvalPolicies,
  approvalProcesses,
  approvalRequests,
  approvalPages,
  vendorCreditNotes,
  creditNoteLineItems,
  creditNoteAnalytics,
  purchaseOrders,
  receipts,
  receiptLineItems,
  ocrTasks,
  batchPayments,
  paymentMethodRoutes,
  financing,
  internalPayments,
  paymentIntents,
  paymentLinks,
  paymentRecords,
  payPages,
  testBankPages,
  bankStatements,
  paymentFiles,
  mandates,
  paymentProviders,
  accountingConnections,
  connectionPages,
  syncedRecords,
  ledgerAccounts,
  accountingTaxRates,
  accountingDocuments,
  ledgerBooks,
]
