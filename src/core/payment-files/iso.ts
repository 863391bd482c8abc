import { euMembers } from '../european-union.ts'
import { decimal, type Minor } from '../money.ts'
import { bareIban, isIban } from '../reading/values.ts'
import { isRfReference, plainReference } from '../statements/references.ts'
import { xmlText } from '../xml.ts'
import { sepaLetters, wholeWords } from './letters.ts'

/** What files of transfers and of debits say in the same way (ISO 20022, as EPC130-08 and EPC132-08 narrow it). */

export interface Address {
  readonly line1?: string | null
  readonly line2?: string | null
  readonly postal_code?: string | null
  readonly city?: string | null
  readonly country?: string | null
}

/** Countries of SEPA by the code of their IBANs (EPC409-09). */
const sepaCountries: ReadonlySet<string> = new Set(
  'AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA'.split(
    ' ',
  ),
)
/** Those in the European Economic Area: for debits from any other one the address of the debtor is asked for (EPC130-08). */
const economicArea: ReadonlySet<string> = new Set([...euMembers, 'IS', 'LI', 'NO'])
export const isOutsideArea = (iban: string) => !economicArea.has(bareIban(iban).slice(0, 2))
export const AMOUNT_MAX = 99_999_999_999
export const NAME_MAX = 70
const TEXT_MAX = 140
export const ID_MAX = 35

/** Why an account can't be the other side of a payment in euros; null when it can. `whose` names it. */
export function whyNoAccount(iban: string | null, whose: string): string | null {
  if (iban === null || iban.trim() === '') return `The ${whose} has no IBAN`
  const bare = bareIban(iban)
  if (!sepaCountries.has(bare.slice(0, 2))) return `${bare.slice(0, 2)} is not in SEPA`
  return isIban(bare) ? null : `${bare} is not an IBAN: its length or its check digits are wrong`
}

export const tag = (name: string, content: string, attributes = '') => `<${name}${attributes}>${content}</${name}>`
export const say = (name: string, text: string) => tag(name, xmlText(text))
export const euros = (amount: Minor) => decimal(amount, 2)

export const idOf = (intent: string) => sepaLetters(intent.replace(/-/g, '')).slice(0, ID_MAX)
export const bicOf = (bic: string | null | undefined) => {
  const bare = (bic ?? '').replace(/\s/g, '').toUpperCase()
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bare) ? bare : null
}

/** From November 2026 an address names its town and country, or is left out. */
export function addressOf(address: Address | null | undefined): string {
  const town = sepaLetters(address?.city ?? '').slice(0, 35)
  const country = (address?.country ?? '').toUpperCase()
  if (town === '' || !/^[A-Z]{2}$/.test(country)) return ''
  const lines = [address?.line1, address?.line2].map((line) => sepaLetters(line ?? '').slice(0, 70)).filter((line) => line !== '')
  const code = sepaLetters(address?.postal_code ?? '').slice(0, 16)
  const parts = [
    code === '' ? '' : say('PstCd', code),
    say('TwnNm', town),
    say('Ctry', country),
    ...lines.map((line) => say('AdrLine', line)),
  ]
  return tag('PstlAdr', parts.join(''))
}

export function remittanceOf(reference: string): string {
  const structured = plainReference(reference)
  if (structured !== null && isRfReference(structured)) {
    const kind = tag('Tp', tag('CdOrPrtry', say('Cd', 'SCOR')) + say('Issr', 'ISO'))
    return tag('RmtInf', tag('Strd', tag('CdtrRefInf', kind + say('Ref', structured))))
  }
  const text = wholeWords(sepaLetters(reference.replace(/\+{3}/g, ' ')), TEXT_MAX)
  return text === '' ? '' : tag('RmtInf', say('Ustrd', text))
}

export const sumOf = (payments: readonly { amount: Minor }[]) => payments.reduce((sum, { amount }) => sum + amount, 0)

/** The head of a file: what banks compare with what follows. */
export const headOf = (message_id: string, created_at: string, payments: readonly { amount: Minor }[], party: string) =>
  tag(
    'GrpHdr',
    [
      say('MsgId', message_id),
      say('CreDtTm', created_at),
      say('NbOfTxs', String(payments.length)),
      say('CtrlSum', euros(sumOf(payments))),
      party,
    ].join(''),
  )

export const documentOf = (schema: string, body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${tag('Document', body, ` xmlns="urn:iso:std:iso:20022:tech:xsd:${schema}"`)}\n`
