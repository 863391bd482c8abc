import type { PostalAddress } from './printed.ts'

const CITY_STATE_CODE = new Set(['US', 'CA', 'AU', 'PR'])
const CODE_LAST = new Set(['GB', 'IE', 'GG', 'JE', 'IM'])

/** The lines of an address as its country writes them. The country's name is last, if it isn't `home`. */
export function addressLines(address: PostalAddress, home: string, nameOf: (country: string) => string): string[] {
  const abroad = address.country !== home
  return filled([address.line1, address.line2, ...town(address), abroad && nameOf(address.country)])
}

function town({ country, postal_code, city, state }: PostalAddress): (string | null | undefined)[] {
  if (CODE_LAST.has(country)) return [city, state, postal_code]
  const region = state === city ? null : state
  if (!CITY_STATE_CODE.has(country)) return [filled([filled([postal_code, city]).join(' '), region]).join(', ')]
  return [filled([city, filled([region, postal_code]).join(' ')]).join(', ')]
}

/** The texts that say something. */
export const filled = (texts: readonly (string | null | undefined | false)[]): string[] =>
  texts.filter((text): text is string => typeof text === 'string' && text.trim() !== '')
