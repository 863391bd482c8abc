import { addDays, daysBetween, type PlainDate } from '../calendar.ts'
import { minorUnitsOf } from '../currencies.ts'
import { euMembers } from '../european-union.ts'
import {
  decimal,
  exact,
  type Minor,
  minor,
  ONE,
  percentOf,
  quantityOf,
  rateOf,
  round,
  scaled,
  share,
  sum,
  WHOLE,
} from '../money.ts'
import type {
  Allowance,
  Attachment,
  Category,
  EInvoice,
  Identifier,
  InvoiceLine,
  Note,
  Payment,
  PostalAddress,
  Profile,
  TaxBreakdown,
} from './model.ts'
import { exemptionCode, filled, reasonCodes, reasons, saysReverseCharge, type Words, wordsIn } from './reasons.data.ts'
import {
  addressOfVat,
  bookCurrency,
  isoCountry,
  type NetworkScheme,
  networkSchemes,
  registrationOf,
  vatNumber,
} from './schemes.data.ts'
import { unitCode } from './units.data.ts'
import { cleaned, oneLine } from './xml.ts'

/** From an issued document to the semantic model of EN 16931. Nothing is added up anew: what the customer was told stands, cent for cent. */

export interface SoldAddress {
  readonly line1: string
  readonly line2?: string | null
  readonly city: string
  readonly postal_code: string
  readonly state?: string | null
  readonly country: string
}
export interface SoldVatId {
  readonly value: string
  readonly country: string | null
}
interface SoldParty {
  readonly name: string
  readonly vat_id: SoldVatId | null
  readonly tax_id: string | null
  readonly address: SoldAddress
  readonly email: string | null
  readonly gln: string | null
  /** The number in a network that the document is sent from or to. */
  readonly credential: { readonly scheme: NetworkScheme; readonly identifier: string } | null
}
export interface SoldLine {
  readonly name: string
  readonly description: string | null
  readonly reference: string | null
  readonly goods: boolean
  readonly quantity: number
  readonly unit: string | null
  /** As entered: with VAT or without, as the document says. */
  readonly price: Minor
  readonly discount: { readonly type: 'amount' | 'percentage'; readonly amount: number } | null
  /** The tax it belongs to, by its key; null where none applies. */
  readonly tax: string | null
  /** Hundredths of a percent, with all their decimals. */
  readonly rate: number
  readonly total_before_vat: Minor
  readonly total_after_vat: Minor
}
interface Tier {
  readonly discount: number
  readonly number_of_days?: number | null
  readonly end_date?: string | null
}

/** An issued document, or a draft as it would be issued: what was told to the customer. Amounts in minor units. */
export interface SoldDocument {
  readonly type: 'invoice' | 'credit_note'
  readonly number: string
  readonly issued: PlainDate
  readonly due: PlainDate | null
  readonly fulfilled: PlainDate | null
  readonly currency: string
  readonly language: string
  readonly buyer_reference: string | null
  readonly order: string | null
  readonly project: string | null
  readonly based_on: { readonly number: string; readonly issued: PlainDate | null } | null
  readonly memo: string | null
  readonly footer: string | null
  /** What the law of the seller's country wants to be said. */
  readonly legal_notes: readonly Note[]
  readonly seller: SoldParty & {
    readonly trade_name: string | null
    readonly registration_number: string | null
    readonly registration_authority: string | null
    /** Legal form and capital, as they are printed. */
    readonly legal_form: string | null
    readonly contact_name: string | null
    readonly phone: string | null
    readonly contact_email: string | null
  }
  readonly buyer: SoldParty & {
    readonly organization: boolean
    readonly external_reference: string | null
    readonly contact_name: string | null
    readonly phone: string | null
  }
  readonly shipping: SoldAddress | null
  readonly account: {
    readonly iban: string | null
    readonly account_number: string | null
    readonly holder: string | null
    readonly bic: string | null
    readonly sort_code: string | null
    readonly routing_number: string | null
  } | null
  readonly payment_page_url: string | null
  readonly terms: { readonly description: string | null; readonly term_1: Tier | null; readonly term_2: Tier | null } | null
  readonly vat_mode: 'exclusive' | 'inclusive'
  readonly vat_exempt: boolean
  readonly rationale: string | null
  readonly discount: { readonly type: 'amount' | 'percentage'; readonly amount: number } | null
  readonly lines: readonly SoldLine[]
  /** One for each tax, as the totals name them. */
  readonly taxes: readonly { readonly key: string; readonly taxable: Minor; readonly amount: Minor }[]
  readonly subtotal: Minor
  readonly discounted_subtotal: Minor
  readonly withholding: { readonly rate: number; readonly amount: Minor } | null
  readonly deductions: readonly { readonly name: string | null; readonly amount: Minor }[]
  /** Units of the currency of the seller's books for one of the document's. */
  readonly exchange_rate: number | null
  readonly attachments: readonly Attachment[]
}

