import { isDate } from '../calendar.ts'
import { countries } from '../countries.data.ts'
import { isCurrency } from '../currencies.ts'
import { decimal, exact, type Minor, percentOf, rateOf, sum } from '../money.ts'
import { isIban } from '../reading/values.ts'
import { type Asks, type Check, given } from './asking.ts'
import type { Category, EInvoice, Finding, InvoiceLine, Profile, TaxBreakdown } from './model.ts'
import { national } from './national.ts'
import { reasonCodes } from './reasons.data.ts'
import { isEnterpriseNumber, isGln, isLeitwegId, looksLikeLeitwegId, vatSchemes } from './schemes.data.ts'
import { knownUnits } from './units.data.ts'

/**
 * The rules of EN 16931, Peppol BIS Billing 3 and XRechnung 3 that documents of ours can break, asked of the model. An official rule goes by
 * its number; `QT` are ours, for what passes the rules and is wrong all the same. Field names are those of requests.
 */
export function checkEInvoice(invoice: EInvoice, profile: Profile): Finding[] {
  const found: Finding[] = []
  const say = (rule: string, severity: Finding['severity']) => (message: string, field: string | null) => {
    found.push({ rule, severity, message, field })
  }
  const check: Check = {
    error: (rule, holds, message, field = null) => holds || say(rule, 'error')(message, field),
    warn: (rule, holds, message, field = null) => holds || say(rule, 'warning')(message, field),
  }
  const german =
    profile === 'xrechnung' ||
    (profile === 'peppol' && invoice.seller.address.country === 'DE' && invoice.buyer.address.country === 'DE')
  head(invoice, check)
  parties(invoice, check)
  lines(invoice, check)
  sums(invoice, check)
  for (const tax of invoice.taxes) categoryRules(invoice, tax, check)
  categoriesTogether(invoice, check)
  payment(invoice, check)
  files(invoice, check)
  if (profile === 'peppol') peppol(invoice, check)
  if (profile !== 'en16931') addresses(invoice, check)
  if (german) xrechnung(invoice, check, profile === 'peppol' ? 'DE-R' : 'BR-DE')
  return found
}

const at = (index: number, field: string) => `line_items[${index}].${field}`

// The document

function head(invoice: EInvoice, { error, warn }: Check): void {
  const { preceding, tax_currency: books, totals } = invoice
  error('BR-02', given(invoice.number), 'The document has no number', 'document_id')
  error('BR-03', isDate(invoice.issued), 'The day of issue is not a day', 'issue_date')
  error('BR-04', ['380', '381'].includes(invoice.type), 'The type of the document is unknown', 'type')
  error('BR-CL-04', isCurrency(invoice.currency), `${invoice.currency} is not a currency`, 'currency')
  error(
    'BR-DEC-12',
    invoice.decimals <= 2,
    `Amounts of ${invoice.currency} have ${invoice.decimals} decimals, e-invoices two`,
    'currency',
  )
  error('QT-DUE', invoice.due === null || isDate(invoice.due), 'The due date is not a day', 'payment_terms')
  error(
    'BR-CO-25',
    totals.payable <= 0 || given(invoice.due) || given(invoice.terms),
    'Money is due, but neither a due date nor payment terms are named',
    'payment_terms',
  )
  if (books) {
    error(
      'BR-53',
      books.amount !== null,
      `The VAT has to be named in ${books.currency} as well: how much of it is one ${invoice.currency}?`,
      'tax_currency_exchange_rate',
    )
    error(
      'BR-CL-05',
      isCurrency(books.currency) && books.currency !== invoice.currency,
      'The tax currency is not another one',
      'currency',
    )
    error(
      'PEPPOL-EN16931-R055',
      books.amount === null || books.amount >= 0 === totals.tax >= 0,
      'Both amounts of VAT need the same sign',
      'tax_currency_exchange_rate',
    )
  }
  if (invoice.type === '381') {
    error('QT-CREDIT', preceding !== null, 'The credit note does not say which invoice it is about', 'based_on')
    warn(
      'QT-CREDIT-DATE',
      preceding === null || given(preceding.issued),
      'The day of the invoice that it is about is not named',
      'based_on',
    )
    error(
      'QT-CREDIT-ACCOUNT',
      !invoice.payment?.account,
      'A credit note asks for no money, but names an account',
      'entity_bank_account_id',
    )
  }
  error('BR-55', preceding === null || given(preceding.number), 'The invoice that it is about has no number', 'based_on')
  error(
    'QT-CREDIT-DAY',
    !given(preceding?.issued) || isDate(preceding.issued),
    'The day of the invoice that it is about is not a day',
    'based_on',
  )
  const { date, address } = invoice.delivery
  error('QT-DELIVERED', date === null || isDate(date), 'The day of delivery is not a day', 'fulfillment_date')
  error(
    'BR-57',
    address === null || given(address.country),
    'The place of delivery has no country',
    'counterpart_shipping_address_id',
  )
  for (const { text } of invoice.notes) error('QT-EMPTY', given(text), 'A note is empty', 'memo')
}

