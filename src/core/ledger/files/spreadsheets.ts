import { minorUnitsOf } from '../../currencies.ts'
import { decimal, share, sum } from '../../money.ts'
import { oneLine } from '../texts.ts'
import type { Journal, JournalEntry } from './journal.ts'

/**
 * Invoices and bills as the imports of Xero and QuickBooks Online read them (central.xero.com, "Import sales invoices and bills";
 * quickbooks.intuit.com, "Import multiple invoices"): a row for each net amount, with its tax beside it.
 */

interface Row {
  readonly entry: JournalEntry
  readonly account: string
  readonly net: number
  readonly tax: number
  readonly rate: string
}

/** The documents of one side that still stand, line by line, in their own currency. */
function rowsOf({ entries, rates }: Journal, kind: 'invoice' | 'bill', canceled: ReadonlySet<number>): Row[] {
  const sign = kind === 'invoice' ? -1 : 1
  return entries
    .filter((entry) => entry.kind === kind && !canceled.has(entry.number))
    .flatMap((entry) => {
      const plain = entry.lines.filter(({ party, is_tax }) => !party && !is_tax)
      return plain.map((line) => {
        const own = plain.filter(({ tax_code }) => tax_code === line.tax_code)
        const tax = sum(
          entry.lines.filter((one) => one.is_tax && one.tax_code === line.tax_code).map((one) => one.currency_amount),
        )
        const shares = share(
          sign * tax,
          own.map(({ currency_amount }) => Math.abs(currency_amount)),
        )
        return {
          entry,
          account: line.account,
          net: sign * line.currency_amount,
          tax: shares[own.indexOf(line)]!,
          rate: rates.find(({ code }) => code === line.tax_code)?.name ?? 'Tax Exempt',
        }
      })
    })
}

/** A cell: what a spreadsheet would calculate is text. */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const sheet = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  `${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`

const money = (amount: number, { currency }: JournalEntry) => decimal(amount, minorUnitsOf(currency))
const slashed = (day: string) => `${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)}`

export function xeroSheet(journal: Journal, kind: 'invoice' | 'bill', canceled: ReadonlySet<number>): string {
  const columns = [
    '*ContactName',
    'EmailAddress',
    '*InvoiceNumber',
    'Reference',
    '*InvoiceDate',
    '*DueDate',
    '*Description',
    '*Quantity',
    '*UnitAmount',
    '*AccountCode',
    '*TaxType',
    'TaxAmount',
    'Currency',
  ]
  const rows = rowsOf(journal, kind, canceled).map(({ entry, account, net, tax, rate }) => [
    oneLine(entry.party?.name ?? ''),
    entry.party?.email ?? '',
    oneLine(entry.document ?? ''),
    String(entry.number),
    slashed(entry.day),
    slashed(entry.due_day ?? entry.day),
    oneLine(entry.text),
    '1',
    money(net, entry),
    account,
    rate,
    money(tax, entry),
    entry.currency,
  ])
  return sheet(columns, rows)
}

export function quickbooksSheet(journal: Journal, kind: 'invoice' | 'bill', canceled: ReadonlySet<number>): string {
  const invoice = kind === 'invoice'
  const columns = [
    invoice ? '*InvoiceNo' : '*BillNo',
    invoice ? '*Customer' : '*Supplier',
    invoice ? '*InvoiceDate' : '*BillDate',
    '*DueDate',
    'Memo',
    invoice ? 'Item(Product/Service)' : '*Account',
    invoice ? 'ItemDescription' : 'LineDescription',
    invoice ? 'ItemQuantity' : 'LineQuantity',
    invoice ? '*ItemAmount' : '*LineAmount',
    invoice ? '*ItemTaxCode' : '*LineTaxCode',
    invoice ? 'ItemTaxAmount' : 'LineTaxAmount',
    'Currency',
  ]
  const rows = rowsOf(journal, kind, canceled).map(({ entry, account, net, tax, rate }) => [
    oneLine(entry.document ?? ''),
    oneLine(entry.party?.name ?? ''),
    slashed(entry.day),
    slashed(entry.due_day ?? entry.day),
    String(entry.number),
    account,
    oneLine(entry.text),
    '1',
    money(net, entry),
    rate,
    money(tax, entry),
    entry.currency,
  ])
  return sheet(columns, rows)
}
