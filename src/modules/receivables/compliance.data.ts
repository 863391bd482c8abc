import { euMembers } from '../../core/european-union.ts'

/** What countries ask of an invoice. Facts from the specification of the API; where it is silent the comment says what we chose. */

/** Countries whose rates are in the catalogue: documents name a rate of it. */
export const catalogueCountries = new Set(
  'AO AU AT BE BW BG CZ DK EE SZ FR FI DE GR IE IL LS LR LU MZ NA NL PK PL ZA ES SE CH AE GB ZW'.split(' '),
)

/** Countries where invoicing by the rules is supported. */
export const supportedCountries = new Set(
  'AO AU AT BE BW BG CA CZ DK EE SZ FR FI DE GR IE IL LR LS LU MZ NA NL NZ PK PH PL ZA SE CH AE GB US ZW ES IC EA'.split(' '),
)

/** Countries where a line carries a plain rate instead of one of the catalogue. */
export const plainRateCountries = new Set(['US', 'PK'])

/** Countries where each line names its unit of measure (our choice: the specification only says that it depends on the country). */
export const measureUnitCountries = new Set(['AO', 'GR', 'MZ', 'PL'])

/** Countries where the day of supply belongs on the invoice (Directive 2006/112/EC art. 226(7), and the laws of GB, CH and NO). */
export const fulfillmentDateCountries = new Set([...euMembers, 'GB', 'CH', 'NO'])

/** Countries where a company needs the customer's number for domestic sales too: its TIN is kept as a VAT ID. */
export const domesticVatIdCountries = new Set(['AO', 'LR'])

/** The country where a local customer needs a tax number even as an individual. */
export const individualTaxIdCountries = new Set(['LS'])