// Parties

/** Countries of ISO 3166-1, and what VAT numbers begin with beside them. */
const known = new Set<string>(countries)
const isCountry = (code: string) => known.has(code) && !['IC', 'EA', 'AN'].includes(code)
const isPrefix = (code: string) => isCountry(code) || code === 'EL' || code === 'XI'

/** The EAS list, as far as our documents can name it. */
const EAS = new Set([
  ...Object.values(vatSchemes),
  'EM',
  ...'0002 0007 0009 0060 0088 0106 0184 0190 0192 0196 0208 0212'.split(' '),
])

function parties({ seller, buyer, taxes }: EInvoice, { error }: Check): void {
  error('BR-06', given(seller.name), 'The seller has no name', 'entity.name')
  error('BR-07', given(buyer.name), 'The buyer has no name', 'counterpart_id')
  error('BR-09', given(seller.address.country), "The seller's address has no country", 'entity_address')
  error('BR-11', given(buyer.address.country), "The buyer's address has no country", 'counterpart_billing_address_id')
  for (const [who, field] of [
    [seller.address, 'entity_address'],
    [buyer.address, 'counterpart_billing_address_id'],
  ] as const)
    error('BR-CL-14', isCountry(who.country), `${who.country} is not a country that e-invoices know`, field)
  error(
    'BR-CO-26',
    [seller.id?.value, seller.registration?.value, seller.vat_id].some(given),
    'The seller needs a VAT ID, a register number or another number by which it is known',
    'entity.registration_number',
  )
  for (const [vat, field] of [
    [seller.vat_id, 'entity_vat_id_id'],
    [buyer.vat_id, 'counterpart_vat_id_id'],
  ] as const)
    error(
      'BR-CO-09',
      vat === null || (isPrefix(vat.slice(0, 2)) && vat.length > 4),
      `${vat} does not begin with a country`,
      field,
    )
  for (const [endpoint, field] of [
    [seller.endpoint, 'network_credentials_id'],
    [buyer.endpoint, 'counterpart_einvoicing_credentials_id'],
  ] as const) {
    if (!endpoint) continue
    error('BR-62', given(endpoint.value) && given(endpoint.scheme), 'An electronic address needs a value and a scheme', field)
    error('BR-CL-25', EAS.has(endpoint.scheme ?? ''), `${endpoint.scheme} is not a scheme of electronic addresses`, field)
  }
  const numbers = [
    [seller.id, 'entity.registration_number'],
    [seller.registration, 'entity.registration_number'],
    [seller.endpoint, 'network_credentials_id'],
    [buyer.id, 'counterpart_id'],
    [buyer.registration, 'counterpart_id'],
    [buyer.endpoint, 'counterpart_einvoicing_credentials_id'],
  ] as const
  for (const [id, field] of numbers) {
    if (!id) continue
    error('QT-EMPTY', given(id.value), 'A number is empty', field)
    error('PEPPOL-COMMON-R040', id.scheme !== '0088' || isGln(id.value), `${id.value} is not a GLN`, field)
    error(
      'PEPPOL-COMMON-R043',
      id.scheme !== '0208' || isEnterpriseNumber(id.value),
      `${id.value} is not a Belgian enterprise number`,
      field,
    )
    error('QT-KVK', id.scheme !== '0106' || /^\d{8}$/.test(id.value), `${id.value} is not a number of the Dutch register`, field)
    error('QT-SIRET', id.scheme !== '0009' || /^\d{14}$/.test(id.value), `${id.value} is not a SIRET: it has 14 digits`, field)
  }
  const taxed = taxes.some(({ category }) => category === 'S')
  error(
    'QT-SALES-TAX',
    !taxed || given(seller.vat_id) || given(seller.tax_id),
    'E-invoices speak of VAT: the seller needs a VAT ID or a tax number',
    'entity_vat_id_id',
  )
}

