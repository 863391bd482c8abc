import { isDate } from '../calendar.ts'
import { isObject } from '../json.ts'
import { nobody } from './parties.ts'
import type { ReadAddress, ReadBill, ReadCharge, ReadLine, ReadParty } from './types.ts'
import { isIban } from './values.ts'

/**
 * Electronic invoices (EN 16931) in both of their languages, UBL 2.1 and UN/CEFACT CII, and ZUGFeRD 1.0, the forerunner of CII: read
 * exactly, nothing to be guessed. Pure.
 */

/** An element of a parsed XML document: its attributes (`@name`), children by their local name, and its text (`#text`). */
export type Node = { readonly [name: string]: unknown }

const asNode = (value: unknown): Node | null => (isObject(value) ? value : null)
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
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/
const amount = (node: Node | null, path: string): number | null => {
  const found = text(node, path)
  return found !== null && NUMBER.test(found) ? Number(found) : null
}
/** A boolean of XML Schema. */
const isTrue = (node: Node | null, path: string): boolean => ['true', '1'].includes(text(node, path) ?? '')
/** A currency, where somebody wrote it in small letters as well. */
const currencyIn = (code: string | null): string | null => code?.toUpperCase() || null
/** The first of these paths that leads to an amount. */
const oneOf = (node: Node | null, ...paths: string[]): number | null => {
  for (const path of paths) {
    const found = amount(node, path)
    if (found !== null) return found
  }
  return null
}
/** Sums in decimal, so that cents add up. */
const added = (values: readonly (number | null)[]) =>
  Math.round(values.reduce<number>((sum, value) => sum + (value ?? 0), 0) * 1e6) / 1e6

/** Why an XML document is not a bill that can be read, in words for a person. */
export interface NoBill {
  readonly refused: string
}

const UBL_NAMESPACE = /^urn:oasis:names:(?:specification|tc):ubl:(?:schema:)?xsd:(Invoice|CreditNote)-\d/i
const CII_NAMESPACE = /^urn:(?:un:unece:uncefact:data:standard:CrossIndustryInvoice|ferd:CrossIndustryDocument):/i
/** Roots that people take for invoices, and what they are. */
const OTHERS: readonly [pattern: RegExp, what: string][] = [
  [/ebinterface/i, 'an invoice in the Austrian format ebInterface'],
  [/fatturapa|ivaservizi/i, 'an invoice in the Italian format FatturaPA'],
  [/facturae/i, 'an invoice in the Spanish format Facturae'],
  [/SCRDMCCBDACIOMessageStructure/i, 'an order (Order-X)'],
  [/CrossIndustryOrder/i, 'an order'],
  [/CrossIndustryDespatchAdvice|DespatchAdvice/i, 'a despatch advice'],
  [/\bOrder(?:Response|Change|Cancellation)?-2/i, 'an order'],
  [/\bCatalogue/i, 'a catalogue'],
  [/\bReminder-2/i, 'a reminder'],
  [/\bSelfBilled(?:Invoice|CreditNote)-2/i, 'a self-billed invoice'],
  [/\bApplicationResponse-2/i, 'an application response'],
  [/\bStatement-2/i, 'a statement'],
]

/**
 * The bill in an electronic invoice, or why there is none. `name` is the local name of the document's outermost element, `namespace` the
 * one it belongs to: other formats, too, call their root Invoice.
 */
export function readEInvoice(name: string, namespace: string, root: Node): ReadBill | NoBill {
  const isUbl = UBL_NAMESPACE.exec(namespace)?.[1]
  const isCii = CII_NAMESPACE.test(namespace) && (name === 'CrossIndustryInvoice' || name === 'CrossIndustryDocument')
  if (isUbl !== name && !isCii) {
    const other = OTHERS.find(([pattern]) => pattern.test(`${namespace} ${name}`))?.[1]
    return { refused: `The XML is ${other ?? `a document of another kind (${name})`}: bills are read from UBL, CII and ZUGFeRD` }
  }
  const document = name === 'CrossIndustryDocument' ? newer(root) : root
  const illegible = isCii ? illegibleIn(at(document, CII_SUMS.root)[0] ?? null, CII_SUMS) : illegibleIn(document, UBL_SUMS)
  if (illegible !== null) return { refused: illegible }
  const bill = isCii ? cii(document) : ubl(document, name === 'CreditNote')
  if (bill.document_id === null && bill.total === null)
    return { refused: 'The XML has neither a number nor a total: it is not a complete invoice' }
  return bill
}

