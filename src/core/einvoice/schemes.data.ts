import { fits97 } from '../reading/values.ts'

/** Numbers under which companies are known in networks and registers, by country. Codes of ISO 6523 and of the EAS list of the European Commission. */

/** Schemes of VAT numbers as electronic addresses. */
export const vatSchemes: Readonly<Record<string, string>> = {
  AT: '9914',
  BE: '9925',
  BG: '9926',
  CH: '9927',
  CY: '9928',
  CZ: '9929',
  DE: '9930',
  EE: '9931',
  ES: '9920',
  FR: '9957',
  GB: '9932',
  GR: '9933',
  HR: '9934',
  HU: '9910',
  IE: '9935',
  IT: '0211',
  LI: '9936',
  LT: '9937',
  LU: '9938',
  LV: '9939',
  MT: '9943',
  NL: '9944',
  PL: '9945',
  PT: '9946',
  RO: '9947',
  SE: '9955',
  SI: '9949',
  SK: '9950',
  FI: '0213',
}

/** The schemes that the contract names, as the network knows them. */
export const networkSchemes = {
  'DE:VAT': '9930',
  'NL:KVK': '0106',
  'NL:VAT': '9944',
  'BE:EN': '0208',
  'BE:VAT': '9925',
} as const
export type NetworkScheme = keyof typeof networkSchemes

const digits = (text: string) => text.replace(/\D/g, '')
const bare = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '')

/** How a participant's number has to look, in its canonical form. */
export const networkForms: Readonly<Record<NetworkScheme, { readonly form: RegExp; readonly words: string }>> = {
  'DE:VAT': { form: /^DE\d{9}$/, words: 'DE and nine digits' },
  'NL:KVK': { form: /^\d{8}$/, words: 'eight digits' },
  'NL:VAT': { form: /^NL\d{9}B\d{2}$/, words: 'NL, nine digits, B and two digits' },
  'BE:EN': { form: /^[01]\d{9}$/, words: 'ten digits that begin with 0 or 1' },
  'BE:VAT': { form: /^BE[01]\d{9}$/, words: 'BE and ten digits' },
}

/** A participant's number as directories hold it: capitals without blanks and dots, VAT numbers with their prefix. */
export function canonicalNumber(scheme: NetworkScheme, value: string): string {
  const number = bare(value)
  const [country, kind] = scheme.split(':') as [string, string]
  if (kind === 'VAT') return number.startsWith(country) ? number : `${country}${number}`
  return kind === 'EN' && number.startsWith('BE') ? number.slice(2) : number
}

/** A VAT number with the prefix of its country, which is EL for Greece (BR-CO-9). */
export function vatNumber(value: string, country: string | null): string {
  const number = bare(value)
  const prefix = country === 'GR' ? 'EL' : country
  const known = country === 'GR' ? ['EL', 'GR'] : country === 'GB' ? ['GB', 'XI'] : [country]
  if (!prefix || !/^[A-Z]{2}$/.test(prefix) || /^(?:IC|EA)$/.test(prefix)) return number
  const found = known.find((one) => one && number.startsWith(one))
  return found ? `${prefix === 'EL' ? 'EL' : found}${number.slice(2)}` : `${prefix}${number}`
}

/** The Belgian enterprise number in a VAT number. */
const enterprise = (vat: string): string | null => {
  const number = digits(vat).padStart(10, '0')
  return /^[01]\d{9}$/.test(number) ? number : null
}

/** The address in the Peppol network that follows from a VAT number; null where the country has none. */
export function addressOfVat(vat: string, country: string): { value: string; scheme: string } | null {
  if (country === 'BE') {
    const number = enterprise(vat)
    return number ? { value: number, scheme: '0208' } : null
  }
  const scheme = vatSchemes[country]
  return scheme ? { value: vat, scheme } : null
}

/**
 * Where a number of a register belongs: its scheme and how it is written, by country. What doesn't look like a number of that register has no
 * scheme. Overseas departments of France have numbers of France.
 */