// Lines

function lines(invoice: EInvoice, { error }: Check): void {
  error('BR-16', invoice.lines.length > 0, 'The document has no lines', 'line_items')
  const ids = new Set(invoice.lines.map(({ id }) => id))
  error('QT-LINES', ids.size === invoice.lines.length, 'Two lines have the same number', 'line_items')
  invoice.lines.forEach((line, i) => {
    error('BR-21', given(line.id), 'A line has no number', at(i, 'product'))
    error('BR-22', DECIMAL.test(line.quantity), `Line ${line.id} has no quantity`, at(i, 'quantity'))
    error('BR-CL-23', knownUnits.has(line.unit), `${line.unit} is not a unit of recommendation 20`, at(i, 'product.measure_unit'))
    error('BR-24', Number.isSafeInteger(line.net), `Line ${line.id} has no net amount`, at(i, 'product.price'))
    error('BR-25', given(line.name), `Line ${line.id} has no name`, at(i, 'product.name'))
    error('BR-26', DECIMAL.test(line.price), `Line ${line.id} has no price, or one below zero`, at(i, 'product.price'))
    error('BR-CO-04', given(line.category), `Line ${line.id} has no VAT category`, at(i, 'vat_rate_id'))
    error(
      'QT-EMPTY',
      line.description === null || given(line.description),
      `The description of line ${line.id} is empty`,
      at(i, 'product.description'),
    )
    error(
      'QT-EMPTY',
      line.seller_item === null || given(line.seller_item),
      `The article number of line ${line.id} is empty`,
      at(i, 'product.external_reference'),
    )
    allowance(line.allowance, at(i, 'discount'), error, 'BR-42')
    if (DECIMAL.test(line.quantity) && DECIMAL.test(line.price)) netOfLine(invoice, line, i, error)
  })
}
const DECIMAL = /^\d+(?:\.\d+)?$/

/** Quantity × price − discount is the net, within two cents. */
function netOfLine({ decimals }: EInvoice, line: InvoiceLine, i: number, error: Asks): void {
  const base = line.base_quantity === null ? 1_000_000n : millionths(line.base_quantity)
  error('PEPPOL-EN16931-R121', base > 0n, `Line ${line.id}: prices are for more than nothing`, at(i, 'quantity'))
  if (base <= 0n) return
  // In 10^-18 of a major unit: the price has up to 12 decimals.
  const listed = (priceOf(line.price) * millionths(line.quantity)) / base
  const off = line.allowance?.amount ?? 0
  const stated = exact(line.net + off) * 10n ** BigInt(18 - decimals)
  const difference = listed > stated ? listed - stated : stated - listed
  error(
    'PEPPOL-EN16931-R120',
    difference <= 2n * 10n ** 16n,
    `Line ${line.id}: quantity, price and discount do not come to ${decimal(line.net, decimals)}`,
    at(i, 'product.price'),
  )
}
/** Decimal text in millionths, or in 10^-18, exactly. */
const shifted = (text: string, places: number): bigint => {
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  return BigInt(whole + fraction.slice(0, places).padEnd(places, '0'))
}
const millionths = (text: string) => shifted(text, 6)
const priceOf = (text: string) => shifted(text, 18)

