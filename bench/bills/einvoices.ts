import { basics, type Facts, type Line, makeBill, type Order, type Party, placeOf, type Truth } from './bills.ts'
import { print } from './print.ts'
import type { Random } from './random.ts'

/** Bills as data: UBL 2.1, UN/CEFACT Cross Industry Invoice, and the latter inside a page (Factur-X, ZUGFeRD). */

const escaped = (text: string | number) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
/** An element; nothing where there is no content. */
const el = (name: string, content: string | number | null | undefined | (string | null)[], attributes = ''): string => {
  const inner = Array.isArray(content) ? content.filter(Boolean).join('') : content == null ? '' : escaped(content)
  return inner === '' ? '' : `<${name}${attributes}>${inner}</${name.split(' ')[0]}>`
}
const major = (cents: number) => (cents / 100).toFixed(2)
const category = (facts: Facts) => (facts.reverse ? 'AE' : 'S')
const unitCode = ({ unit }: Line) => (/^(?:Std\.|hrs|h|uur|godz\.|tim|timer)$/.test(unit) ? 'HUR' : 'C62')

function ublParty(party: Party, facts: Facts | null): string {
  const seller = facts?.vendor
  const tax = (number: string | null | undefined, scheme: string) =>
    number && el('cac:PartyTaxScheme', [el('cbc:CompanyID', number), el('cac:TaxScheme', [el('cbc:ID', scheme)])])
  return el('cac:Party', [
    el('cac:PartyName', [el('cbc:Name', party.name)]),
    el('cac:PostalAddress', [
      el('cbc:StreetName', party.street),
      el('cbc:CityName', party.city),
      el('cbc:PostalZone', party.postal),
      el('cac:Country', [el('cbc:IdentificationCode', party.country)]),
    ]),
    tax(party.vat, 'VAT') || null,
    tax(seller?.tax_id, 'FC') || null,
    el('cac:PartyLegalEntity', [el('cbc:RegistrationName', party.name), el('cbc:CompanyID', seller?.registration)]),
    seller ? el('cac:Contact', [el('cbc:Telephone', seller.phone), el('cbc:ElectronicMail', seller.mail)]) : null,
  ])
}