/** Where sums stand. */
const UBL_SUMS = {
  currency: 'DocumentCurrencyCode',
  totals: 'LegalMonetaryTotal',
  amounts: [
    'TaxTotal/TaxAmount',
    'AllowanceCharge/Amount',
    'InvoiceLine/LineExtensionAmount',
    'CreditNoteLine/LineExtensionAmount',
  ],
}
const CII_SUMS = {
  root: 'SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement',
  currency: 'InvoiceCurrencyCode',
  totals: 'SpecifiedTradeSettlementHeaderMonetarySummation',
  amounts: ['SpecifiedTradeAllowanceCharge/ActualAmount', 'SpecifiedLogisticsServiceCharge/AppliedAmount'],
}
/** No bill comes to more. Its amount in minor units is a number that can be counted exactly. */
const AMOUNT_MAX = 9e12

/** Why the sums of a document can't be trusted: one is no number, or in another currency. Without it the others would come to something else. */
function illegibleIn(node: Node | null, { currency, totals, amounts }: typeof UBL_SUMS): string | null {
  const all = at(node, totals).flatMap((one) => Object.entries(one).filter(([name]) => !/^[#@]/.test(name)))
  const sums = all.flatMap(([name]) => at(node, `${totals}/${name}`).map((one) => [name, one] as const))
  const others = amounts.flatMap((path) => at(node, path).map((one) => [path.split('/').at(-1)!, one] as const))
  for (const [name, one] of [...sums, ...others]) {
    const found = textOf(one)
    if (found !== null && (!NUMBER.test(found) || Math.abs(Number(found)) > AMOUNT_MAX))
      return `The ${name} of the XML says "${found.slice(0, 40)}", which is not an amount`
  }
  const own = currencyIn(text(node, currency))
  for (const [name, one] of sums) {
    const code = currencyIn(String(one['@currencyID'] ?? ''))
    if (own !== null && code !== null && code !== own && name !== 'TaxTotalAmount')
      return `The ${name} of the XML is in ${code.slice(0, 40)}, the document in ${own.slice(0, 40)}`
  }
  return null
}

const day = (found: string | null): string | null => {
  const written = found?.replace(/^(\d{4})-?(\d{2})-?(\d{2}).*$/s, '$1-$2-$3') ?? ''
  return isDate(written) ? written : null
}
const single = <T>(values: readonly T[]): T | null => (new Set(values).size === 1 ? values[0]! : null)
/** What does not add up is found where the bill is kept, in minor units. An account that no bank has is kept as it stands, and told. */
const exact = (bill: Omit<ReadBill, 'confidence' | 'doubts'>): ReadBill => {
  const { iban } = bill.seller
  const doubts = iban === null || isIban(iban) ? [] : [`The account ${iban} is no IBAN: its check digits or its length are wrong`]
  return { ...bill, confidence: certain(bill), doubts }
}
const certain = (bill: object) =>
  Object.fromEntries(
    Object.entries(bill).flatMap(([field, value]) => (value === null || typeof value === 'object' ? [] : [[field, 1]])),
  )

/** Codes of documents that take back (UNTDID 1001). */
const CREDIT_CODES = new Set(['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '532'])

// UBL

function ubl(root: Node, credit: boolean): ReadBill {
  const totals = at(root, 'LegalMonetaryTotal')[0] ?? null
  const seller = at(root, 'AccountingSupplierParty/Party')[0] ?? null
  const payee = at(root, 'PaymentMeans/PayeeFinancialAccount')[0] ?? null
  const currency = currencyIn(
    text(root, 'DocumentCurrencyCode') ??
      single(
        ['PayableAmount', 'TaxInclusiveAmount'].flatMap((name) =>
          at(totals, name).map((one) => String(one['@currencyID'] ?? '')),
        ),
      ),
  )
  // The tax may be stated a second time in the currency of the seller's books.
  const taxes = at(root, 'TaxTotal').filter((one) => {
    const own = currencyIn(String(at(one, 'TaxAmount')[0]?.['@currencyID'] ?? ''))
    return !currency || !own || own === currency
  })
  const rates = taxes.flatMap((one) => at(one, 'TaxSubtotal/TaxCategory')).map(rateIn)
  const rate = single(rates.filter((found) => found !== null))
  const code = text(root, credit ? 'CreditNoteTypeCode' : 'InvoiceTypeCode')
  const charges = at(root, 'AllowanceCharge').flatMap((one) => {
    const value = amount(one, 'Amount')
    const sign = isTrue(one, 'ChargeIndicator') ? 1 : -1
    return value === null || value === 0
      ? []
      : [{ amount: sign * value, vat_rate: rateIn(at(one, 'TaxCategory')[0] ?? null) ?? rate }]
  })
  const subtotal = amount(totals, 'TaxExclusiveAmount') ?? netOf(amount(totals, 'LineExtensionAmount'), charges)
  const tax_amount = taxes.length > 0 ? added(taxes.map((one) => amount(one, 'TaxAmount'))) : null
  return exact({
    type: credit || (code !== null && CREDIT_CODES.has(code)) ? 'credit_note' : 'invoice',
    document_id: text(root, 'ID'),
    original_document_id: text(root, 'BillingReference/InvoiceDocumentReference/ID'),
    issued_at: day(text(root, 'IssueDate')),
    due_date: day(
      text(root, 'DueDate') ?? text(root, 'PaymentMeans/PaymentDueDate') ?? text(root, 'PaymentTerms/PaymentDueDate'),
    ),
    currency,
    total: amount(totals, 'TaxInclusiveAmount') ?? grossOf(subtotal, tax_amount) ?? amount(totals, 'PayableAmount'),
    subtotal,
    tax_amount,
    tax_rate: rate,
    discount: null,
    paid: amount(totals, 'PrepaidAmount'),
    due: amount(totals, 'PayableAmount'),
    rounding: amount(totals, 'PayableRoundingAmount'),
    charges,
    payment_terms: lines(at(root, 'PaymentTerms/Note')),
    purchase_order_number: text(root, 'OrderReference/ID'),
    seller: {
      ...ublParty(seller),
      iban: ibanOf(text(payee, 'ID')),
      account_number: otherOf(text(payee, 'ID')),
      bic: text(payee, 'FinancialInstitutionBranch/ID'),
    },
    buyer: ublParty(at(root, 'AccountingCustomerParty/Party')[0] ?? null),
    lines: at(root, credit ? 'CreditNoteLine' : 'InvoiceLine').map((line) => ublLine(line, credit, rate)),
  })
}

/** The rate of a tax category in percent; nothing is said of one that is exempt. */
const rateIn = (category: Node | null): number | null =>
  amount(category, 'Percent') ?? (['Z', 'E', 'AE', 'K', 'G', 'O'].includes(text(category, 'ID') ?? '') ? 0 : null)
const netOf = (sum: number | null, charges: readonly ReadCharge[]) =>
  sum === null ? null : added([sum, ...charges.map((one) => one.amount)])
const grossOf = (net: number | null, tax: number | null) => (net === null || tax === null ? null : added([net, tax]))
/** Several notes are one text. */
const lines = (notes: readonly Node[]): string | null => notes.flatMap((note) => textOf(note) ?? []).join('\n') || null

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

function ublLine(line: Node, credit: boolean, rate: number | null): ReadLine {
  const quantity = at(line, credit ? 'CreditedQuantity' : 'InvoicedQuantity')[0]
  const base = amount(line, 'Price/BaseQuantity') ?? 1
  const price = amount(line, 'Price/PriceAmount')
  return {
    description: text(line, 'Item/Name') ?? text(line, 'Item/Description'),
    quantity: quantity ? amount({ quantity }, 'quantity') : null,
    unit: typeof quantity?.['@unitCode'] === 'string' ? quantity['@unitCode'] : null,
    unit_price: price === null ? null : price / (base || 1),
    total: amount(line, 'LineExtensionAmount'),
    vat_rate: rateIn(at(line, 'Item/ClassifiedTaxCategory')[0] ?? null) ?? rate,
  }
}

// CII

/** ZUGFeRD 1.0 calls the same things by other names: here they get the newer ones. */
const NEWER: Readonly<Record<string, string>> = {
  HeaderExchangedDocument: 'ExchangedDocument',
  SpecifiedSupplyChainTradeTransaction: 'SupplyChainTradeTransaction',
  ApplicableSupplyChainTradeAgreement: 'ApplicableHeaderTradeAgreement',
  ApplicableSupplyChainTradeSettlement: 'ApplicableHeaderTradeSettlement',
  SpecifiedTradeSettlementMonetarySummation: 'SpecifiedTradeSettlementHeaderMonetarySummation',
  SpecifiedSupplyChainTradeAgreement: 'SpecifiedLineTradeAgreement',
  SpecifiedSupplyChainTradeDelivery: 'SpecifiedLineTradeDelivery',
  SpecifiedSupplyChainTradeSettlement: 'SpecifiedLineTradeSettlement',
  ApplicablePercent: 'RateApplicablePercent',
}
function newer(value: Node): Node {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      NEWER[name] ?? name,
      Array.isArray(inner) ? inner.map((one) => (asNode(one) ? newer(one) : one)) : asNode(inner) ? newer(inner as Node) : inner,
    ]),
  )
}

function cii(root: Node): ReadBill {
  const document = at(root, 'ExchangedDocument')[0] ?? null
  const trade = at(root, 'SupplyChainTradeTransaction')[0] ?? null
  const agreement = at(trade, 'ApplicableHeaderTradeAgreement')[0] ?? null
  const settlement = at(trade, 'ApplicableHeaderTradeSettlement')[0] ?? null
  const totals = at(settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation')[0] ?? null
  const taxes = at(totals, 'TaxTotalAmount')
  const currency = currencyIn(
    text(settlement, 'InvoiceCurrencyCode') ??
      single(
        ['DuePayableAmount', 'GrandTotalAmount'].flatMap((name) =>
          at(totals, name).map((one) => String(one['@currencyID'] ?? '')),
        ),
      ),
  )
  const own = (one: Node) => currencyIn(String(one['@currencyID'] ?? ''))
  const tax = taxes.find((one) => own(one) === currency) ?? taxes.find((one) => own(one) === null)
  const rates = at(settlement, 'ApplicableTradeTax').map(ciiRate)
  const rate = single(rates.filter((found) => found !== null))
  const code = text(document, 'TypeCode')
  const charges = [
    ...at(settlement, 'SpecifiedTradeAllowanceCharge').flatMap((one) => {
      const value = amount(one, 'ActualAmount')
      const sign = isTrue(one, 'ChargeIndicator/Indicator') ? 1 : -1
      const own = ciiRate(at(one, 'CategoryTradeTax')[0] ?? null)
      return value === null || value === 0 ? [] : [{ amount: sign * value, vat_rate: own ?? rate }]
    }),
    ...at(settlement, 'SpecifiedLogisticsServiceCharge').flatMap((one) => {
      const value = amount(one, 'AppliedAmount')
      const own = ciiRate(at(one, 'AppliedTradeTax')[0] ?? null)
      return value === null || value === 0 ? [] : [{ amount: value, vat_rate: own ?? rate }]
    }),
  ]
  const subtotal = amount(totals, 'TaxBasisTotalAmount') ?? netOf(amount(totals, 'LineTotalAmount'), charges)
  const tax_amount = tax ? amount({ tax }, 'tax') : null
  const terms = at(settlement, 'SpecifiedTradePaymentTerms')
  const accounts = at(settlement, 'SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount')
  return exact({
    type: code !== null && CREDIT_CODES.has(code) ? 'credit_note' : 'invoice',
    document_id: text(document, 'ID'),
    original_document_id: text(settlement, 'InvoiceReferencedDocument/IssuerAssignedID'),
    issued_at: day(text(document, 'IssueDateTime/DateTimeString')),
    due_date: day(terms.map((one) => text(one, 'DueDateDateTime/DateTimeString')).find((found) => found !== null) ?? null),
    currency,
    total: amount(totals, 'GrandTotalAmount') ?? grossOf(subtotal, tax_amount) ?? amount(totals, 'DuePayableAmount'),
    subtotal,
    tax_amount,
    tax_rate: rate,
    discount: null,
    paid: amount(totals, 'TotalPrepaidAmount'),
    due: amount(totals, 'DuePayableAmount'),
    rounding: amount(totals, 'RoundingAmount'),
    charges,
    payment_terms: lines(terms.flatMap((one) => at(one, 'Description'))),
    purchase_order_number: text(agreement, 'BuyerOrderReferencedDocument/IssuerAssignedID'),
    seller: {
      ...ciiParty(at(agreement, 'SellerTradeParty')[0] ?? null),
      iban: accounts.map((one) => ibanOf(text(one, 'IBANID'))).find((found) => found !== null) ?? null,
      account_number: accounts.map((one) => text(one, 'ProprietaryID')).find((found) => found !== null) ?? null,
      bic: text(settlement, 'SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID'),
    },
    buyer: ciiParty(at(agreement, 'BuyerTradeParty')[0] ?? null),
    // A line that heads a group, or only informs, is no part of the sum.
    lines: at(trade, 'IncludedSupplyChainTradeLineItem')
      .filter(
        (line) => !['GROUP', 'INFORMATION'].includes(text(line, 'AssociatedDocumentLineDocument/LineStatusReasonCode') ?? ''),
      )
      .map((line) => ciiLine(line, rate)),
  })
}

const ciiRate = (tax: Node | null): number | null =>
  amount(tax, 'RateApplicablePercent') ?? (['Z', 'E', 'AE', 'K', 'G', 'O'].includes(text(tax, 'CategoryCode') ?? '') ? 0 : null)

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

function ciiLine(line: Node, rate: number | null): ReadLine {
  const quantity = at(line, 'SpecifiedLineTradeDelivery/BilledQuantity')[0]
  const price = at(line, 'SpecifiedLineTradeAgreement/NetPriceProductTradePrice')[0] ?? null
  const net = amount(price, 'ChargeAmount')
  return {
    description: text(line, 'SpecifiedTradeProduct/Name'),
    quantity: quantity ? amount({ quantity }, 'quantity') : null,
    unit: typeof quantity?.['@unitCode'] === 'string' ? quantity['@unitCode'] : null,
    unit_price: net === null ? null : net / (amount(price, 'BasisQuantity') || 1),
    total: oneOf(
      line,
      'SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount',
      'SpecifiedLineTradeSettlement/SpecifiedTradeSettlementMonetarySummation/LineTotalAmount',
      // ZUGFeRD 1.0, whose sums of lines have got the newer name of those of documents.
      'SpecifiedLineTradeSettlement/SpecifiedTradeSettlementHeaderMonetarySummation/LineTotalAmount',
    ),
    vat_rate: ciiRate(at(line, 'SpecifiedLineTradeSettlement/ApplicableTradeTax')[0] ?? null) ?? rate,
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