function allowance(one: InvoiceLine['allowance'], field: string, error: Asks, reasonRule: string): void {
  if (!one) return
  error(reasonRule, given(one.reason) || given(one.reason_code), 'A discount has no reason', field)
  error(
    'BR-CL-19',
    /^(?:4[12]|6\d|7[01]|8[0-9]|9[0-9]|10[0-5])$/.test(one.reason_code),
    `${one.reason_code} is not the code of a discount`,
    field,
  )
  error('QT-EMPTY', given(one.reason), 'The reason of a discount is empty', field)
  error('QT-DISCOUNT', one.amount > 0, 'A discount takes nothing off', field)
  error('PEPPOL-EN16931-R041', one.percentage === null || one.base !== null, 'A percentage needs what it is of', field)
  error('PEPPOL-EN16931-R042', one.base === null || one.percentage !== null, 'A base needs its percentage', field)
  if (one.percentage === null || one.base === null) return
  const valid = one.percentage >= 0 && one.percentage <= 10_000
  const agrees = valid && Math.abs(percentOf(one.base, rateOf(one.percentage)) - one.amount) <= 2
  error('PEPPOL-EN16931-R040', agrees, 'A discount is not the percentage of its base', field)
}

// Sums

function sums(invoice: EInvoice, { error }: Check): void {
  const { totals, taxes, allowances, decimals } = invoice
  const show = (value: Minor) => decimal(value, decimals)
  const equal = (rule: string, stated: Minor, right: Minor, what: string) =>
    error(rule, stated === right, `${what} is ${show(stated)} and should be ${show(right)}`, 'line_items')
  const netOfLines = sum(invoice.lines.map(({ net }) => net))
  equal('BR-CO-10', totals.lines, netOfLines, 'The sum of the lines')
  equal('BR-CO-11', totals.allowances, sum(allowances.map(({ amount }) => amount)), 'The sum of the discounts')
  equal('BR-CO-13', totals.net, totals.lines - totals.allowances, 'The total without VAT')
  equal('BR-CO-14', totals.tax, sum(taxes.map(({ amount }) => amount)), 'The VAT')
  equal('BR-CO-15', totals.gross, totals.net + totals.tax, 'The total with VAT')
  equal('BR-CO-16', totals.payable, totals.gross - totals.prepaid, 'What is due')
  error('QT-PREPAID', totals.prepaid >= 0 && totals.payable >= 0, 'More is deducted than there is', 'deductions')
  error('BR-CO-18', taxes.length > 0, 'The document has no VAT breakdown', 'line_items')
  for (const one of allowances) allowance(one, 'discount', error, 'BR-33')
  const keys = new Set(taxes.map((tax) => `${tax.category} ${tax.rate}`))
  error('QT-TAXES', keys.size === taxes.length, 'A VAT rate stands in the breakdown twice', 'line_items')
  for (const { category, rate } of [...invoice.lines, ...allowances])
    error(
      `${family[category]}-01`,
      keys.has(`${category} ${rate}`),
      `The VAT breakdown lacks the category ${category}`,
      'line_items',
    )
}

// Categories

/** How the rules of a category are called. */
const family: Readonly<Record<Category, string>> = {
  S: 'BR-S',
  Z: 'BR-Z',
  E: 'BR-E',
  AE: 'BR-AE',
  K: 'BR-IC',
  G: 'BR-G',
  O: 'BR-O',
  L: 'BR-AF',
  M: 'BR-AG',
}
const TAXED: ReadonlySet<Category> = new Set(['S', 'L', 'M'])
const WITHOUT_REASON: ReadonlySet<Category> = new Set(['S', 'Z', 'L', 'M'])

