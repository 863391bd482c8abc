import { nobody } from './read-bill.ts'
import type { ReadAddress, ReadBill, ReadLine, ReadParty } from './types.ts'

/** Electronic invoices (EN 16931) in both of their languages, UBL 2.1 and UN/CEFACT CII: read exactly, nothing to be guessed. Pure. */

/** An element of a parsed XML document: its attributes (`@name`), children by their local name, and its text (`#text`). */
export type Node = { readonly [name: string]: unknown }

const asNode = (value: unknown): Node | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : null
const all = (value: unknown): Node[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => asNode(one) ?? { '#text': one })

/** All elements at a path; a path goes through every branch. */
function at(node: Node | null, path: string): Node[] {
  let found: Node[] = node ? [node] : []
  for (const name of path.split('/')) found = found.flatMap((one) => all(one[name]))
  return found
}
const textOf = (node: Node | undefined): string | null => {
  const text = node?.['#text']
  return text === undefined || text === null || String(text).trim() === '' ? null : String(text).trim()
}
const text = (node: Node | null, path: string): string | null =>
  at(node, path)
    .map(textOf)
    .find((found) => found !== null) ?? null
const amount = (node: Node | null, path: string): number | null => {
  const found = text(node, path)
  return found !== null && /^[+-]?\d+(\.\d+)?$/.test(found) ? Number(found) : null
}

/** A bill in an electronic invoice; null when the document is none. `root` is its outermost element and that element's local name. */
export function readEInvoice(name: string, root: Node): ReadBill | null {
  if (name === 'Invoice' || name === 'CreditNote') return ubl(root, name === 'CreditNote')
  if (name === 'CrossIndustryInvoice' || name === 'CrossIndustryDocument') return cii(root)
  return null
}

const day = (found: string | null): string | null => {
  const [, y, m, d] = found?.match(/^(\d{4})-?(\d{2})-?(\d{2})/) ?? []
  return y ? `${y}-${m}-${d}` : null
}
const single = <T>(values: readonly T[]): T | null => (new Set(values).size === 1 ? values[0]! : null)
const exact = (bill: Omit<ReadBill, 'confidence' | 'doubts'>): ReadBill => ({
  ...bill,
  confidence: certain(bill),
  doubts: doubts(bill),
})
const certain = (bill: object) =>
  Object.fromEntries(
    Object.entries(bill).flatMap(([field, value]) => (value === null || typeof value === 'object' ? [] : [[field, 1]])),
  )

function doubts({ total, subtotal, tax_amount }: Pick<ReadBill, 'total' | 'subtotal' | 'tax_amount'>): string[] {
  if (total === null || subtotal === null || tax_amount === null || Math.abs(subtotal + tax_amount - total) < 0.015) return []
  return [`The net amount ${subtotal} and the tax ${tax_amount} don't come to the total ${total}`]
}

