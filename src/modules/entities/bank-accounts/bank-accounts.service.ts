import { countrySpecs, isValidIBAN } from 'ibantools'
import { isRouting } from '../../../core/payment-files/nacha.ts'
import { invalid, invalidAt } from '../../../core/refusal.ts'
import { freely } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { EntityBankAccountResponse } from './bank-accounts.schema.ts'

export const entityBankAccounts = table('entity_bank_accounts', EntityBankAccountResponse, {
  noun: 'Bank account',
  object: 'entity_bank_account',
  computed: { is_default: 't.is_default_for_currency' },
})

/** Fields of a bank account, cleaned of the blanks and hyphens that people write. */
export interface AccountFields {
  account_holder_name?: string | null
  account_number?: string | null
  bic?: string | null
  country?: string | null
  currency?: string | null
  iban?: string | null
  routing_number?: string | null
  sort_code?: string | null
}

/** Where euro accounts may be: the EU with what belongs to it overseas, and further countries of SEPA. */
const euroCountries = new Set(
  'AX EA GF GP IC MF MQ RE YT AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE LI NO CH GB GI'.split(
    ' ',
  ),
)
export const africa: ReadonlySet<string> = new Set(
  'DZ AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW'.split(
    ' ',
  ),
)
/** The official currency where it isn't the euro of `euroCountries` (ISO 4217), as far as the contract knows it. */
// biome-ignore format: a table
const currencyOf: Record<string, string> = {
  AE: 'AED', AF: 'AFN', AG: 'XCD', AI: 'XCD', AL: 'ALL', AM: 'AMD', AN: 'ANG', AR: 'ARS', AU: 'AUD', AW: 'AWG', AZ: 'AZN',
  BA: 'BAM', BB: 'BBD', BD: 'BDT', BG: 'EUR', BH: 'BHD', BM: 'BMD', BN: 'BND', BO: 'BOB', BR: 'BRL', BS: 'BSD', BV: 'NOK',
  BY: 'BYN', BZ: 'BZD', CA: 'CAD', CC: 'AUD', CH: 'CHF', CK: 'NZD', CL: 'CLP', CN: 'CNY', CO: 'COP', CR: 'CRC', CW: 'ANG',
  CX: 'AUD', CZ: 'CZK', DK: 'DKK', DM: 'XCD', DO: 'DOP', FJ: 'FJD', FK: 'FKP', FO: 'DKK', GB: 'GBP', GD: 'XCD', GE: 'GEL',
  GI: 'GIP', GL: 'DKK', GT: 'GTQ', GY: 'GYD', HK: 'HKD', HM: 'AUD', HN: 'HNL', HT: 'HTG', HU: 'HUF', ID: 'IDR', IL: 'ILS',
  IN: 'INR', IQ: 'IQD', IS: 'ISK', JM: 'JMD', JO: 'JOD', JP: 'JPY', KG: 'KGS', KH: 'KHR', KI: 'AUD', KN: 'XCD', KR: 'KRW',
  KW: 'KWD', KY: 'KYD', KZ: 'KZT', LA: 'LAK', LB: 'LBP', LC: 'XCD', LI: 'CHF', LK: 'LKR', MD: 'MDL', MK: 'MKD', MM: 'MMK',
  MN: 'MNT', MO: 'MOP', MS: 'XCD', MV: 'MVR', MX: 'MXN', MY: 'MYR', NC: 'XPF', NF: 'AUD', NI: 'NIO', NO: 'NOK', NP: 'NPR',
  NR: 'AUD', NU: 'NZD', NZ: 'NZD', OM: 'OMR', PA: 'PAB', PE: 'PEN', PF: 'XPF', PG: 'PGK', PH: 'PHP', PK: 'PKR', PL: 'PLN',
  PN: 'NZD', PY: 'PYG', QA: 'QAR', RO: 'RON', RS: 'RSD', RU: 'RUB', SA: 'SAR', SB: 'SBD', SE: 'SEK', SG: 'SGD', SH: 'SHP',
  SJ: 'NOK', SR: 'SRD', SX: 'ANG', TH: 'THB', TJ: 'TJS', TK: 'NZD', TM: 'TMT', TO: 'TOP', TR: 'TRY', TT: 'TTD', TV: 'AUD',
  TW: 'TWD', UA: 'UAH', US: 'USD', UY: 'UYU', UZ: 'UZS', VC: 'XCD', VN: 'VND', VU: 'VUV', WF: 'XPF', WS: 'WST', YE: 'YER',
  AO: 'AOA', BF: 'XOF', BI: 'BIF', BJ: 'XOF', BW: 'BWP', CD: 'CDF', CF: 'XAF', CG: 'XAF', CI: 'XOF', CM: 'XAF', CV: 'CVE',
  DJ: 'DJF', DZ: 'DZD', EG: 'EGP', EH: 'MAD', ET: 'ETB', GA: 'XAF', GH: 'GHS', GM: 'GMD', GN: 'GNF', GQ: 'XAF', GW: 'XOF',
  KE: 'KES', KM: 'KMF', LR: 'LRD', LS: 'LSL', LY: 'LYD', MA: 'MAD', MG: 'MGA', ML: 'XOF', MU: 'MUR', MW: 'MWK', MZ: 'MZN',
  NA: 'NAD', NE: 'XOF', NG: 'NGN', RW: 'RWF', SC: 'SCR', SL: 'SLE', SN: 'XOF', SO: 'SOS', SS: 'SSP', SZ: 'SZL', TD: 'XAF',
  TG: 'XOF', TN: 'TND', TZ: 'TZS', UG: 'UGX', ZA: 'ZAR', ZM: 'ZMW',
  AD: 'EUR', BL: 'EUR', MC: 'EUR', ME: 'EUR', PM: 'EUR', SM: 'EUR', TF: 'EUR', VA: 'EUR',
  AS: 'USD', BQ: 'USD', BT: 'BTN', EC: 'USD', FM: 'USD', GG: 'GBP', GS: 'FKP', GU: 'USD', IM: 'GBP', IO: 'USD', JE: 'GBP',
  MH: 'USD', MP: 'USD', PR: 'USD', PS: 'ILS', PW: 'USD', SV: 'USD', TC: 'USD', TL: 'USD', UM: 'USD', VG: 'USD', VI: 'USD',
}

