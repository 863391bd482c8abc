import { composeEInvoice, type SoldDocument } from '../../src/core/einvoice/compose.ts'
import type { EInvoice, Finding, Profile } from '../../src/core/einvoice/model.ts'
import { checkEInvoice } from '../../src/core/einvoice/rules.ts'
import { writeCii } from '../../src/core/einvoice/write-cii.ts'
import { writeUbl } from '../../src/core/einvoice/write-ubl.ts'
import { decimal } from '../../src/core/money.ts'
import type { ReadBill } from '../../src/core/reading/types.ts'
import { billFromXml } from '../../src/platform/reading/xml-bill.ts'

/** What is written, read again by the reader of bills, and compared. */

export const syntaxes = ['peppol', 'xrechnung', 'xrechnung_cii', 'cii'] as const
export type Syntax = (typeof syntaxes)[number]
export const profileOf: Readonly<Record<Syntax, Profile>> = {
  peppol: 'peppol',
  xrechnung: 'xrechnung',
  xrechnung_cii: 'xrechnung',
  cii: 'en16931',
}
export const write = (invoice: EInvoice, syntax: Syntax): string =>
  syntax.includes('cii') ? writeCii(invoice, profileOf[syntax]) : writeUbl(invoice, profileOf[syntax])

export interface Outcome {
  readonly invoice: EInvoice
  readonly findings: readonly Finding[]
  readonly xml: string
  readonly differences: readonly string[]
  readonly write_ms: number
  readonly check_ms: number
}

export async function writeAndRead(sold: SoldDocument, syntax: Syntax): Promise<Outcome> {
  const start = performance.now()
  const invoice = composeEInvoice(sold, profileOf[syntax])
  const xml = write(invoice, syntax)
  const wrote = performance.now()
  const findings = checkEInvoice(invoice, profileOf[syntax])
  const check_ms = performance.now() - wrote
  const bill = await billFromXml(Buffer.from(xml))
  const differences = 'refused' in bill ? [bill.refused] : compare(invoice, sold, bill)
  return { invoice, findings, xml, differences, write_ms: wrote - start, check_ms }
}

/** Where what was read is something else than what was told. */
function compare(invoice: EInvoice, sold: SoldDocument, bill: ReadBill): string[] {
  const found: string[] = []
  const same = (what: string, read: unknown, told: unknown) => {
    if (read !== told) found.push(`${what}: read ${JSON.stringify(read)}, told ${JSON.stringify(told)}`)
  }
  const { totals, decimals } = invoice
  const money = (amount: number) => Number(decimal(amount, decimals))
  const sums = sold.taxes.reduce((all, tax) => all + tax.amount, 0)
  const due =
    sold.discounted_subtotal +
    sums -
    (sold.withholding?.amount ?? 0) -
    sold.deductions.reduce((all, { amount }) => all + amount, 0)
  same('type', bill.type, sold.type)
  same('number', bill.document_id, invoice.number)
  same('issued', bill.issued_at, sold.issued)
  same('due', bill.due_date, invoice.due)
  same('currency', bill.currency, sold.currency)
  same('net', bill.subtotal, money(sold.discounted_subtotal))
  same('tax', bill.tax_amount, money(sums))
  same('gross', bill.total, money(totals.gross))
  same('payable', bill.due, money(due))
  same('seller', bill.seller.name, invoice.seller.name)
  same('buyer', bill.buyer.name, invoice.buyer.name)
  same('VAT ID of the seller', bill.seller.vat_id, invoice.seller.vat_id)
  same('VAT ID of the buyer', bill.buyer.vat_id, invoice.buyer.vat_id)
  same('IBAN', bill.seller.iban, invoice.payment?.account?.iban ?? null)
  same('order', bill.purchase_order_number, invoice.order)
  same('original', bill.original_document_id, invoice.preceding?.number ?? null)
  same('lines', bill.lines.length, sold.lines.length)
  bill.lines.forEach((line, i) => {
    const told = invoice.lines[i]
    if (!told) return
    same(`line ${i + 1}: name`, line.description, told.name)
    same(`line ${i + 1}: net`, line.total, money(told.net))
    same(`line ${i + 1}: quantity`, line.quantity, Number(told.quantity))
    same(`line ${i + 1}: rate`, line.vat_rate, told.rate / 100)
    same(`line ${i + 1}: unit`, line.unit, told.unit)
  })
  return found
}