export function registrationOf(value: string, country: string): { value: string; scheme: string | null } {
  const number = digits(value)
  const found = (scheme: string) => ({ value: number, scheme })
  if (isFrench(country)) {
    if (number.length === 14) return found('0009')
    if (number.length === 9) return found('0002')
  }
  if (country === 'BE' && /^[01]?\d{9}$/.test(number)) return { value: number.padStart(10, '0'), scheme: '0208' }
  if (country === 'NL' && number.length === 8 && !/[a-z]/i.test(value.replace(/kvk/i, ''))) return found('0106')
  if (country === 'NL' && number.length === 20) return found('0190')
  if (country === 'DK' && number.length === 8) return { value: `DK${number}`, scheme: '0184' }
  if (country === 'SE' && number.length === 10) return found('0007')
  if (country === 'NO' && number.length === 9) return found('0192')
  if (country === 'IS' && number.length === 10) return found('0196')
  if (country === 'FI' && /^\d{7}-?\d$/.test(value.trim())) return found('0212')
  return { value: value.trim(), scheme: null }
}

/** France with what lies overseas and shares its registers. */
export const isFrench = (country: string): boolean => /^(?:FR|GP|MQ|GF|RE|YT|BL|MF|PM)$/.test(country)

/** Countries by the code that ISO knows: the Canary Islands, Ceuta and Melilla are Spain. */
export const isoCountry = (country: string): string => (country === 'IC' || country === 'EA' ? 'ES' : country)

/** The currency in which a country's VAT is declared, where a document in another one has to name its VAT in that (Directive 2006/112/EC art. 230). */
export function bookCurrency(country: string): string | null {
  if ('AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ').includes(country)) return 'EUR'
  const own: Readonly<Record<string, string>> = { CZ: 'CZK', DK: 'DKK', HU: 'HUF', PL: 'PLN', RO: 'RON', SE: 'SEK', GB: 'GBP' }
  return own[country] ?? null
}

/** Whether the last digit of a GLN follows from the others (GS1, mod 10). */
export function isGln(value: string): boolean {
  if (!/^\d{13}$/.test(value)) return false
  const sum = [...value.slice(0, 12)].reduce((all, digit, i) => all + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
  return (10 - (sum % 10)) % 10 === Number(value[12])
}

/** Whether the last two digits of a Belgian enterprise number follow from the others (Peppol R043). */
export const isEnterpriseNumber = (value: string): boolean =>
  /^[01]\d{9}$/.test(value) && 97 - (Number(value.slice(0, 8)) % 97) === Number(value.slice(8))

const weighted = (digits: string, weights: readonly number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0)

/** Whether the last digit of a Norwegian organisation number follows from the others (mod 11, Peppol R041). */
export const isNorwegianNumber = (value: string): boolean =>
  /^\d{9}$/.test(value) && Number(value) > 0 && (11 - (weighted(value, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(value[8])

/** Whether a number is written like a Danish CVR number in the network (Peppol R042). */
export const isCvr = (value: string): boolean => /^DK\d{8}$/.test(value)

/** Whether the last digit of a Swedish organisation number follows from the others (Luhn, Peppol R049). */
export function isSwedishNumber(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false
  const sum = [...value.slice(0, 9)].reduce((all, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return all + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(value[9])
}

/** Whether the last of nine digits of a Greek VAT number follows from the others. */
export const isGreekVat = (value: string): boolean =>
  /^\d{9}$/.test(value) && (weighted(value, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(value[8])

const LEITWEG = /^\d{2,12}(?:-[A-Z0-9]{1,30})?-\d{2}$/
/** Whether a reference has the shape of a Leitweg-ID, the number of a German authority. */
export const looksLikeLeitwegId = (value: string): boolean => LEITWEG.test(value.toUpperCase())
/** Whether its two check digits are right (ISO 7064 MOD 97-10, letters as 10 to 35). */
export function isLeitwegId(value: string): boolean {
  if (!looksLikeLeitwegId(value)) return false
  return fits97(value.toUpperCase().replace(/-/g, ''))
}
