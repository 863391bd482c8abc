import { type Check, given } from './asking.ts'
import type { EInvoice, Identifier, Party, PostalAddress } from './model.ts'
import { isCvr, isGreekVat, isNorwegianNumber, isSwedishNumber } from './schemes.data.ts'

/**
 * The national rules of Peppol BIS Billing 3 that our documents can break. They go by the country of the seller: by the prefix of its VAT ID where
 * it has one, else by its address. Those of Germany are the rules of XRechnung under other names.
 */
export function national(invoice: EInvoice, check: Check): void {
  const { seller, buyer } = invoice
  const country = countryOf(seller)
  const domestic = country === countryOf(buyer)
  const { address, vat_id } = seller
  for (const [id, field] of [
    [seller.id, REGISTER],
    [seller.registration, REGISTER],
    [seller.endpoint, 'network_credentials_id'],
    [buyer.id, 'counterpart_id'],
    [buyer.registration, 'counterpart_id'],
    [buyer.endpoint, 'counterpart_einvoicing_credentials_id'],
  ] as const)
    if (id) numberOf(id, field, check)
  if (address.country === 'NL') dutch(invoice, buyer.address.country === 'NL', check)
  if (country === 'IT') italian(invoice, check)
  if (country === 'NO') norwegian(invoice, check)
  if (address.country === 'DK') danish(invoice, buyer.address.country === 'DK', check)
  if (address.country === 'SE') swedish(invoice, vat_id, check)
  if (address.country === 'IS') icelandic(invoice, buyer.address.country === 'IS', check)
  if (country === 'GR') greek(invoice, domestic, check)
}

function countryOf({ vat_id, address }: Party): string {
  const code = vat_id?.slice(0, 2) ?? address.country
  return code === 'EL' ? 'GR' : code
}
const whole = (place: PostalAddress) => given(place.line1) && given(place.city) && given(place.postal_code)
const isOf = (id: Identifier | null, schemes: readonly string[]) => given(id?.value) && schemes.includes(id.scheme ?? '')

const REGISTER = 'entity.registration_number'
const SELLER = 'entity_address'
const BUYER = 'counterpart_billing_address_id'
const VAT = 'entity_vat_id_id'
const ACCOUNT = 'entity_bank_account_id'

function dutch({ type, preceding, seller, buyer, totals, payment }: EInvoice, domestic: boolean, { error }: Check): void {
  const registers = ['0106', '0190']
  error('NL-R-001', type !== '381' || given(preceding?.number), 'A credit note names its invoice', 'based_on')
  error('NL-R-002', whole(seller.address), 'The address needs street, town and postal code', SELLER)
  error(
    'NL-R-003',
    isOf(seller.registration, registers),
    'A Dutch seller needs its number of the register (KVK) or of the government (OIN)',
    REGISTER,
  )
  error('NL-R-004', !domestic || whole(buyer.address), 'The address of the buyer needs street, town and postal code', BUYER)
  error(
    'NL-R-005',
    !domestic || isOf(buyer.registration, registers),
    'A Dutch buyer needs its number of the register (KVK) or of the government (OIN)',
    'counterpart_id',
  )
  error('NL-R-007', type === '381' || totals.payable <= 0 || payment !== null, 'How to pay is not said', ACCOUNT)
  error(
    'NL-R-008',
    !domestic || !payment || ['30', '48', '49', '57', '58', '59'].includes(payment.code),
    'This way of payment is not taken between Dutch firms',
    ACCOUNT,
  )
}

function italian({ seller: { address, tax_id } }: EInvoice, { error }: Check): void {
  error(
    'IT-R-001',
    tax_id === null || /^[A-Z0-9]{11,16}$/.test(tax_id),
    'The tax number of an Italian seller (codice fiscale) has 11 to 16 letters and digits',
    'entity.tax_id',
  )
  error('IT-R-002', given(address.line1), 'An Italian seller names its street', SELLER)
  error('IT-R-003', given(address.city), 'An Italian seller names its town', SELLER)
  error('IT-R-004', given(address.postal_code), 'An Italian seller names its postal code', SELLER)
}

function norwegian({ seller: { vat_id, tax_id } }: EInvoice, { error, warn }: Check): void {
  const [, number] = /^NO(\d{9})MVA$/.exec(vat_id ?? '') ?? []
  error(
    'NO-R-001',
    !vat_id?.startsWith('NO') || (number !== undefined && isNorwegianNumber(number)),
    'A Norwegian VAT number is NO, the nine digits of the organisation, and MVA',
    VAT,
  )
  warn(
    'NO-R-002',
    tax_id === 'Foretaksregisteret',
    'Norwegian companies name the register that they stand in: Foretaksregisteret',
    'entity.registration_authority',
  )
}

/** Ways of payment between Danish firms. */
const DANISH_WAYS = ['1', '10', '31', '42', '48', '49', '50', '58', '59', '93', '97']