/** The usual currency of a country; euro where that is legal tender, null where we don't know. */
export const usualCurrency = (country: string): string | null =>
  currencyOf[country] ?? (euroCountries.has(country) ? 'EUR' : null)

/** Numbers as banks compare them: capitals, and no blanks or hyphens. */
export function cleaned<T extends AccountFields>(account: T): T {
  const bare = (value: string | null | undefined) => value?.replace(/[\s-]/g, '').toUpperCase() || null
  return {
    ...account,
    account_number: account.account_number?.trim() || null,
    iban: bare(account.iban),
    bic: bare(account.bic),
    sort_code: bare(account.sort_code),
    routing_number: bare(account.routing_number),
  }
}

/** What of an IBAN is wrong: its country, its length, or its check digits, which are from 02 to 98 (ISO 13616). */
function ibanFault(iban: string): string | null {
  if (!/^[A-Z]{2}\d{2}/.test(iban)) return 'Input should be an IBAN: it begins with the letters of a country and two digits'
  const spec = countrySpecs[iban.slice(0, 2)]
  if (!spec?.IBANRegistry) return `Input should be an IBAN: "${iban.slice(0, 2)}" is not a country that has them`
  if (spec.chars !== null && iban.length !== spec.chars)
    return `Input should be an IBAN: those of ${iban.slice(0, 2)} have a length of ${spec.chars}, this one has ${iban.length}`
  const check = Number(iban.slice(2, 4))
  if (check >= 2 && check <= 98 && isValidIBAN(iban)) return null
  return 'Input should be an IBAN with a right checksum: there is a slip in this one'
}

/** Shapes of the numbers themselves: IBAN by country and checksum (ISO 13616), BIC (ISO 9362), sort code, routing number (ABA). */
export function checkNumbers({ iban, bic, sort_code, routing_number }: AccountFields): void {
  const fault = iban ? ibanFault(iban) : null
  if (fault) throw wrong('iban', fault)
  if (bic && !/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic))
    throw wrong('bic', 'Input should be a BIC of 8 or 11 characters')
  if (bic && !iban) throw wrong('bic', 'A BIC goes together with an IBAN')
  if (sort_code && !/^\d{6}$/.test(sort_code)) throw wrong('sort_code', 'A sort code has 6 digits')
  if (routing_number && !isRouting(routing_number))
    throw wrong('routing_number', 'A routing number has 9 digits and a right checksum')
}

