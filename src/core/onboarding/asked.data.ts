import type { PlainDate } from '../calendar.ts'

/**
 * What is asked of whoever takes payments, by country and type: a dated table, each row with its source. Where a law asks "who are you?" the
 * row says which fields answer that here. A provider may ask for more at any time; see `requirements.ts`.
 */

export type EntityType = 'individual' | 'organization'
export const personRoles = ['representative', 'owner', 'executive', 'director'] as const
export type PersonRole = (typeof personRoles)[number]

export interface FieldRule {
  readonly of: readonly EntityType[]
  /** Whom or what the fields belong to. */
  readonly about: 'entities' | 'business_profile' | 'ownership_declaration' | 'bank_account' | 'provided' | PersonRole
  readonly fields: readonly string[]
  /** Where the entity has its address: these countries only, or all but these. */
  readonly only?: readonly string[]
  readonly except?: readonly string[]
  /** From this day on, and until the day before this one. */
  readonly since: PlainDate
  readonly until?: PlainDate
  readonly source: string
}

const BOTH: readonly EntityType[] = ['individual', 'organization']
const COMPANY: readonly EntityType[] = ['organization']
const PERSON: readonly EntityType[] = ['individual']
const ADDRESS = ['address.line1', 'address.city', 'address.postal_code', 'address.country']

/** Countries whose addresses name a state or county. Elsewhere it may be given. */
export const STATES_ASKED: readonly string[] = ['US', 'IE']
export const STATES_OFFERED: readonly string[] = ['US', 'IE', 'CA', 'AU', 'ES', 'IT']

/**
 * Owners from this share on are asked about, in per cent. The American rule says 25 or more (31 CFR 1010.230(d)(1)), so will the European
 * one (Regulation (EU) 2024/1624, article 52, from 10 July 2027); until then it is more than 25 in the EU (Directive (EU) 2015/849, article
 * 3(6)(a)) and in the UK (MLR 2017, regulation 5). The lower one of all is asked everywhere.
 */
export const OWNER_PERCENT = 25
export const AGE_MIN = 18
export const AGE_MAX = 120

const EU_CUSTOMER = 'Directive (EU) 2015/849, article 13(1); UK: MLR 2017, regulation 28'
const US_CUSTOMER = '31 CFR 1020.220(a)(2)(i)'
const US_OWNERS = '31 CFR 1010.230(b) and (d)'
const CONTRACT = 'the field descriptions of the API: needed for entities in the United States'

export const asked: readonly FieldRule[] = [
  {
    of: PERSON,
    about: 'entities',
    fields: ['first_name', 'last_name', 'email', 'phone', 'date_of_birth'].concat(ADDRESS),
    since: '2017-06-26',
    source: `${EU_CUSTOMER}; ${US_CUSTOMER}`,
  },
  { of: PERSON, about: 'entities', fields: ['ssn_last_4'], only: ['US'], since: '2003-10-01', source: US_CUSTOMER },
  {
    of: PERSON,
    about: 'entities',
    fields: ['id_number'],
    only: ['NL'],
    since: '2018-07-25',
    source: 'Wet ter voorkoming van witwassen en financieren van terrorisme, article 33(2)(a)',
  },
  {
    of: COMPANY,
    about: 'entities',
    fields: ['legal_name', 'email', 'phone', 'tax_id'].concat(ADDRESS),
    since: '2017-06-26',
    source: `${EU_CUSTOMER}; ${US_CUSTOMER}`,
  },
  { of: COMPANY, about: 'entities', fields: ['business_structure'], only: ['US'], since: '2018-05-11', source: US_OWNERS },
  { of: BOTH, about: 'entities', fields: ['address.state'], only: STATES_ASKED, since: '2003-10-01', source: US_CUSTOMER },
  {
    of: BOTH,
    about: 'business_profile',
    fields: ['mcc', 'url'],
    since: '2017-06-26',
    source: 'ISO 18245 (categories of merchants); Directive (EU) 2015/849, article 13(1)(c)',
  },
  {
    of: COMPANY,
    about: 'business_profile',
    fields: ['description_of_goods_or_services', 'estimated_monthly_revenue', 'operating_countries'],
    only: ['US'],
    since: '2024-05-25',
    source: CONTRACT,
  },
  {
    of: COMPANY,
    about: 'representative',
    fields: ['first_name', 'last_name', 'email', 'phone', 'date_of_birth', 'relationship.title'].concat(ADDRESS),
    since: '2017-06-26',
    source: `Directive (EU) 2015/849, article 13(1), last sentence; ${US_OWNERS}`,
  },
  {
    of: COMPANY,
    about: 'representative',
    fields: ['ssn_last_4', 'citizenship'],
    only: ['US'],
    since: '2018-05-11',
    source: `${US_OWNERS}; citizenship: ${CONTRACT}`,
  },
  {
    of: COMPANY,
    about: 'owner',
    fields: ['first_name', 'last_name', 'email', 'date_of_birth', 'relationship.percent_ownership'].concat(ADDRESS),
    since: '2017-06-26',
    source: `Directive (EU) 2015/849, article 13(1)(b); ${US_OWNERS}`,
  },
  { of: COMPANY, about: 'owner', fields: ['ssn_last_4'], only: ['US'], since: '2018-05-11', source: US_OWNERS },
  {
    of: COMPANY,
    about: 'director',
    fields: ['first_name', 'last_name', 'email'],
    except: ['US'],
    since: '2017-06-26',
    source: 'MLR 2017, regulation 28(3)(b)(ii); Regulation (EU) 2024/1624, article 22(1)(b), from 10 July 2027',
  },
  { of: COMPANY, about: 'executive', fields: ['first_name', 'last_name', 'email'], since: '2018-05-11', source: US_OWNERS },
  { of: COMPANY, about: 'provided', fields: ['owners_provided'], since: '2017-06-26', source: US_OWNERS },
  {
    of: COMPANY,
    about: 'provided',
    fields: ['directors_provided'],
    except: ['US'],
    since: '2017-06-26',
    source: 'MLR 2017, regulation 28(3)(b)(ii)',
  },
  { of: COMPANY, about: 'provided', fields: ['executives_provided'], only: ['US'], since: '2018-05-11', source: US_OWNERS },
  {
    of: BOTH,
    about: 'bank_account',
    fields: ['bank_account'],
    since: '2018-01-13',
    source: 'Directive (EU) 2015/2366, annex I: money can only be paid out to an account',
  },
  {
    of: COMPANY,
    about: 'ownership_declaration',
    fields: ['date'],
    since: '2018-05-11',
    source: '31 CFR 1010.230(b)(1), the certification of whoever opens the account; Directive (EU) 2015/849, article 30(1)',
  },
]

/** The rows that hold for an entity on a day. */
export const askedOn = (today: PlainDate, of: EntityType, country: string): readonly FieldRule[] =>
  asked.filter(
    (row) =>
      row.of.includes(of) &&
      (row.only?.includes(country) ?? true) &&
      !row.except?.includes(country) &&
      row.since <= today &&
      (row.until === undefined || today < row.until),
  )
