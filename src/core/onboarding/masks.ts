import type { countries } from '../countries.data.ts'
import { type PersonRole, personRoles, STATES_ASKED, STATES_OFFERED } from './asked.data.ts'

/** Which fields a form shows: true where one has to be filled in, false where it may be; what isn't named isn't shown. */

type Mask = Record<string, boolean>
type Country = (typeof countries)[number]

/** Accounts by their currency. Which countries the euro and the pound are led in: SEPA, and the rules of `bank-accounts.service.ts`. */
export const bankAccountMasks: Readonly<Record<string, Mask>> = {
  EUR: { country: true, currency: true, iban: true, account_holder_name: false },
  GBP: { country: true, currency: true, account_holder_name: true, account_number: true, sort_code: true },
  USD: { country: true, currency: true, account_holder_name: true, account_number: true, routing_number: true },
}

// biome-ignore format: a table
export const countriesOfCurrencies = {
  EUR: [
    'AT', 'BE', 'BG', 'CH', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GB', 'GI', 'GR', 'HR', 'HU', 'IE', 'IT', 'LI', 'LT', 'LU', 'LV', 'MT',
    'NL', 'NO', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK',
  ],
  GBP: ['GB', 'GI'],
  USD: ['US'],
} satisfies Record<string, Country[]>

function addressMask(country: string | undefined): Mask {
  if (country === undefined) return { country: true }
  const mask: Mask = { country: true, city: true, line1: true, line2: false, postal_code: true }
  if (STATES_OFFERED.includes(country)) mask.state = STATES_ASKED.includes(country)
  return mask
}

/** Somebody with these roles, who lives there. A director alone is asked for nothing but a name. */
export function personMask(roles: readonly PersonRole[], country: string | undefined) {
  const has = (role: PersonRole) => roles.includes(role)
  const isDirectorOnly = roles.every((role) => role === 'director')
  const relationship: Mask = Object.fromEntries(personRoles.map((role) => [role, false]))
  if (has('representative')) relationship.title = true
  if (has('owner')) relationship.percent_ownership = true
  const mask = {
    first_name: true,
    last_name: true,
    email: true,
    phone: has('representative'),
    id_number: country === 'NL' && !isDirectorOnly,
    relationship,
  }
  if (isDirectorOnly) return mask
  const more = { date_of_birth: true, address: addressMask(country) }
  return Object.assign(mask, more, country === 'US' && (has('representative') || has('owner')) ? { ssn_last_4: true } : {})
}

/** What proves who somebody is, where somebody lives, and that a firm is registered, for people to read. */
export function documentDescriptions(country: string) {
  const cards = ['Passport', 'Identity card, front and back']
  const identity: Record<string, readonly string[]> = {
    US: ['Passport', "Driver's license, front and back", 'State identity card, front and back', 'Permanent resident card'],
    GB: ['Passport', 'Driving licence with photo, front and back', 'Biometric residence permit, front and back'],
    IE: ['Passport', 'Passport card', 'Driving licence with photo, front and back'],
    DE: cards.concat('Residence permit (Aufenthaltstitel), front and back'),
    FR: cards.concat('Residence permit (titre de séjour), front and back'),
  }
  const register: Record<string, readonly string[]> = {
    US: ['Articles of incorporation or organization', 'Letter of the IRS that shows the EIN (CP 575, 147C)'],
    GB: ['Certificate of incorporation', 'Extract of Companies House'],
    IE: ['Certificate of incorporation', 'Extract of the Companies Registration Office'],
    DE: ['Extract of the commercial register (Handelsregister)', 'Business registration (Gewerbeanmeldung)'],
    FR: ['Extract K or Kbis of the Registre du commerce, not older than three months', 'Situation au répertoire SIRENE'],
    NL: ['Extract of the Kamer van Koophandel'],
    IT: ['Visura camerale'],
    ES: ['Extract of the Registro Mercantil'],
  }
  return {
    verification: (identity[country] ?? cards.concat('Residence permit, front and back')).slice(),
    additional_verification: [
      'Bill for electricity, gas, water or telephone, not older than six months',
      'Bank statement, not older than six months',
      'Letter of a tax office or another public authority, not older than a year',
    ],
    entity_verification: (register[country] ?? ['Extract of the commercial register', 'Letter of the tax office']).slice(),
  }
}