/** Countries whose accounts have the IBANs of another one (ISO 13616 registry). */
// biome-ignore format: a table
const ibansOf: Record<string, string> = {
  AX: 'FI', BL: 'FR', EA: 'ES', GF: 'FR', GG: 'GB', GP: 'FR', IC: 'ES', IM: 'GB', JE: 'GB', MF: 'FR', MQ: 'FR', NC: 'FR', PF: 'FR',
  PM: 'FR', RE: 'FR', SJ: 'NO', TF: 'FR', WF: 'FR', YT: 'FR',
}

/** Whether the account is named by an IBAN of its own country: banks lead such accounts in any currency. */
export const hasOwnIban = ({ iban, country }: AccountFields): boolean =>
  Boolean(iban && country && [country, ibansOf[country]].includes(iban.slice(0, 2)))

/** What an account needs so that money in its currency can arrive in its country. */
export function checkCurrency(account: AccountFields & { country: string; currency: string }): void {
  const { country, currency } = account
  if (africa.has(country) || hasOwnIban(account)) return
  if (currency === 'EUR') {
    if (!euroCountries.has(country)) throw wrong('country', 'A euro account is in the EU, LI, NO, CH, GB or GI')
    need(account, ['iban'])
    return
  }
  if (currency === 'GBP') {
    if (country !== 'GB' && country !== 'GI') throw wrong('country', 'An account in pounds is in GB or GI')
    need(account, ['account_holder_name', 'account_number', 'sort_code'])
    return
  }
  if (currency === 'USD') {
    if (country !== 'US') throw wrong('country', 'An account in US dollars is in the US')
    need(account, ['account_holder_name', 'account_number', 'routing_number'])
    if (!/^\d{4,17}$/.test(account.account_number!))
      throw wrong('account_number', 'An account number in the US has 4 to 17 digits')
    return
  }
  const usual = usualCurrency(country)
  if (usual !== null && usual !== currency) throw wrong('country', `${currency} is not the currency of ${country}`)
  if (account.iban || (account.account_number && (account.sort_code || account.routing_number))) return
  throw wrong('iban', 'Needs an IBAN, or an account number together with a sort code or a routing number')
}

function need(account: AccountFields, fields: (keyof AccountFields)[]): void {
  const absent = fields.filter((field) => !account[field])
  if (absent.length > 0)
    throw invalid(
      absent.map((field) => ({ loc: ['body', field], msg: `Needed for accounts in ${account.currency}`, type: 'missing' })),
    )
}

const wrong = (field: string, msg: string) => invalidAt(['body', field], msg)

/** A new account; the first one of its currency is the default, whatever was asked. */
export async function addAccount(
  ctx: Ctx,
  account: AccountFields & {
    readonly country: string
    readonly currency: string
    readonly bank_name?: string | null
    readonly display_name?: string | null
  },
  asDefault: boolean,
) {
  const first = (await lockCurrency(ctx, account.currency)).length === 0
  if (first || asDefault) await clearDefault(ctx, account.currency)
  return rows.create(ctx, entityBankAccounts, {
    account_holder_name: account.account_holder_name,
    account_number: account.account_number,
    bank_name: account.bank_name,
    bic: account.bic,
    country: account.country,
    currency: account.currency,
    display_name: account.display_name,
    iban: account.iban,
    routing_number: account.routing_number,
    sort_code: account.sort_code,
    is_default_for_currency: first || asDefault,
    was_created_by_user_id: ctx.userId,
  })
}

const LOCK_CURRENCY = sql(`select pg_advisory_xact_lock(hashtextextended(:key, 0))`)
const OF_CURRENCY = sql(
  `select id from entity_bank_accounts where currency = :currency and deleted_at is null order by created_at, id`,
)

/** The accounts of a currency, oldest first, locked so that exactly one of them ends up as the default. */
export async function lockCurrency(ctx: Ctx, currency: string): Promise<{ id: string }[]> {
  // The first account has no row to lock yet, so its currency is locked by name.
  await LOCK_CURRENCY(ctx, { key: `bank account ${ctx.entityId} ${currency}` })
  return OF_CURRENCY(ctx, { currency })
}

const DEFAULT = sql(
  `select id from entity_bank_accounts where currency = :currency and is_default_for_currency and deleted_at is null`,
)

/** Takes the flag from the account that has it, whoever made that one. */
export async function clearDefault(ctx: Ctx, currency: string): Promise<void> {
  const held = await DEFAULT(ctx, { currency })
  for (const { id } of held) await rows.change(freely(ctx), entityBankAccounts, id, { is_default_for_currency: false })
}