/** Codes of reasons that tell their category. */
const categoryOfCode = new Map(Object.entries(reasonCodes).map(([category, code]) => [code, category]))
const VATEX = /^VATEX-(?:EU-(?:\d{2,3}[A-Z0-9-]*|AE|D|F|G|I|IC|J|O)|FR-[A-Z0-9-]+)$/

function categoryRules(invoice: EInvoice, tax: TaxBreakdown, { error }: Check): void {
  const { seller, buyer, delivery, decimals } = invoice
  const { category, rate } = tax
  const named = family[category]
  const own = <T extends { category: Category; rate: number }>(all: readonly T[]) =>
    all.filter((one) => one.category === category && one.rate === rate)
  const right = sum(own(invoice.lines).map(({ net }) => net)) - sum(own(invoice.allowances).map(({ amount }) => amount))
  const show = (value: Minor) => decimal(value, decimals)
  error(
    `${named}-08`,
    tax.taxable === right,
    `VAT ${category} is taken of ${show(tax.taxable)} and should be of ${show(right)}`,
    'line_items',
  )
  const possible = rate >= 0 && rate <= 10_000
  const expected = TAXED.has(category) && possible ? percentOf(tax.taxable, rateOf(rate)) : 0
  // Where prices contain the VAT, it is the gross that is exact: the VAT may then differ by a cent or two.
  const slack = TAXED.has(category) ? 2 : 0
  error(
    TAXED.has(category) ? 'BR-CO-17' : `${named}-09`,
    Math.abs(tax.amount - expected) <= slack,
    `The VAT ${category} is ${show(tax.amount)} and should be ${show(expected)}`,
    'line_items',
  )
  error(
    `${named}-05`,
    possible && TAXED.has(category) === rate > 0,
    `The rate of VAT ${category} is ${rate / 100} %`,
    'line_items',
  )
  const reason = given(tax.reason) || given(tax.reason_code)
  error(
    `${named}-10`,
    reason !== WITHOUT_REASON.has(category),
    WITHOUT_REASON.has(category)
      ? `VAT ${category} has a reason and should have none`
      : `Why no VAT is asked (${category}) is not said`,
    'vat_exemption_rationale',
  )
  error(
    'QT-EMPTY',
    tax.reason === null || given(tax.reason),
    'The reason why no VAT is asked is empty',
    'vat_exemption_rationale',
  )
  error(
    'QT-REASON',
    WITHOUT_REASON.has(category) || given(tax.reason),
    'Why no VAT is asked is said by a code alone',
    'vat_exemption_rationale',
  )
  if (tax.reason_code !== null) {
    error('BR-CL-22', VATEX.test(tax.reason_code), `${tax.reason_code} is not a code of reasons`, 'vat_exemption_rationale')
    const its = categoryOfCode.get(tax.reason_code)
    error(
      'QT-VATEX',
      its === undefined || its === category,
      `${tax.reason_code} does not belong to the category ${category}`,
      'vat_exemption_rationale',
    )
  }
  error(
    'QT-VATEX',
    !(category in reasonCodes) || tax.reason_code === reasonCodes[category],
    `The category ${category} lacks its code`,
    'vat_exempt',
  )

  const registered = given(seller.vat_id) || given(seller.tax_id)
  if (['S', 'Z', 'E', 'AE', 'L', 'M'].includes(category))
    error(`${named}-02`, registered, 'The seller needs a VAT ID or a tax number', 'entity_vat_id_id')
  if (category === 'G' || category === 'K')
    error(`${named}-02`, given(seller.vat_id), 'The seller needs a VAT ID', 'entity_vat_id_id')
  if (category === 'K') {
    error(
      'BR-IC-02',
      given(buyer.vat_id),
      'Goods to another state of the Union need the VAT ID of the buyer',
      'counterpart_vat_id_id',
    )
    error('BR-IC-11', given(delivery.date), 'Goods to another state of the Union need the day of delivery', 'fulfillment_date')
    error(
      'BR-IC-12',
      given(delivery.address?.country),
      'Goods to another state of the Union need the place of delivery',
      'counterpart_shipping_address_id',
    )
  }
  if (category === 'AE') {
    const abroad = seller.address.country !== buyer.address.country
    const known = given(buyer.vat_id) || (!abroad && given(buyer.registration?.value))
    error('BR-AE-02', known, 'Where the customer owes the VAT, its VAT ID is needed', 'counterpart_vat_id_id')
  }
  if (category === 'O') {
    error(
      'BR-O-02',
      seller.vat_id === null && buyer.vat_id === null,
      'What is outside of VAT names no VAT IDs',
      'entity_vat_id_id',
    )
  }
}

