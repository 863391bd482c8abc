import type { Exporter } from './exporter.service.ts'

/** The bill import of Xero reads these columns, under exactly these names; those with a star must be filled. */
export const XERO_COLUMNS = [
  ...['*ContactName', 'EmailAddress', 'POAddressLine1', 'POAddressLine2', 'POAddressLine3', 'POAddressLine4', 'POCity'],
  ...['PORegion', 'POPostalCode', 'POCountry', '*InvoiceNumber', '*InvoiceDate', '*DueDate', 'Total', 'InventoryItemCode'],
  ...['Description', '*Quantity', '*UnitAmount', '*AccountCode', '*TaxType', 'TaxAmount', 'TrackingName1', 'TrackingOption1'],
  ...['TrackingName2', 'TrackingOption2', 'Currency'],
] as const

const COLUMNS = [
  ...['id', 'number', 'status', 'issue_date', 'due_date', 'paid_at', 'created_at', 'counterpart_id', 'counterpart_name'],
  ...['currency', 'subtotal', 'vat', 'total', 'paid', 'due', 'description', 'project', 'tags'],
] as const

/** Bills. None are served yet, so their sheets end after the names of the columns. */
export const payableExporter: Exporter = {
  object: 'payable',
  types: ['payable'],
  formats: ['csv', 'csv_xero', 'pdf'],
  statuses: ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  async *write({ format }, into) {
    if (format === 'csv') into.sheet('payables.csv', COLUMNS)
    if (format === 'csv_xero') into.sheet('payables_xero.csv', XERO_COLUMNS)
    yield 0
  },
}