export function composeEInvoice(sold: SoldDocument, profile: Profile): EInvoice {
  const decimals = minorUnitsOf(sold.currency)
  const words = wordsIn[sold.language] ?? wordsIn.en!
  const shares = sharesOf(sold)
  const lines = sold.lines.map((line, i) => lineOf(sold, line, shares[i]!, i, decimals, words))
  const taxes = breakdown(sold, lines, shares)
  const allowances = documentAllowances(sold, lines, shares, words)
  const untaxed = taxes.every(({ category }) => category === 'O')
  const net = sum(taxes.map(({ taxable }) => taxable))
  const tax = sum(taxes.map(({ amount }) => amount))
  const prepaid = (sold.withholding?.amount ?? 0) + sum(sold.deductions.map(({ amount }) => amount))
  const intraCommunity = taxes.some(({ category }) => category === 'K')
  const gross = net + tax
  const buyer = buyerOf(sold, profile, untaxed)
  return {
    number: oneLine(sold.number) ?? '',
    issued: sold.issued,
    type: sold.type === 'credit_note' ? '381' : '380',
    currency: sold.currency,
    decimals,
    tax_currency: taxCurrency(sold, tax, decimals),
    due: sold.type === 'invoice' ? sold.due : null,
    buyer_reference: referenceOf(sold, profile),
    project: oneLine(sold.project),
    order: oneLine(sold.order),
    notes: notesOf(sold, words, decimals),
    preceding:
      sold.type === 'credit_note' && sold.based_on ? { number: sold.based_on.number, issued: sold.based_on.issued } : null,
    seller: sellerOf(sold, profile, untaxed),
    buyer,
    delivery: deliveryOf(sold, profile, intraCommunity),
    payment: paymentOf(sold, profile),
    terms: termsOf(sold, profile, words),
    allowances,
    taxes,
    totals: {
      lines: sum(lines.map((line) => line.net)),
      allowances: sum(allowances.map(({ amount }) => amount)),
      net,
      tax,
      gross,
      prepaid,
      payable: gross - prepaid,
    },
    attachments: sold.attachments,
    lines,
  }
}

/**
 * The buyer's own reference; where there is none and the profile wants one, the number of the order or of the document itself (BR-DE-15,
 * Peppol R003). An authority has to give its Leitweg-ID: that is told to whoever checks.
 */
function referenceOf(sold: SoldDocument, profile: Profile): string | null {
  const own = oneLine(sold.buyer_reference)
  if (own || profile === 'en16931') return own
  const order = oneLine(sold.order)
  if (profile === 'xrechnung' || isGerman(sold)) return order ?? oneLine(sold.number)
  return order ? null : oneLine(sold.number)
}

// Lines

/** What a line comes to, and its part of the document's discount. */
interface Share {
  readonly net: Minor
  readonly off: Minor
}

/**
 * The nets of the lines so that they add up to what each tax was taken of. In documents with gross prices, and in the last credit note of an
 * invoice, the net of a tax is what is exact; a cent of rounding then stands on one of its lines.
 */