/** Codes of documents that take back (UNTDID 1001). */
const CREDIT_CODES = new Set(['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '532'])

// UBL

function ubl(root: Node, credit: boolean): ReadBill {
  const totals = at(root, 'LegalMonetaryTotal')[0] ?? null
  const seller = at(root, 'AccountingSupplierParty/Party')[0] ?? null
  const payee = at(root, 'PaymentMeans/PayeeFinancialAccount')[0] ?? null
  const lines = at(root, credit ? 'CreditNoteLine' : 'InvoiceLine').map((line) => ublLine(line, credit))
  const currency = text(root, 'DocumentCurrencyCode')
  const tax = at(root, 'TaxTotal/TaxAmount').filter((one) => !currency || !one['@currencyID'] || one['@currencyID'] === currency)
  const code = text(root, credit ? 'CreditNoteTypeCode' : 'InvoiceTypeCode')
  return exact({
    type: credit || (code !== null && CREDIT_CODES.has(code)) ? 'credit_note' : 'invoice',
    document_id: text(root, 'ID'),
    original_document_id: text(root, 'BillingReference/InvoiceDocumentReference/ID'),
    issued_at: day(text(root, 'IssueDate')),
    due_date: day(text(root, 'DueDate') ?? text(root, 'PaymentMeans/PaymentDueDate')),
    currency,
    total: amount(totals, 'TaxInclusiveAmount') ?? amount(totals, 'PayableAmount'),
    subtotal: amount(totals, 'TaxExclusiveAmount'),
    tax_amount: tax[0] ? amount({ tax: tax[0] }, 'tax') : null,
    tax_rate: single(at(root, 'TaxTotal/TaxSubtotal/TaxCategory/Percent').map((one) => Number(textOf(one)))),
    discount: null,
    paid: amount(totals, 'PrepaidAmount'),
    payment_terms: text(root, 'PaymentTerms/Note'),
    purchase_order_number: text(root, 'OrderReference/ID'),
    seller: {
      ...ublParty(seller),
      iban: ibanOf(text(payee, 'ID')),
      account_number: otherOf(text(payee, 'ID')),
      bic: text(payee, 'FinancialInstitutionBranch/ID'),
    },
    buyer: ublParty(at(root, 'AccountingCustomerParty/Party')[0] ?? null),
    lines: lines.filter((line) => line !== null),
  })
}

function ublParty(party: Node | null): ReadParty {
  const schemes = at(party, 'PartyTaxScheme')
  const vat = schemes.find((one) => (text(one, 'TaxScheme/ID') ?? 'VAT') === 'VAT')
  const other = schemes.find((one) => one !== vat)
  const address = at(party, 'PostalAddress')[0] ?? null
  return {
    ...nobody,
    name: text(party, 'PartyLegalEntity/RegistrationName') ?? text(party, 'PartyName/Name'),
    email: text(party, 'Contact/ElectronicMail'),
    phone: text(party, 'Contact/Telephone'),
    tax_id: other ? text(other, 'CompanyID') : text(party, 'PartyLegalEntity/CompanyID'),
    vat_id: vat ? text(vat, 'CompanyID') : null,
    address: placeOf(address, {
      line1: 'StreetName',
      line2: 'AdditionalStreetName',
      city: 'CityName',
      postal_code: 'PostalZone',
      state: 'CountrySubentity',
      country: 'Country/IdentificationCode',
    }),
  }
}

function ublLine(line: Node, credit: boolean): ReadLine {
  const quantity = at(line, credit ? 'CreditedQuantity' : 'InvoicedQuantity')[0]
  const base = amount(line, 'Price/BaseQuantity') ?? 1
  const price = amount(line, 'Price/PriceAmount')
  return {
    description: text(line, 'Item/Name') ?? text(line, 'Item/Description'),
    quantity: quantity ? amount({ quantity }, 'quantity') : null,
    unit: typeof quantity?.['@unitCode'] === 'string' ? quantity['@unitCode'] : null,
    unit_price: price === null ? null : price / (base || 1),
    total: amount(line, 'LineExtensionAmount'),
    vat_rate: amount(line, 'Item/ClassifiedTaxCategory/Percent'),
  }
}

// CII

function cii(root: Node): ReadBill {
  const document = at(root, 'ExchangedDocument')[0] ?? null
  const trade = at(root, 'SupplyChainTradeTransaction')[0] ?? null
  const agreement = at(trade, 'ApplicableHeaderTradeAgreement')[0] ?? null
  const settlement = at(trade, 'ApplicableHeaderTradeSettlement')[0] ?? null
  const totals = at(settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation')[0] ?? null
  const currency = text(settlement, 'InvoiceCurrencyCode')
  const tax = at(totals, 'TaxTotalAmount').find((one) => !one['@currencyID'] || one['@currencyID'] === currency)
  const code = text(document, 'TypeCode')
  const account = text(settlement, 'SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/ProprietaryID')
  return exact({
    type: code !== null && CREDIT_CODES.has(code) ? 'credit_note' : 'invoice',
    document_id: text(document, 'ID'),
    original_document_id: text(settlement, 'InvoiceReferencedDocument/IssuerAssignedID'),
    issued_at: day(text(document, 'IssueDateTime/DateTimeString')),
    due_date: day(text(settlement, 'SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString')),
    currency,
    total: amount(totals, 'GrandTotalAmount'),
    subtotal: amount(totals, 'TaxBasisTotalAmount'),
    tax_amount: tax ? amount({ tax }, 'tax') : null,
    tax_rate: single(at(settlement, 'ApplicableTradeTax/RateApplicablePercent').map((one) => Number(textOf(one)))),
    discount: null,
    paid: amount(totals, 'TotalPrepaidAmount'),
    payment_terms: text(settlement, 'SpecifiedTradePaymentTerms/Description'),
    purchase_order_number: text(agreement, 'BuyerOrderReferencedDocument/IssuerAssignedID'),
    seller: {
      ...ciiParty(at(agreement, 'SellerTradeParty')[0] ?? null),
      iban: ibanOf(text(settlement, 'SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID')),
      account_number: account,
      bic: text(settlement, 'SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID'),
    },
    buyer: ciiParty(at(agreement, 'BuyerTradeParty')[0] ?? null),
    lines: at(trade, 'IncludedSupplyChainTradeLineItem').map(ciiLine),
  })
}

function ciiParty(party: Node | null): ReadParty {
  const ids = at(party, 'SpecifiedTaxRegistration/ID')
  const by = (scheme: string) => textOf(ids.find((one) => one['@schemeID'] === scheme))
  const address = at(party, 'PostalTradeAddress')[0] ?? null
  return {
    ...nobody,
    name: text(party, 'Name'),
    email: text(party, 'DefinedTradeContact/EmailURIUniversalCommunication/URIID'),
    phone: text(party, 'DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber'),
    tax_id: by('FC') ?? text(party, 'SpecifiedLegalOrganization/ID'),
    vat_id: by('VA'),
    address: placeOf(address, {
      line1: 'LineOne',
      line2: 'LineTwo',
      city: 'CityName',
      postal_code: 'PostcodeCode',
      state: 'CountrySubDivisionName',
      country: 'CountryID',
    }),
  }
}

function ciiLine(line: Node): ReadLine {
  const quantity = at(line, 'SpecifiedLineTradeDelivery/BilledQuantity')[0]
  const price = at(line, 'SpecifiedLineTradeAgreement/NetPriceProductTradePrice')[0] ?? null
  const net = amount(price, 'ChargeAmount')
  return {
    description: text(line, 'SpecifiedTradeProduct/Name'),
    quantity: quantity ? amount({ quantity }, 'quantity') : null,
    unit: typeof quantity?.['@unitCode'] === 'string' ? quantity['@unitCode'] : null,
    unit_price: net === null ? null : net / (amount(price, 'BasisQuantity') || 1),
    total: amount(line, 'SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount'),
    vat_rate: amount(line, 'SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent'),
  }
}

// Both

function placeOf(address: Node | null, paths: Record<keyof ReadAddress, string>): ReadAddress | null {
  if (!address) return null
  const found = Object.fromEntries(
    Object.entries(paths).map(([field, path]) => [field, text(address, path)]),
  ) as unknown as ReadAddress
  return Object.values(found).some(Boolean) ? found : null
}
const bare = (value: string) => value.replace(/\s/g, '').toUpperCase()
const looksLikeIban = (value: string | null) => value !== null && /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare(value))
const ibanOf = (value: string | null) => (looksLikeIban(value) ? bare(value!) : null)
const otherOf = (value: string | null) => (looksLikeIban(value) ? null : value)