function categoriesTogether({ taxes }: EInvoice, { error }: Check): void {
  const outside = taxes.some(({ category }) => category === 'O')
  error(
    'BR-O-11',
    !outside || taxes.every(({ category }) => category === 'O'),
    'What is outside of VAT can not stand on one e-invoice with what is not: make two, or name the tax of each line',
    'line_items',
  )
}

// Payment and files

function payment({ payment: how }: EInvoice, { error }: Check): void {
  if (!how) return
  const field = 'entity_bank_account_id'
  error('BR-49', given(how.code), 'The way of payment is not named', field)
  error('BR-CL-16', /^(?:1|10|20|30|31|42|48|49|57|58|59|68|97|ZZZ)$/.test(how.code), `${how.code} is no way of payment`, field)
  const transfer = how.code === '30' || how.code === '58'
  const named = given(how.account?.iban) || given(how.account?.number)
  error('BR-61', !transfer || named, 'A transfer needs an account', field)
  error('BR-50', how.account === null || named, 'An account needs its number', field)
  error('QT-IBAN', !given(how.account?.iban) || isIban(how.account.iban), `${how.account?.iban} is not an IBAN`, field)
  error('QT-TRANSFER', how.code !== '58' || given(how.account?.iban), 'A SEPA transfer needs an IBAN', field)
  error('QT-EMPTY', how.reference === null || given(how.reference), 'The reference of the payment is empty', field)
}

export const ATTACHABLE: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'text/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.oasis.opendocument.spreadsheet',
])

function files({ attachments }: EInvoice, { error }: Check): void {
  for (const file of attachments) {
    error('BR-52', given(file.id), 'An attachment has no number', 'attachments')
    error('QT-FILE', given(file.name) && given(file.base64), 'An attachment has no name, or is empty', 'attachments')
    error(
      'BR-CL-24',
      ATTACHABLE.has(file.mimetype),
      `${file.name}: files of the kind ${file.mimetype} can not be attached`,
      'attachments',
    )
  }
  const names = new Set(attachments.map(({ name }) => name.toLowerCase()))
  error('BR-DE-22', names.size === attachments.length, 'Two attachments have the same name', 'attachments')
}

// Peppol and XRechnung

function addresses({ seller, buyer }: EInvoice, { error }: Check): void {
  error('PEPPOL-EN16931-R020', seller.endpoint !== null, 'The seller has no electronic address', 'network_credentials_id')
  error(
    'PEPPOL-EN16931-R010',
    buyer.endpoint !== null,
    'The buyer has no electronic address',
    'counterpart_einvoicing_credentials_id',
  )
}

function peppol(invoice: EInvoice, check: Check): void {
  const { error } = check
  const { seller, buyer } = invoice
  error(
    'PEPPOL-EN16931-R003',
    given(invoice.buyer_reference) || given(invoice.order),
    'A reference of the buyer, or of the order, is needed',
    'buyer_reference',
  )
  for (const [who, field] of [
    [seller, 'network_credentials_id'],
    [buyer, 'counterpart_einvoicing_credentials_id'],
  ] as const)
    error('PEPPOL-EN16931-CL008', who.endpoint?.scheme !== 'EM', 'Nobody is reached by mail in the Peppol network', field)
  national(invoice, check)
}