function sharesOf(sold: SoldDocument): Share[] {
  const shares: Share[] = sold.lines.map(() => ({ net: 0, off: 0 }))
  const taxed = sum(sold.taxes.map(({ taxable }) => taxable))
  const groups = [
    ...sold.taxes.map(({ key, taxable }) => ({ key, taxable })),
    { key: null, taxable: sold.discounted_subtotal - taxed },
  ]
  const discounted = sold.subtotal !== sold.discounted_subtotal
  for (const { key, taxable } of groups) {
    const members = [...sold.lines.keys()].filter((i) => sold.lines[i]!.tax === key)
    if (members.length === 0) continue
    const inclusive = sold.vat_mode === 'inclusive'
    const weights = members.map((i) => (inclusive ? sold.lines[i]!.total_after_vat : sold.lines[i]!.total_before_vat))
    const before = Math.max(taxable, discounted ? netBefore(sold, members, weights) : taxable)
    const nets = sum(weights) === before ? weights : share(before, weights)
    const offs = share(before - taxable, nets)
    members.forEach((i, nth) => {
      shares[i] = { net: nets[nth]!, off: offs[nth]! }
    })
  }
  return shares
}

/** The net of the lines of a tax before the document's discount. */
function netBefore(sold: SoldDocument, members: readonly number[], weights: readonly Minor[]): Minor {
  if (sold.vat_mode === 'exclusive') return sum(weights)
  const rate = rateOf(sold.lines[members[0]!]!.rate)
  const gross = exact(sum(weights))
  return minor(gross - round(gross * rate, WHOLE + rate))
}

function lineOf(sold: SoldDocument, line: SoldLine, { net }: Share, index: number, decimals: number, words: Words): InvoiceLine {
  const category = categoryOf(sold, line)
  // An exact amount without VAT is a fraction: numerator and denominator.
  const rate = rateOf(line.rate)
  const [top, bottom] = sold.vat_mode === 'inclusive' ? [WHOLE, WHOLE + rate] : [1n, 1n]
  const quantity = quantityOf(line.quantity)
  const listed = minor(round(exact(line.price) * quantity * top, ONE * bottom))
  const allowance = line.discount && listed > net ? lineAllowance(line.discount, listed, net, words) : null
  const before = net + (allowance?.amount ?? 0)
  const text = fixed(quantity, 6)
  const places = decimals + (bottom === 1n ? 0 : 4 + String(quantity / ONE).length)
  const price = scaleOf(exact(line.price) * top, bottom, decimals, places)
  const agrees = within(price, places, quantity, before, decimals)
  const name = oneLine(line.name) ?? oneLine(line.description?.split('\n')[0]) ?? `#${index + 1}`
  const description = cleaned(line.description)
  return {
    id: String(index + 1),
    quantity: text,
    unit: unitCode(line.unit),
    net,
    price: agrees || quantity === 0n ? fixed(price, places) : decimal(before, decimals),
    base_quantity: agrees || quantity === 0n ? null : text,
    allowance,
    name,
    description: description === name ? null : description,
    seller_item: oneLine(line.reference),
    category,
    rate: category === 'O' ? 0 : line.rate,
  }
}

/** Amounts in minor units, as a whole number of 10^-places of a major unit. */
const scaleOf = (top: bigint, bottom: bigint, decimals: number, places: number): bigint =>
  round(top * 10n ** BigInt(places - decimals), bottom)

/** Whether price × quantity is the amount, as closely as receivers look (Peppol R120: 0.02). */
function within(price: bigint, places: number, quantity: bigint, amount: Minor, decimals: number): boolean {
  const scale = 10n ** BigInt(places + 6)
  const product = price * quantity * 100n
  const stated = exact(amount) * 10n ** BigInt(places + 6 - decimals) * 100n
  const difference = product > stated ? product - stated : stated - product
  return difference <= 2n * scale
}

