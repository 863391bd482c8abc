import { decimal, type Minor } from '../money.ts'
import { percentText } from './compose.ts'
import type { Allowance, Category, EInvoice, Identifier, InvoiceLine, Party, PostalAddress, Profile, Seller } from './model.ts'
import { group, leaf } from './xml.ts'

/** UBL 2.1 with the identifiers of a profile. An invoice and a credit note have roots of their own; amounts are never below zero. */

const NAMES = 'urn:oasis:names:specification:ubl:schema:xsd:'
const CUSTOMIZATION: Readonly<Record<Profile, string>> = {
  en16931: 'urn:cen.eu:en16931:2017',
  peppol: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
  xrechnung: 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0',
}
export const PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
export const customization = (profile: Profile): string => CUSTOMIZATION[profile]

export function writeUbl(invoice: EInvoice, profile: Profile): string {
  const { currency, decimals, totals } = invoice
  const credit = invoice.type === '381'
  const root = credit ? 'CreditNote' : 'Invoice'
  const amount = (name: string, value: Minor) => leaf(`cbc:${name}`, decimal(value, decimals), { currencyID: currency })
  const body = [
    leaf('cbc:CustomizationID', CUSTOMIZATION[profile]),
    profile === 'en16931' ? '' : leaf('cbc:ProfileID', PROCESS),
    leaf('cbc:ID', invoice.number),
    leaf('cbc:IssueDate', invoice.issued),
    credit ? '' : leaf('cbc:DueDate', invoice.due),
    leaf(credit ? 'cbc:CreditNoteTypeCode' : 'cbc:InvoiceTypeCode', invoice.type),
    notes(invoice, profile),
    leaf('cbc:DocumentCurrencyCode', currency),
    leaf('cbc:TaxCurrencyCode', invoice.tax_currency?.currency),
    leaf('cbc:BuyerReference', invoice.buyer_reference),
    group('cac:OrderReference', [leaf('cbc:ID', invoice.order)]),
    group('cac:BillingReference', [
      group('cac:InvoiceDocumentReference', [
        leaf('cbc:ID', invoice.preceding?.number),
        leaf('cbc:IssueDate', invoice.preceding?.issued),
      ]),
    ]),
    ...attachments(invoice, credit),
    credit ? '' : group('cac:ProjectReference', [leaf('cbc:ID', invoice.project)]),
    group('cac:AccountingSupplierParty', [seller(invoice.seller)]),
    group('cac:AccountingCustomerParty', [group('cac:Party', party(invoice.buyer, null))]),
    delivery(invoice),
    payment(invoice),
    group('cac:PaymentTerms', [leaf('cbc:Note', invoice.terms)]),
    ...invoice.allowances.map((one) => allowance(one, amount, taxCategory('cac:TaxCategory', one))),
    group('cac:TaxTotal', [
      amount('TaxAmount', totals.tax),
      ...invoice.taxes.map((tax) =>
        group('cac:TaxSubtotal', [
          amount('TaxableAmount', tax.taxable),
          amount('TaxAmount', tax.amount),
          taxCategory('cac:TaxCategory', tax, tax),
        ]),
      ),
    ]),
    taxInBooks(invoice),
    group('cac:LegalMonetaryTotal', [
      amount('LineExtensionAmount', totals.lines),
      amount('TaxExclusiveAmount', totals.net),
      amount('TaxInclusiveAmount', totals.gross),
      totals.allowances > 0 ? amount('AllowanceTotalAmount', totals.allowances) : '',
      totals.prepaid > 0 ? amount('PrepaidAmount', totals.prepaid) : '',
      amount('PayableAmount', totals.payable),
    ]),
    ...invoice.lines.map((one) => line(one, credit, amount, currency)),
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>\n${group(root, body, {
    xmlns: `${NAMES}${root}-2`,
    'xmlns:cac': `${NAMES}CommonAggregateComponents-2`,
    'xmlns:cbc': `${NAMES}CommonBasicComponents-2`,
  })}\n`
}

type Money = (name: string, value: Minor) => string

/** Peppol takes one note (R002), the others as many as there are; the subject stands before the text. */
function notes({ notes: all }: EInvoice, profile: Profile): string {
  if (profile === 'peppol') return leaf('cbc:Note', all.map(({ text }) => text).join('\n'))
  return all.map(({ code, text }) => leaf('cbc:Note', code ? `#${code}#${text}` : text)).join('')
}

function attachments({ attachments: files, project }: EInvoice, credit: boolean): string[] {
  const own = files.map(({ id, description, name, mimetype, base64 }) =>
    group('cac:AdditionalDocumentReference', [
      leaf('cbc:ID', id),
      leaf('cbc:DocumentDescription', description),
      group('cac:Attachment', [leaf('cbc:EmbeddedDocumentBinaryObject', base64, { mimeCode: mimetype, filename: name })]),
    ]),
  )
  // Credit notes have no field for a project: there it is a reference of the kind 50.
  if (!credit || !project) return own
  return [...own, group('cac:AdditionalDocumentReference', [leaf('cbc:ID', project), leaf('cbc:DocumentTypeCode', '50')])]
}

const identifier = (name: string, id: Identifier | null) => leaf(name, id?.value, { schemeID: id?.scheme ?? null })

function address(name: string, place: PostalAddress | null): string {
  if (!place) return ''
  return group(name, [
    leaf('cbc:StreetName', place.line1),
    leaf('cbc:AdditionalStreetName', place.line2),
    leaf('cbc:CityName', place.city),
    leaf('cbc:PostalZone', place.postal_code),
    leaf('cbc:CountrySubentity', place.state),
    group('cac:Country', [leaf('cbc:IdentificationCode', place.country)]),
  ])
}

const taxScheme = (number: string | null, scheme: string) =>
  number === null
    ? ''
    : group('cac:PartyTaxScheme', [leaf('cbc:CompanyID', number), group('cac:TaxScheme', [leaf('cbc:ID', scheme)])])

function party(who: Party, own: Seller | null): string[] {
  return [
    identifier('cbc:EndpointID', who.endpoint),
    group('cac:PartyIdentification', [identifier('cbc:ID', who.id)]),
    group('cac:PartyName', [leaf('cbc:Name', own?.trade_name)]),
    address('cac:PostalAddress', who.address),
    taxScheme(who.vat_id, 'VAT'),
    taxScheme(own?.tax_id ?? null, 'TAX'),
    group('cac:PartyLegalEntity', [
      leaf('cbc:RegistrationName', who.name),
      identifier('cbc:CompanyID', who.registration),
      leaf('cbc:CompanyLegalForm', own?.legal_form),
    ]),
    group('cac:Contact', [
      leaf('cbc:Name', who.contact?.name),
      leaf('cbc:Telephone', who.contact?.phone),
      leaf('cbc:ElectronicMail', who.contact?.email),
    ]),
  ]
}
const seller = (own: Seller) => group('cac:Party', party(own, own))

const delivery = ({ delivery: { date, address: place } }: EInvoice) =>
  group('cac:Delivery', [leaf('cbc:ActualDeliveryDate', date), group('cac:DeliveryLocation', [address('cac:Address', place)])])

function payment({ payment: how }: EInvoice): string {
  if (!how) return ''
  const { account } = how
  return group('cac:PaymentMeans', [
    leaf('cbc:PaymentMeansCode', how.code, { name: how.text }),
    leaf('cbc:PaymentID', how.reference),
    account
      ? group('cac:PayeeFinancialAccount', [
          leaf('cbc:ID', account.iban ?? account.number),
          leaf('cbc:Name', account.holder),
          group('cac:FinancialInstitutionBranch', [leaf('cbc:ID', account.bic)]),
        ])
      : '',
  ])
}

function taxCategory(
  name: string,
  { category, rate }: { category: Category; rate: number },
  reason: { reason: string | null; reason_code: string | null } | null = null,
): string {
  return group(name, [
    leaf('cbc:ID', category),
    // Lines outside of VAT have no rate (BR-O-5); the breakdown still has one, which is 0 (BR-DE-14).
    category === 'O' && !reason ? '' : leaf('cbc:Percent', percentText(rate)),
    leaf('cbc:TaxExemptionReasonCode', reason?.reason_code),
    leaf('cbc:TaxExemptionReason', reason?.reason),
    group('cac:TaxScheme', [leaf('cbc:ID', 'VAT')]),
  ])
}

function allowance(one: Omit<Allowance, 'category' | 'rate'>, amount: Money, category: string): string {
  return group('cac:AllowanceCharge', [
    leaf('cbc:ChargeIndicator', 'false'),
    leaf('cbc:AllowanceChargeReasonCode', one.reason_code),
    leaf('cbc:AllowanceChargeReason', one.reason),
    one.percentage === null ? '' : leaf('cbc:MultiplierFactorNumeric', percentText(one.percentage)),
    amount('Amount', one.amount),
    one.base === null ? '' : amount('BaseAmount', one.base),
    category,
  ])
}

/** The tax in the currency of the books stands in a total of its own, without a breakdown. */
function taxInBooks({ tax_currency: books }: EInvoice): string {
  if (books?.amount == null) return ''
  return group('cac:TaxTotal', [leaf('cbc:TaxAmount', decimal(books.amount, books.decimals), { currencyID: books.currency })])
}

function line(one: InvoiceLine, credit: boolean, amount: Money, currency: string): string {
  return group(credit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine', [
    leaf('cbc:ID', one.id),
    leaf(credit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity', one.quantity, { unitCode: one.unit }),
    amount('LineExtensionAmount', one.net),
    one.allowance ? allowance(one.allowance, amount, '') : '',
    group('cac:Item', [
      leaf('cbc:Description', one.description),
      leaf('cbc:Name', one.name),
      group('cac:SellersItemIdentification', [leaf('cbc:ID', one.seller_item)]),
      taxCategory('cac:ClassifiedTaxCategory', one),
    ]),
    group('cac:Price', [
      leaf('cbc:PriceAmount', one.price, { currencyID: currency }),
      leaf('cbc:BaseQuantity', one.base_quantity, { unitCode: one.unit }),
    ]),
  ])
}