function danish({ type, seller, buyer, payment, totals }: EInvoice, domestic: boolean, { error }: Check): void {
  error('DK-R-002', given(seller.registration?.value), 'A Danish seller needs its CVR number', REGISTER)
  error(
    'DK-R-014',
    seller.registration === null || isOf(seller.registration, ['0184']),
    'The register number of a Danish seller is its CVR number: eight digits',
    REGISTER,
  )
  if (!domestic) return
  error('DK-R-013', seller.id === null || given(seller.id.scheme), 'A number of the seller needs its scheme', REGISTER)
  error('DK-R-013', buyer.id === null || given(buyer.id.scheme), 'A number of the buyer needs its scheme', 'counterpart_id')
  error('DK-R-016', type !== '381' || totals.payable >= 0, 'A credit note is not below zero', 'line_items')
  if (!payment || type === '381') return
  error('DK-R-005', DANISH_WAYS.includes(payment.code), 'This way of payment is not taken between Danish firms', ACCOUNT)
  const isTransfer = payment.code === '31' || payment.code === '42'
  const number = payment.account?.iban ?? payment.account?.number
  error(
    'DK-R-006',
    !isTransfer || (given(number) && given(payment.account?.bic)),
    'A transfer between Danish firms needs the account and its bank (registration number or BIC)',
    ACCOUNT,
  )
}

function swedish({ seller, taxes, lines }: EInvoice, vat_id: string | null, { error, warn }: Check): void {
  const own = vat_id?.startsWith('SE') ? vat_id : null
  error('SE-R-001', own === null || own.length === 14, 'A Swedish VAT number has 14 characters: SE, ten digits, and 01', VAT)
  error('SE-R-002', own === null || /^SE\d{12}$/.test(own), 'A Swedish VAT number is SE and digits', VAT)
  const register = seller.registration?.value ?? null
  warn('SE-R-003', register === null || /^\d+$/.test(register), 'A Swedish organisation number has digits only', REGISTER)
  warn('SE-R-004', register === null || register.length === 10, 'A Swedish organisation number has ten digits', REGISTER)
  warn(
    'SE-R-013',
    register === null || !/^\d{10}$/.test(register) || isSwedishNumber(register),
    'The last digit of the organisation number does not follow from the others',
    REGISTER,
  )
  error(
    'SE-R-005',
    register === null || seller.tax_id === null || seller.tax_id.toUpperCase() === 'GODKÄND FÖR F-SKATT',
    'In place of its tax number a Swedish seller says "Godkänd för F-skatt", or nothing',
    'entity.tax_id',
  )
  for (const { category, rate } of [...taxes, ...lines])
    error(
      'SE-R-006',
      own === null || category !== 'S' || [600, 1200, 2500].includes(rate),
      `${rate / 100} % is no Swedish VAT: it is 6, 12 or 25 %`,
      'line_items',
    )
}

function icelandic({ seller, buyer }: EInvoice, domestic: boolean, { error }: Check): void {
  const placed = ({ address }: Party) => given(address.line1) && given(address.postal_code)
  error('IS-R-002', isOf(seller.registration, ['0196']), 'An Icelandic seller needs its kennitala: ten digits', REGISTER)
  error('IS-R-003', placed(seller), 'The address of an Icelandic seller needs street and postal code', SELLER)
  if (!domestic) return
  error('IS-R-004', isOf(buyer.registration, ['0196']), 'An Icelandic buyer needs its kennitala: ten digits', 'counterpart_id')
  error('IS-R-005', placed(buyer), 'The address of an Icelandic buyer needs street and postal code', BUYER)
}

function greek({ number, issued, seller, buyer }: EInvoice, domestic: boolean, { error }: Check): void {
  const isOwn = (vat: string | null) => vat?.startsWith('EL') === true && isGreekVat(vat.slice(2))
  const reached = ({ endpoint }: Party) => endpoint?.scheme === '9933' && isGreekVat(endpoint.value.replace(/^(?:EL|GR)/, ''))
  const [tin, day, series, kind, ...rest] = number.split('|')
  const [year, month, date] = issued.split('-')
  const named =
    rest.length === 2 &&
    rest.every(given) &&
    tin === seller.vat_id?.slice(2) &&
    day === `${date}/${month}/${year}` &&
    /^\d+$/.test(series ?? '') &&
    ['1.1', '1.6', '2.1', '2.4', '5.1', '5.2'].includes(kind ?? '')
  error(
    'GR-R-001',
    named,
    'The number of a Greek invoice has six parts: VAT number|DD/MM/YYYY|branch|kind|series|number',
    'document_id',
  )
  error(
    'GR-R-004',
    false,
    'Greek invoices bear the mark of the tax authority (M.AR.K of myDATA), which can not be had here',
    null,
  )
  error('GR-R-003', isOwn(seller.vat_id), 'A Greek seller needs its VAT number: EL and nine digits', VAT)
  error('GR-R-009', reached(seller), 'A Greek seller is reached by its VAT number (scheme 9933)', 'network_credentials_id')
  if (!domestic) return
  error('GR-R-006', isOwn(buyer.vat_id), 'A Greek buyer needs its VAT number: EL and nine digits', 'counterpart_vat_id_id')
  error(
    'GR-R-010',
    reached(buyer),
    'A Greek buyer is reached by its VAT number (scheme 9933)',
    'counterpart_einvoicing_credentials_id',
  )
}

/** Numbers that Peppol looks into wherever they stand. */
function numberOf({ value, scheme }: Identifier, field: string, { error }: Check): void {
  error(
    'PEPPOL-COMMON-R041',
    scheme !== '0192' || isNorwegianNumber(value),
    `${value} is not a Norwegian organisation number`,
    field,
  )
  error('PEPPOL-COMMON-R042', scheme !== '0184' || isCvr(value), `${value} is not a Danish CVR number`, field)
  error('PEPPOL-COMMON-R049', scheme !== '0007' || isSwedishNumber(value), `${value} is not a Swedish organisation number`, field)
}