/** What a line's discount takes: with its percentage where the two agree as closely as receivers look (Peppol R040). */
function lineAllowance(
  discount: NonNullable<SoldLine['discount']>,
  listed: Minor,
  net: Minor,
  words: Words,
): NonNullable<InvoiceLine['allowance']> {
  const amount = listed - net
  const percentage = discount.type === 'percentage' && agreed(listed, discount.amount, amount) ? discount.amount : null
  return { amount, base: percentage === null ? null : listed, percentage, reason: words.discount, reason_code: '95' }
}
const agreed = (base: Minor, rate: number, amount: Minor): boolean => Math.abs(percentOf(base, rateOf(rate)) - amount) <= 1

// Taxes

/** What kind of supply a line is for VAT (ruling: goods within the Union are K, services AE). */
function categoryOf(sold: SoldDocument, line: SoldLine): Category {
  const seller = sold.seller.address.country
  if (line.rate > 0) return seller === 'IC' ? 'L' : seller === 'EA' ? 'M' : 'S'
  const owed = sold.buyer.organization && saysReverseCharge(sold.rationale)
  if (sold.vat_exempt) return owed ? 'AE' : 'E'
  if (line.tax === null) return 'O'
  const destination = (line.goods && sold.shipping?.country) || sold.buyer.address.country
  if (destination === seller) return sold.rationale === null ? 'Z' : owed ? 'AE' : 'E'
  const within = euMembers.has(seller) && euMembers.has(destination)
  if (!within) return line.goods ? 'G' : 'O'
  if (!sold.buyer.organization) return sold.rationale === null ? 'Z' : 'E'
  return line.goods ? 'K' : 'AE'
}

const keyOf = ({ category, rate }: { category: Category; rate: number }) => `${category} ${rate}`

/** One for each category and rate, in the order they first appear; only those without VAT have a reason, each its own. */
function breakdown(sold: SoldDocument, lines: readonly InvoiceLine[], shares: readonly Share[]): TaxBreakdown[] {
  const found = new Map<string, { category: Category; rate: number; taxable: Minor; amount: Minor }>()
  const counted = new Set<string>()
  lines.forEach((line, i) => {
    const key = keyOf(line)
    const group = found.get(key) ?? { category: line.category, rate: line.rate, taxable: 0, amount: 0 }
    found.set(key, group)
    group.taxable += shares[i]!.net - shares[i]!.off
    const { tax } = sold.lines[i]!
    if (tax === null || counted.has(tax)) return
    counted.add(tax)
    group.amount += sold.taxes.find((one) => one.key === tax)?.amount ?? 0
  })
  return [...found.values()].map((group) => ({ ...group, ...reasonOf(sold, group.category) }))
}

function reasonOf({ language, rationale }: SoldDocument, category: Category) {
  if (!(category in reasons.en!)) return { reason: null, reason_code: null }
  const usual = (reasons[language] ?? reasons.en!)[category as 'E']
  const own = category === 'E' || (category === 'AE' && saysReverseCharge(rationale)) ? oneLine(rationale) : null
  return { reason: own ?? usual, reason_code: category === 'E' ? exemptionCode(rationale) : (reasonCodes[category] ?? null) }
}

/** The document's discount, a part for each tax. */
function documentAllowances(
  sold: SoldDocument,
  lines: readonly InvoiceLine[],
  shares: readonly Share[],
  words: Words,
): Allowance[] {
  const found = new Map<string, { category: Category; rate: number; base: Minor; amount: Minor }>()
  lines.forEach((line, i) => {
    const group = found.get(keyOf(line)) ?? { category: line.category, rate: line.rate, base: 0, amount: 0 }
    found.set(keyOf(line), group)
    group.base += shares[i]!.net
    group.amount += shares[i]!.off
  })
  return [...found.values()].flatMap(({ category, rate, base, amount }) => {
    if (amount === 0) return []
    const given = sold.discount?.type === 'percentage' ? sold.discount.amount : null
    const percentage = given !== null && agreed(base, given, amount) ? given : null
    const reason = { reason: words.discount, reason_code: '95' }
    return [{ amount, base: percentage === null ? null : base, percentage, ...reason, category, rate }]
  })
}

