import { decimal, type Minor } from '../money.ts'
import { percentText } from './compose.ts'
import type { Allowance, Category, EInvoice, Identifier, InvoiceLine, Party, PostalAddress, Profile, Seller } from './model.ts'
import { customization, PROCESS } from './write-ubl.ts'
import { group, leaf } from './xml.ts'

/** UN/CEFACT Cross Industry Invoice D16B: the syntax of Factur-X and ZUGFeRD, and the other one of XRechnung. */

const SPACE = 'urn:un:unece:uncefact:data:standard:'
const date = (name: string, day: string | null | undefined, type = 'udt') =>
  day ? group(name, [leaf(`${type}:DateTimeString`, day.replaceAll('-', ''), { format: '102' })]) : ''

export function writeCii(invoice: EInvoice, profile: Profile): string {
  const { currency, decimals, totals, payment } = invoice
  const amount = (name: string, value: Minor, attributes: Readonly<Record<string, string | null>> = {}) =>
    leaf(`ram:${name}`, decimal(value, decimals), attributes)
  const agreement = group('ram:ApplicableHeaderTradeAgreement', [
    leaf('ram:BuyerReference', invoice.buyer_reference),
    group('ram:SellerTradeParty', party(invoice.seller, invoice.seller)),
    group('ram:BuyerTradeParty', party(invoice.buyer, null)),
    group('ram:BuyerOrderReferencedDocument', [leaf('ram:IssuerAssignedID', invoice.order)]),
    ...invoice.attachments.map(({ id, description, name, mimetype, base64 }) =>
      group('ram:AdditionalReferencedDocument', [
        leaf('ram:IssuerAssignedID', id),
        leaf('ram:TypeCode', '916'),
        leaf('ram:Name', description),
        leaf('ram:AttachmentBinaryObject', base64, { mimeCode: mimetype, filename: name }),
      ]),
    ),
    invoice.project
      ? group('ram:SpecifiedProcuringProject', [leaf('ram:ID', invoice.project), leaf('ram:Name', 'Project reference')])
      : '',
  ])
  // The group has to be there, also where nothing is known of the delivery.
  const { date: delivered, address: place } = invoice.delivery
  const delivery = `<ram:ApplicableHeaderTradeDelivery>${[
    place ? group('ram:ShipToTradeParty', [address(place)]) : '',
    delivered ? group('ram:ActualDeliverySupplyChainEvent', [date('ram:OccurrenceDateTime', delivered)]) : '',
  ].join('')}</ram:ApplicableHeaderTradeDelivery>`
  const settlement = group('ram:ApplicableHeaderTradeSettlement', [
    leaf('ram:PaymentReference', payment?.reference),
    leaf('ram:TaxCurrencyCode', invoice.tax_currency?.currency),
    leaf('ram:InvoiceCurrencyCode', currency),
    means(invoice),
    ...invoice.taxes.map((tax) =>
      group('ram:ApplicableTradeTax', [
        amount('CalculatedAmount', tax.amount),
        leaf('ram:TypeCode', 'VAT'),
        leaf('ram:ExemptionReason', tax.reason),
        amount('BasisAmount', tax.taxable),
        leaf('ram:CategoryCode', tax.category),
        leaf('ram:ExemptionReasonCode', tax.reason_code),
        leaf('ram:RateApplicablePercent', percentText(tax.rate)),
      ]),
    ),
    ...invoice.allowances.map((one) => allowance(one, amount, taxOf('ram:CategoryTradeTax', one))),
    group('ram:SpecifiedTradePaymentTerms', [leaf('ram:Description', invoice.terms), date('ram:DueDateDateTime', invoice.due)]),
    group('ram:SpecifiedTradeSettlementHeaderMonetarySummation', [
      amount('LineTotalAmount', totals.lines),
      totals.allowances > 0 ? amount('AllowanceTotalAmount', totals.allowances) : '',
      amount('TaxBasisTotalAmount', totals.net),
      // The only amount that names its currency: there may be two of it.
      amount('TaxTotalAmount', totals.tax, { currencyID: currency }),
      taxInBooks(invoice),
      amount('GrandTotalAmount', totals.gross),
      totals.prepaid > 0 ? amount('TotalPrepaidAmount', totals.prepaid) : '',
      amount('DuePayableAmount', totals.payable),
    ]),
    group('ram:InvoiceReferencedDocument', [
      leaf('ram:IssuerAssignedID', invoice.preceding?.number),
      date('ram:FormattedIssueDateTime', invoice.preceding?.issued, 'qdt'),
    ]),
  ])
  const body = [
    group('rsm:ExchangedDocumentContext', [
      profile === 'en16931' ? '' : group('ram:BusinessProcessSpecifiedDocumentContextParameter', [leaf('ram:ID', PROCESS)]),
      group('ram:GuidelineSpecifiedDocumentContextParameter', [leaf('ram:ID', customization(profile))]),
    ]),
    group('rsm:ExchangedDocument', [
      leaf('ram:ID', invoice.number),
      leaf('ram:TypeCode', invoice.type),
      date('ram:IssueDateTime', invoice.issued),
      ...invoice.notes.map(({ code, text }) =>
        group('ram:IncludedNote', [leaf('ram:Content', text), leaf('ram:SubjectCode', code)]),
      ),
    ]),
    group('rsm:SupplyChainTradeTransaction', [...invoice.lines.map((one) => line(one, amount)), agreement, delivery, settlement]),
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>\n${group('rsm:CrossIndustryInvoice', body, {
    'xmlns:rsm': `${SPACE}CrossIndustryInvoice:100`,
    'xmlns:ram': `${SPACE}ReusableAggregateBusinessInformationEntity:100`,
    'xmlns:qdt': `${SPACE}QualifiedDataType:100`,
    'xmlns:udt': `${SPACE}UnqualifiedDataType:100`,
  })}\n`
}

type Money = (name: string, value: Minor) => string

const identifier = (name: string, id: Identifier | null) => leaf(name, id?.value, { schemeID: id?.scheme ?? null })

const address = (place: PostalAddress) =>
  group('ram:PostalTradeAddress', [
    leaf('ram:PostcodeCode', place.postal_code),
    leaf('ram:LineOne', place.line1),
    leaf('ram:LineTwo', place.line2),
    leaf('ram:CityName', place.city),
    leaf('ram:CountryID', place.country),
    leaf('ram:CountrySubDivisionName', place.state),
  ])

function party(who: Party, own: Seller | null): string[] {
  const { id, registration, contact } = who
  // A number with a scheme is a global one.
  return [
    id && !id.scheme ? leaf('ram:ID', id.value) : '',
    id?.scheme ? identifier('ram:GlobalID', id) : '',
    leaf('ram:Name', who.name),
    leaf('ram:Description', own?.legal_form),
    group('ram:SpecifiedLegalOrganization', [
      identifier('ram:ID', registration),
      leaf('ram:TradingBusinessName', own?.trade_name),
    ]),
    group('ram:DefinedTradeContact', [
      leaf('ram:PersonName', contact?.name),
      group('ram:TelephoneUniversalCommunication', [leaf('ram:CompleteNumber', contact?.phone)]),
      group('ram:EmailURIUniversalCommunication', [leaf('ram:URIID', contact?.email)]),
    ]),
    address(who.address),
    group('ram:URIUniversalCommunication', [identifier('ram:URIID', who.endpoint)]),
    who.vat_id ? group('ram:SpecifiedTaxRegistration', [leaf('ram:ID', who.vat_id, { schemeID: 'VA' })]) : '',
    own?.tax_id ? group('ram:SpecifiedTaxRegistration', [leaf('ram:ID', own.tax_id, { schemeID: 'FC' })]) : '',
  ]
}

function means({ payment }: EInvoice): string {
  if (!payment) return ''
  const { account } = payment
  return group('ram:SpecifiedTradeSettlementPaymentMeans', [
    leaf('ram:TypeCode', payment.code),
    leaf('ram:Information', payment.text),
    account
      ? group('ram:PayeePartyCreditorFinancialAccount', [
          leaf('ram:IBANID', account.iban),
          leaf('ram:AccountName', account.holder),
          account.iban ? '' : leaf('ram:ProprietaryID', account.number),
        ])
      : '',
    account?.bic ? group('ram:PayeeSpecifiedCreditorFinancialInstitution', [leaf('ram:BICID', account.bic)]) : '',
  ])
}

type Taxed = { readonly category: Category; readonly rate: number }
const rateOf = ({ category, rate }: Taxed) => (category === 'O' ? '' : leaf('ram:RateApplicablePercent', percentText(rate)))
const taxOf = (name: string, tax: Taxed) =>
  group(name, [leaf('ram:TypeCode', 'VAT'), leaf('ram:CategoryCode', tax.category), rateOf(tax)])

function allowance(one: Omit<Allowance, 'category' | 'rate'>, amount: Money, tax: string): string {
  return group('ram:SpecifiedTradeAllowanceCharge', [
    group('ram:ChargeIndicator', [leaf('udt:Indicator', 'false')]),
    one.percentage === null ? '' : leaf('ram:CalculationPercent', percentText(one.percentage)),
    one.base === null ? '' : amount('BasisAmount', one.base),
    amount('ActualAmount', one.amount),
    leaf('ram:ReasonCode', one.reason_code),
    leaf('ram:Reason', one.reason),
    tax,
  ])
}

function taxInBooks({ tax_currency: books }: EInvoice): string {
  if (books?.amount == null) return ''
  return leaf('ram:TaxTotalAmount', decimal(books.amount, books.decimals), { currencyID: books.currency })
}

function line(one: InvoiceLine, amount: Money): string {
  return group('ram:IncludedSupplyChainTradeLineItem', [
    group('ram:AssociatedDocumentLineDocument', [leaf('ram:LineID', one.id)]),
    group('ram:SpecifiedTradeProduct', [
      leaf('ram:SellerAssignedID', one.seller_item),
      leaf('ram:Name', one.name),
      leaf('ram:Description', one.description),
    ]),
    group('ram:SpecifiedLineTradeAgreement', [
      group('ram:NetPriceProductTradePrice', [
        leaf('ram:ChargeAmount', one.price),
        leaf('ram:BasisQuantity', one.base_quantity, { unitCode: one.unit }),
      ]),
    ]),
    group('ram:SpecifiedLineTradeDelivery', [leaf('ram:BilledQuantity', one.quantity, { unitCode: one.unit })]),
    group('ram:SpecifiedLineTradeSettlement', [
      taxOf('ram:ApplicableTradeTax', one),
      one.allowance ? allowance(one.allowance, amount, '') : '',
      group('ram:SpecifiedTradeSettlementLineMonetarySummation', [amount('LineTotalAmount', one.net)]),
    ]),
  ])
}