function ubl(facts: Facts): string {
  const { currency, credit, vendor } = facts
  const root = credit ? 'CreditNote' : 'Invoice'
  const money = (name: string, cents: number) => el(name, major(cents), ` currencyID="${currency}"`)
  const scheme = (rate: number, name: string) =>
    el(name, [
      el('cbc:ID', category(facts)),
      el('cbc:Percent', rate),
      facts.reverse && name === 'cac:TaxCategory' ? el('cbc:TaxExemptionReason', 'Reverse charge') : null,
      el('cac:TaxScheme', [el('cbc:ID', 'VAT')]),
    ])
  const line = (item: Line, at: number) =>
    el(`cac:${root}Line`, [
      el('cbc:ID', at + 1),
      el(credit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity', item.quantity, ` unitCode="${unitCode(item)}"`),
      money('cbc:LineExtensionAmount', item.net),
      el('cac:Item', [
        el('cbc:Description', item.detail),
        el('cbc:Name', item.description),
        el('cac:SellersItemIdentification', [el('cbc:ID', item.article)]),
        scheme(item.rate, 'cac:ClassifiedTaxCategory'),
      ]),
      el('cac:Price', [el('cbc:PriceAmount', item.price, ` currencyID="${currency}"`)]),
    ])
  const allowance = facts.taxes
    .map(({ rate, base }) => ({
      rate,
      off: facts.lines.filter((item) => item.rate === rate).reduce((sum, { net }) => sum + net, 0) - base,
    }))
    .filter(({ off }) => off > 0)
  const space = 'urn:oasis:names:specification:ubl:schema:xsd:'
  return `<?xml version="1.0" encoding="UTF-8"?>\n${el(
    root,
    [
      el('cbc:CustomizationID', 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'),
      el('cbc:ProfileID', 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'),
      el('cbc:ID', facts.number),
      el('cbc:IssueDate', facts.issued),
      credit ? null : el('cbc:DueDate', facts.due),
      el(`cbc:${root}TypeCode`, credit ? '381' : '380'),
      el('cbc:DocumentCurrencyCode', currency),
      el('cac:OrderReference', [el('cbc:ID', facts.order)]),
      el('cac:AccountingSupplierParty', [ublParty(vendor, facts)]),
      el('cac:AccountingCustomerParty', [ublParty(facts.buyer, null)]),
      el('cac:PaymentMeans', [
        el('cbc:PaymentMeansCode', '30'),
        el('cbc:PaymentID', facts.number),
        el('cac:PayeeFinancialAccount', [
          el('cbc:ID', vendor.iban),
          el('cac:FinancialInstitutionBranch', [el('cbc:ID', vendor.bic)]),
        ]),
      ]),
      ...allowance.map(({ rate, off }) =>
        el('cac:AllowanceCharge', [
          el('cbc:ChargeIndicator', 'false'),
          el('cbc:AllowanceChargeReason', 'Discount'),
          money('cbc:Amount', off),
          scheme(rate, 'cac:TaxCategory'),
        ]),
      ),
      el('cac:TaxTotal', [
        money('cbc:TaxAmount', facts.total - facts.net),
        ...facts.taxes.map(({ rate, base, tax }) =>
          el('cac:TaxSubtotal', [money('cbc:TaxableAmount', base), money('cbc:TaxAmount', tax), scheme(rate, 'cac:TaxCategory')]),
        ),
      ]),
      el('cac:LegalMonetaryTotal', [
        money('cbc:LineExtensionAmount', facts.goods),
        money('cbc:TaxExclusiveAmount', facts.net),
        money('cbc:TaxInclusiveAmount', facts.total),
        facts.discount ? money('cbc:AllowanceTotalAmount', facts.discount) : null,
        money('cbc:PayableAmount', facts.total),
      ]),
      ...facts.lines.map(line),
    ],
    ` xmlns="${space}${root}-2" xmlns:cac="${space}CommonAggregateComponents-2" xmlns:cbc="${space}CommonBasicComponents-2"`,
  )}\n`
}

function cii(facts: Facts): string {
  const { vendor, buyer, credit, currency } = facts
  const date = (name: string, day: string) =>
    el(name, [`<udt:DateTimeString format="102">${day.replaceAll('-', '')}</udt:DateTimeString>`])
  const registered = (number: string | null, scheme: string) =>
    number ? el('ram:SpecifiedTaxRegistration', [el('ram:ID', number, ` schemeID="${scheme}"`)]) : null
  const party = (name: string, who: Party) =>
    el(name, [
      el('ram:Name', who.name),
      who === vendor && vendor.registration ? el('ram:SpecifiedLegalOrganization', [el('ram:ID', vendor.registration)]) : null,
      el('ram:PostalTradeAddress', [
        el('ram:PostcodeCode', who.postal),
        el('ram:LineOne', who.street),
        el('ram:CityName', who.city),
        el('ram:CountryID', who.country),
      ]),
      who === vendor ? registered(vendor.tax_id, 'FC') : null,
      registered(who.vat, 'VA'),
    ])
  const tax = (rate: number, amounts: (string | null)[] = []) =>
    el('ram:ApplicableTradeTax', [
      amounts[0] ?? null,
      el('ram:TypeCode', 'VAT'),
      facts.reverse && amounts.length ? el('ram:ExemptionReason', 'Reverse charge') : null,
      amounts[1] ?? null,
      el('ram:CategoryCode', category(facts)),
      el('ram:RateApplicablePercent', rate),
    ])
  const line = (item: Line, at: number) =>
    el('ram:IncludedSupplyChainTradeLineItem', [
      el('ram:AssociatedDocumentLineDocument', [el('ram:LineID', at + 1)]),
      el('ram:SpecifiedTradeProduct', [
        el('ram:SellerAssignedID', item.article),
        el('ram:Name', item.description),
        el('ram:Description', item.detail),
      ]),
      el('ram:SpecifiedLineTradeAgreement', [el('ram:NetPriceProductTradePrice', [el('ram:ChargeAmount', item.price)])]),
      el('ram:SpecifiedLineTradeDelivery', [el('ram:BilledQuantity', item.quantity, ` unitCode="${unitCode(item)}"`)]),
      el('ram:SpecifiedLineTradeSettlement', [
        tax(item.rate),
        el('ram:SpecifiedTradeSettlementLineMonetarySummation', [el('ram:LineTotalAmount', major(item.net))]),
      ]),
    ])
  const off = facts.taxes
    .map(({ rate, base }) => ({
      rate,
      off: facts.lines.filter((item) => item.rate === rate).reduce((sum, { net }) => sum + net, 0) - base,
    }))
    .filter((allowance) => allowance.off > 0)
  const space = 'urn:un:unece:uncefact:data:standard:'
  return `<?xml version="1.0" encoding="UTF-8"?>\n${el(
    'rsm:CrossIndustryInvoice',
    [
      el('rsm:ExchangedDocumentContext', [
        el('ram:GuidelineSpecifiedDocumentContextParameter', [el('ram:ID', 'urn:cen.eu:en16931:2017')]),
      ]),
      el('rsm:ExchangedDocument', [
        el('ram:ID', facts.number),
        el('ram:TypeCode', credit ? '381' : '380'),
        date('ram:IssueDateTime', facts.issued),
      ]),
      el('rsm:SupplyChainTradeTransaction', [
        ...facts.lines.map(line),
        el('ram:ApplicableHeaderTradeAgreement', [
          party('ram:SellerTradeParty', vendor),
          party('ram:BuyerTradeParty', buyer),
          el('ram:BuyerOrderReferencedDocument', [el('ram:IssuerAssignedID', facts.order)]),
        ]),
        '<ram:ApplicableHeaderTradeDelivery/>',
        el('ram:ApplicableHeaderTradeSettlement', [
          el('ram:PaymentReference', facts.number),
          el('ram:InvoiceCurrencyCode', currency),
          el('ram:SpecifiedTradeSettlementPaymentMeans', [
            el('ram:TypeCode', '58'),
            el('ram:PayeePartyCreditorFinancialAccount', [el('ram:IBANID', vendor.iban)]),
            el('ram:PayeeSpecifiedCreditorFinancialInstitution', [el('ram:BICID', vendor.bic)]),
          ]),
          ...facts.taxes.map(({ rate, base, tax: amount }) =>
            tax(rate, [el('ram:CalculatedAmount', major(amount)), el('ram:BasisAmount', major(base))]),
          ),
          ...off.map((allowance) =>
            el('ram:SpecifiedTradeAllowanceCharge', [
              '<ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>',
              el('ram:ActualAmount', major(allowance.off)),
              el('ram:Reason', 'Discount'),
              el('ram:CategoryTradeTax', [
                el('ram:TypeCode', 'VAT'),
                el('ram:CategoryCode', category(facts)),
                el('ram:RateApplicablePercent', allowance.rate),
              ]),
            ]),
          ),
          credit ? null : el('ram:SpecifiedTradePaymentTerms', [date('ram:DueDateDateTime', facts.due)]),
          el('ram:SpecifiedTradeSettlementHeaderMonetarySummation', [
            el('ram:LineTotalAmount', major(facts.goods)),
            facts.discount ? el('ram:AllowanceTotalAmount', major(facts.discount)) : null,
            el('ram:TaxBasisTotalAmount', major(facts.net)),
            el('ram:TaxTotalAmount', major(facts.total - facts.net), ` currencyID="${currency}"`),
            el('ram:GrandTotalAmount', major(facts.total)),
            el('ram:DuePayableAmount', major(facts.total)),
          ]),
        ]),
      ]),
    ],
    ` xmlns:rsm="${space}CrossIndustryInvoice:100" xmlns:ram="${space}ReusableAggregateBusinessInformationEntity:100" xmlns:udt="${space}UnqualifiedDataType:100"`,
  )}\n`
}

/** In data everything is told. */
function truthOf(facts: Facts, order: Order): Omit<Truth, 'file' | 'kind'> {
  const { vendor } = facts
  return {
    ...basics(facts, order),
    due_date: facts.credit ? null : facts.due,
    due_told: 'date',
    subtotal: facts.net / 100,
    tax_amount: (facts.total - facts.net) / 100,
    vendor_vat_id: vendor.vat,
    vendor_tax_id: vendor.tax_id,
    registration_id: vendor.registration,
    iban: vendor.iban,
    bic: vendor.bic,
    account_number: null,
    sort_code: null,
    routing_number: null,
    vendor_address: { ...placeOf(vendor), country: vendor.country },
    lines: facts.lines.map(({ description, quantity, price, net, rate }) => ({
      description,
      quantity,
      unit_price: price,
      total: net / 100,
      vat_rate: rate,
    })),
    printed: {
      document_id: facts.number,
      issued_at: facts.issued,
      ...(!facts.credit && { due_date: facts.due }),
      total: major(facts.total),
      subtotal: major(facts.net),
      tax_amount: major(facts.total - facts.net),
      vendor_name: escaped(vendor.name),
      vendor_vat_id: vendor.vat!,
      iban: vendor.iban!,
      bic: vendor.bic!,
      'vendor_address.line1': vendor.street,
      'vendor_address.city': vendor.city,
      'vendor_address.postal_code': vendor.postal,
      ...Object.fromEntries(facts.lines.map(({ net }, at) => [`line_${at}_total`, major(net)])),
    },
  }
}

/** A bill in one of the formats, with what is in it. */
export function einvoice(order: Order & { readonly format: 'ubl' | 'cii' | 'factur-x' }, random: Random) {
  const { facts, view } = makeBill(order, random)
  const truth = truthOf(facts, order)
  if (order.format === 'factur-x') return { truth, ending: 'pdf', bytes: print(order.layout, view, cii(facts)) }
  return { truth, ending: 'xml', bytes: new Uint8Array(Buffer.from(order.format === 'ubl' ? ubl(facts) : cii(facts))) }
}