/** The VAT in the currency of the seller's books, where there is VAT and the document is in another one (Directive 2006/112/EC art. 230). */
function taxCurrency(sold: SoldDocument, tax: Minor, decimals: number): EInvoice['tax_currency'] {
  const currency = bookCurrency(isoCountry(sold.seller.address.country))
  if (!currency || currency === sold.currency || tax === 0) return null
  const own = minorUnitsOf(currency)
  const { exchange_rate: rate } = sold
  const amount = rate ? minor(round(exact(tax) * scaled(rate, 10) * 10n ** BigInt(own), 10n ** BigInt(10 + decimals))) : null
  return { currency, decimals: own, amount }
}

// Parties

const placeOf = (address: SoldAddress): PostalAddress => ({
  line1: oneLine(address.line1),
  line2: oneLine(address.line2),
  city: oneLine(address.city),
  postal_code: oneLine(address.postal_code),
  state: oneLine(address.state),
  country: isoCountry(address.country),
})

const networkAddress = ({ credential }: SoldParty): Identifier | null =>
  credential && { value: credential.identifier, scheme: networkSchemes[credential.scheme] }

/** Where a party is reached: by its number in the network, else by what the profile takes in its place. */
function endpointOf(party: SoldParty, registration: Identifier | null, vat: string | null, profile: Profile): Identifier | null {
  const own = networkAddress(party) ?? (party.gln ? { value: party.gln, scheme: '0088' } : null)
  if (own) return own
  const byVat = vat && party.vat_id ? addressOfVat(vat, party.vat_id.country ?? party.address.country) : null
  const registered = registration?.scheme ? registration : null
  const mail = party.email ? { value: party.email.trim(), scheme: 'EM' } : null
  return profile === 'peppol' ? (byVat ?? registered) : (mail ?? byVat ?? registered)
}

function numbersOf(party: SoldParty, registered: string | null) {
  const { country } = party.address
  const vat = party.vat_id ? vatNumber(party.vat_id.value, party.vat_id.country ?? country) : null
  const tax = oneLine(party.tax_id)
  const own = registered ? registrationOf(registered, country) : null
  const byTax = tax ? registrationOf(tax, country) : null
  const byVat = country === 'BE' && vat ? registrationOf(vat.slice(2), 'BE') : null
  const registration = own?.scheme ? own : byTax?.scheme ? byTax : byVat?.scheme ? byVat : own
  const isTaxNumber = tax !== null && vatNumber(tax, country) !== vat
  return { vat, tax: isTaxNumber ? tax : null, registration, inRegister: Boolean(byTax?.scheme) }
}

function sellerOf(sold: SoldDocument, profile: Profile, untaxed: boolean): EInvoice['seller'] {
  const { seller } = sold
  const { vat, tax, registration, inRegister } = numbersOf(seller, oneLine(seller.registration_number))
  const authority = oneLine(seller.registration_authority)
  const shownVatId = untaxed ? null : vat
  const named = registration !== null || shownVatId !== null
  const number = tax ?? vat
  const own = inRegister && shownVatId !== null ? null : tax
  return {
    name: oneLine(seller.name) ?? '',
    trade_name: oneLine(seller.trade_name),
    id: seller.gln ? { value: seller.gln, scheme: '0088' } : !named && number ? { value: number, scheme: null } : null,
    registration,
    vat_id: shownVatId,
    // A number of a register is the one for taxes where there is no other (BR-E-2 and the like).
    tax_id: profile === 'peppol' ? taxIdInPeppol(sold, own, shownVatId) : own,
    legal_form: filledList(
      [oneLine(seller.legal_form), authority && filledList([authority, oneLine(seller.registration_number)], ' ')],
      ', ',
    ),
    endpoint: endpointOf(seller, registration, vat, profile),
    address: placeOf(seller.address),
    contact: contactOf(seller.contact_name, seller.phone, seller.contact_email ?? seller.email),
  }
}