/** The rules of XRechnung, which Peppol has under other names for documents between Germans. */
function xrechnung(invoice: EInvoice, { error, warn }: Check, name: string): void {
  const { seller, buyer, payment: how, delivery } = invoice
  const rule = (number: number) => (name === 'BR-DE' ? `BR-DE-${number}` : `DE-R-${String(number).padStart(3, '0')}`)
  error(rule(1), how !== null, 'How to pay is not said: name a bank account', 'entity_bank_account_id')
  error(rule(2), seller.contact !== null, 'Nobody is named whom the buyer may ask', 'settings.seller_contact')
  error(rule(3), given(seller.address.city), 'The address of the seller has no town', 'entity_address')
  error(rule(4), given(seller.address.postal_code), 'The address of the seller has no postal code', 'entity_address')
  error(rule(5), given(seller.contact?.name), 'Whom the buyer may ask has no name', 'settings.seller_contact.name')
  error(rule(6), given(seller.contact?.phone), 'Whom the buyer may ask has no phone number', 'settings.seller_contact.phone')
  error(rule(7), given(seller.contact?.email), 'Whom the buyer may ask has no mail address', 'settings.seller_contact.email')
  error(rule(8), given(buyer.address.city), 'The address of the buyer has no town', 'counterpart_billing_address_id')
  error(
    rule(9),
    given(buyer.address.postal_code),
    'The address of the buyer has no postal code',
    'counterpart_billing_address_id',
  )
  const { address } = delivery
  error(rule(10), address === null || given(address.city), 'The place of delivery has no town', 'counterpart_shipping_address_id')
  error(
    rule(11),
    address === null || given(address.postal_code),
    'The place of delivery has no postal code',
    'counterpart_shipping_address_id',
  )
  error(
    rule(15),
    given(invoice.buyer_reference),
    'A reference of the buyer is needed, for authorities the Leitweg-ID',
    'buyer_reference',
  )
  const registered = given(seller.vat_id) || given(seller.tax_id) || invoice.taxes.every(({ category }) => category === 'O')
  error(rule(16), registered, 'The seller needs a VAT ID or a tax number', 'entity_vat_id_id')
  const reference = invoice.buyer_reference ?? ''
  warn(
    'QT-LEITWEG',
    !looksLikeLeitwegId(reference) || isLeitwegId(reference),
    `${reference} looks like a Leitweg-ID, but its check digits are wrong`,
    'buyer_reference',
  )
  const terms = invoice.terms ?? ''
  const discounts = terms.split('\n').filter((text) => text.startsWith('#'))
  const closed =
    discounts.every((text) => SKONTO.test(text)) && (discounts.length === 0 || terms.includes(`${discounts.at(-1)}\n`))
  error(rule(18), closed, 'The terms of early payment are not in the form of XRechnung', 'payment_terms')
  warn(
    'BR-DE-27',
    (seller.contact?.phone?.match(/\d/g)?.length ?? 3) >= 3,
    'The phone number has less than three digits',
    'settings.seller_contact.phone',
  )
  warn(
    'BR-DE-28',
    !given(seller.contact?.email) || /^[^@\s]{2,}@[^@\s]+\.[^@\s]{2,}$/.test(seller.contact.email),
    'The mail address looks wrong',
    'settings.seller_contact.email',
  )
  warn('BR-DE-TMP-32', given(delivery.date), 'The day of delivery or of service should be named', 'fulfillment_date')
}
const SKONTO = /^#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}#(?:BASISBETRAG=-?\d+\.\d{2}#)?$/

/** Whether a document may be sent by a profile: what is only strange doesn't stand in its way. */
export const isValid = (findings: readonly Finding[]): boolean => findings.every(({ severity }) => severity !== 'error')