/**
 * In the Peppol network some countries say something else in the place of the seller's tax number (BT-32): Norwegians name their register, Swedes
 * that they pay their own taxes, or nothing; Italians write theirs without blanks.
 */
function taxIdInPeppol({ seller }: SoldDocument, tax: string | null, vat: string | null): string | null {
  const { country } = seller.address
  if (country === 'NO') return /foretaksregisteret/i.test(seller.registration_authority ?? '') ? 'Foretaksregisteret' : tax
  if (country === 'SE' && vat !== null) return /f-?skatt/i.test(tax ?? '') ? 'Godkänd för F-skatt' : null
  if (country === 'IT') return tax?.toUpperCase().replace(/[^A-Z0-9]/g, '') ?? null
  return tax
}

function buyerOf({ seller, buyer }: SoldDocument, profile: Profile, untaxed: boolean): EInvoice['buyer'] {
  const { vat, registration } = numbersOf(buyer, null)
  // Between Danes a number without a scheme is none (DK-R-013).
  const reference = areDanes(seller, buyer) ? null : oneLine(buyer.external_reference)
  return {
    name: oneLine(buyer.name) ?? '',
    id: buyer.gln ? { value: buyer.gln, scheme: '0088' } : reference ? { value: reference, scheme: null } : null,
    registration: registration?.scheme ? registration : null,
    vat_id: untaxed ? null : vat,
    endpoint: endpointOf(buyer, registration, vat, profile),
    address: placeOf(buyer.address),
    contact: buyer.organization ? contactOf(buyer.contact_name, buyer.phone, buyer.email) : null,
  }
}

/** What is there, put together; null where nothing is. */
const filledList = (parts: readonly (string | null)[], between: string): string | null =>
  parts.filter(Boolean).join(between) || null

function contactOf(name: string | null, phone: string | null, email: string | null) {
  const contact = { name: oneLine(name), phone: oneLine(phone), email: oneLine(email) }
  return contact.name || contact.phone || contact.email ? contact : null
}

// What else is told

/** Where the goods went. Goods within the Union need a day and a place; XRechnung takes a place only with town and postal code. */
function deliveryOf(sold: SoldDocument, profile: Profile, intraCommunity: boolean): EInvoice['delivery'] {
  const date = sold.fulfilled ?? (intraCommunity ? sold.issued : null)
  const place = sold.shipping ?? (intraCommunity ? sold.buyer.address : null)
  const address = place && placeOf(place)
  const half = address !== null && (!address.city || !address.postal_code)
  return { date, address: half && profile === 'xrechnung' && !intraCommunity ? null : address }
}

/** A document between Germans follows the rules of XRechnung also in the Peppol network. */
const isGerman = (sold: SoldDocument): boolean => sold.seller.address.country === 'DE' && sold.buyer.address.country === 'DE'

const areDanes = (one: SoldParty, other: SoldParty) => one.address.country === 'DK' && other.address.country === 'DK'

function paymentOf(sold: SoldDocument, profile: Profile): Payment | null {
  // A credit note asks for no money: there is no account to pay to. Where the way has to be told it is set off.
  if (sold.type === 'credit_note')
    return profile === 'xrechnung' || (profile === 'peppol' && isGerman(sold))
      ? { code: '97', text: null, reference: oneLine(sold.based_on?.number), account: null }
      : null
  const reference = oneLine(sold.number)
  const account = sold.account && {
    iban: sold.account.iban?.replace(/\s/g, '').toUpperCase() || null,
    number: oneLine(sold.account.account_number),
    holder: oneLine(sold.account.holder),
    bic: oneLine(sold.account.bic) ?? oneLine(sold.account.sort_code) ?? oneLine(sold.account.routing_number),
  }
  const danish = profile === 'peppol' && areDanes(sold.seller, sold.buyer)
  // Between Danes a transfer is one from bank to bank, by the bank's number and the account's (DK-R-005, DK-R-006).
  if (danish) {
    const code = account?.number && account.bic ? '42' : account?.iban && account.bic ? '31' : account?.iban ? '58' : null
    return code && account ? { code, text: null, reference, account: code === '42' ? { ...account, iban: null } : account } : null
  }
  if (account?.iban) return { code: sold.currency === 'EUR' ? '58' : '30', text: null, reference, account }
  if (account?.number) return { code: '30', text: null, reference, account }
  const bothDutch = sold.seller.address.country === 'NL' && sold.buyer.address.country === 'NL'
  if (!sold.payment_page_url || (profile === 'peppol' && bothDutch)) return null
  return { code: '68', text: null, reference, account: null }
}

const discounts = ({ terms }: SoldDocument): Tier[] => [terms?.term_1, terms?.term_2].filter((tier) => tier != null)

/** When and how much is to be paid. XRechnung has a language of its own for discounts: each stands on a line that ends, also the last. */
function termsOf(sold: SoldDocument, profile: Profile, words: Words): string | null {
  if (sold.type === 'credit_note') return creditSentence(sold, words)
  const description = cleaned(sold.terms?.description)
  const tiers = discounts(sold).filter(({ discount }) => discount > 0)
  if (profile === 'xrechnung' || (profile === 'peppol' && isGerman(sold))) {
    const lines = tiers.map((tier) => `#SKONTO#TAGE=${daysOf(sold, tier)}#PROZENT=${fixedRate(tier.discount)}#\n`)
    // Free text must not look like one of these.
    const free = cleaned(description?.replace(/#/g, ''))
    return lines.length > 0 ? `${lines.join('')}${free ?? ''}` : free
  }
  const early = tiers.map((tier) =>
    filled(words.early, { percent: percentText(tier.discount), date: tier.end_date ?? endOf(sold, tier) }),
  )
  return [...early, ...(description ? [description] : [])].join('\n') || null
}

const daysOf = ({ issued }: SoldDocument, { number_of_days, end_date }: Tier): number =>
  number_of_days ?? (end_date ? Math.max(0, daysBetween(issued, end_date)) : 0)
const endOf = ({ issued }: SoldDocument, { number_of_days }: Tier): PlainDate => addDays(issued, number_of_days ?? 0)

function creditSentence({ based_on }: SoldDocument, words: Words): string | null {
  if (!based_on) return null
  const { number, issued } = based_on
  return issued ? filled(words.credited_of, { number, date: issued }) : filled(words.credited, { number })
}

/** What is said in words: the document's own, what lowers the sum to pay, and what the law wants. */
function notesOf(sold: SoldDocument, words: Words, decimals: number): Note[] {
  const money = (amount: Minor) => `${decimal(amount, decimals)} ${sold.currency}`
  const { withholding } = sold
  const withheld = withholding
    ? [filled(words.withheld, { rate: percentText(withholding.rate), amount: money(withholding.amount) })]
    : []
  const deducted = sold.deductions.map(({ name, amount }) =>
    filled(words.deducted, { name: oneLine(name) ?? '', amount: money(amount) }).replace(/ {2,}/g, ' '),
  )
  const own = [cleaned(sold.memo), ...withheld, ...deducted, cleaned(sold.footer)].filter((text) => text !== null)
  return [...own.map((text) => ({ code: null, text })), ...sold.legal_notes]
}

// Numbers as text

/** A whole number of 10^-places as decimal text, without needless zeros. */
function fixed(value: bigint, places: number): string {
  const text = String(value).padStart(places + 1, '0')
  const cut = text.length - places
  const fraction = text.slice(cut).replace(/0+$/, '')
  return fraction === '' ? text.slice(0, cut) : `${text.slice(0, cut)}.${fraction}`
}
/** Hundredths of a percent as a percentage: 1900 is 19. */
export const percentText = (rate: number): string => fixed(scaled(rate, 4), 6)
/** The same with two decimals: 2.00. */
const fixedRate = (rate: number): string => decimal(Math.round(rate), 2)
