import { countries } from '../../../core/countries.data.ts'
import { OWNER_PERCENT, type PersonRole } from '../../../core/onboarding/asked.data.ts'
import { personMask } from '../../../core/onboarding/masks.ts'
import { fullName } from '../../../core/onboarding/names.ts'
import {
  businessFields,
  documentsDue,
  entityFields,
  type Field,
  type KnownPerson,
  personFields,
  stepsDue,
  withAsks,
} from '../../../core/onboarding/requirements.ts'
import type { Refusal } from '../../../core/refusal.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import { type DocumentLanguage, labelsOf } from '../../../platform/pdf/labels.ts'
import { usualCurrency } from '../../entities/bank-accounts/bank-accounts.service.ts'
import type { Known } from '../standing.service.ts'
import type { Card, Input } from './page.html.ts'
import { wordsOf } from './words.ts'

/** The cards of the page: what is missing, in the order of the published form. */

type Typed = Readonly<Record<string, string>>

/** The cards with what somebody typed into one of their forms, which was refused. */
export const withTyped = (cards: readonly Card[], action: string, typed: Typed): Card[] =>
  cards.map((card) => ({
    ...card,
    forms: card.forms.map((form) => {
      const isIt = form.action === action && Object.entries(form.hidden ?? {}).every(([name, value]) => typed[name] === value)
      return isIt
        ? { ...form, inputs: form.inputs.map((input) => ({ ...input, value: typed[input.name] ?? input.value ?? '' })) }
        : form
    }),
  }))

const types: Readonly<Record<string, Input['type']>> = {
  email: 'email',
  phone: 'tel',
  date_of_birth: 'date',
  url: 'url',
  'relationship.percent_ownership': 'number',
}
const wide = new Set(['legal_name', 'address.line1', 'url', 'description_of_goods_or_services'])
/** All countries in the order of their names in a language. */
function countryChoices(language: DocumentLanguage, choose: string) {
  const names = new Intl.DisplayNames([language], { type: 'region' })
  const named: (readonly [code: string, name: string])[] = countries.map((code) => [code, names.of(code) ?? code])
  named.sort(([, one], [, other]) => one.localeCompare(other, language))
  named.unshift(['', choose])
  return named
}

const isPlaceOf = <Name extends string>(fields: Readonly<Record<Name, string>>, place: string): place is Name => place in fields

/** What a field is called; null when no form has it. */
function labelOf(language: DocumentLanguage, place: string): string | null {
  const { fields } = wordsOf(language)
  if (isPlaceOf(fields, place)) return fields[place]
  const { account_holder, account_number, routing_number, sort_code } = labelsOf(language)
  const account = { iban: 'IBAN', account_holder_name: account_holder, account_number, routing_number, sort_code }
  return isPlaceOf(account, place) ? account[place] : null
}

/** What is wrong with a field that was filled in. The rules, and operators, write English. */
const faultOf = (language: DocumentLanguage, error: string | null): string | null =>
  error === null || language === 'en' ? error : wordsOf(language).check_this

/** Groups of fields that no form names. */
const GROUP = /^(organization|individual|business_profile|bank_account|persons|relationship)\.(?=.)/

/** What is wrong with a form that was refused. In other languages than English the field is named, or what may be uploaded. */
export function refusedText(language: DocumentLanguage, action: string, { message, details }: Refusal): string {
  const words = wordsOf(language)
  if (action === 'documents') return language === 'en' ? message : words.document_hint
  const [first] = details ?? []
  const [, written = '', why = message] = /^([a-z][\w.]+):? +(.+)$/s.exec(message) ?? []
  const place = first ? first.loc.slice(1).join('.') : written
  const reason = first?.msg ?? why
  const label = [place, place.replace(GROUP, ''), `relationship.${place}`]
    .map((at) => labelOf(language, at))
    .find((at) => at !== null)
  if (language !== 'en') return label ? say(words.check_field, { field: label }) : words.not_taken
  return label ? `${say(words.check_field, { field: label })} ${reason.charAt(0).toUpperCase()}${reason.slice(1)}` : message
}

function inputOf(language: DocumentLanguage, field: Pick<Field, 'place' | 'value' | 'required' | 'error'>): Input {
  const words = wordsOf(language)
  const { place, value, required, error } = field
  const isCountry = place === 'address.country' || place === 'citizenship' || place === 'operating_countries'
  const options = isCountry
    ? countryChoices(language, words.choose)
    : place === 'business_structure'
      ? Object.entries(words.structures)
      : undefined
  const known = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return {
    name: place,
    label: labelOf(language, place) ?? place,
    value: known,
    required,
    error: faultOf(language, error),
    ...(types[place] && { type: types[place] }),
    ...(options && { options }),
    ...(wide.has(place) && { wide: true }),
  }
}

const isOpen = ({ error, required, value }: Field) => error !== null || (required && (value === null || value === ''))

/** An empty form for somebody with this role. */
function blank(language: DocumentLanguage, role: PersonRole, country: string): Input[] {
  const mask = personMask([role], country)
  const isAmerican = country === 'US'
  const places: [place: string, required: boolean][] = [
    ['first_name', true],
    ['last_name', true],
    ['email', true],
    ['phone', mask.phone],
  ]
  if (role !== 'director') {
    for (const place of ['date_of_birth', 'address.line1', 'address.city', 'address.postal_code', 'address.country'])
      places.push([place, true])
    places.push(['address.state', false])
  }
  // Who lives elsewhere has none.
  if (isAmerican && (role === 'representative' || role === 'owner')) places.push(['ssn_last_4', false])
  if (isAmerican && role === 'representative') places.push(['citizenship', true])
  if (role === 'owner') places.push(['relationship.percent_ownership', true])
  if (role === 'representative') places.push(['relationship.title', true])
  return places.map(([place, required]) =>
    inputOf(language, { place, value: place === 'address.country' ? country : null, required, error: null }),
  )
}

const nameOf = ({ values }: KnownPerson) => fullName(String(values.first_name ?? ''), String(values.last_name ?? ''))

const lists = { owners: 'owner', directors: 'director', executives: 'executive' } as const

/** The cards for what is missing by now. */
export function cardsOf({ snapshot, standing }: Known, language: DocumentLanguage): Card[] {
  const words = wordsOf(language)
  const cards: Card[] = []
  const fields = (all: readonly Field[]) => withAsks(snapshot, standing, all)
  for (const step of stepsDue(snapshot, standing)) {
    if (step === 'entity')
      cards.push({
        title: snapshot.type === 'organization' ? words.company : words.you,
        forms: [
          {
            action: 'entity',
            // The country stays.
            inputs: fields(entityFields(snapshot))
              .filter(({ place }) => place !== 'address.country')
              .map((one) => inputOf(language, one)),
            button: words.save,
          },
        ],
      })
    if (step === 'business_profile')
      cards.push({
        title: words.business,
        forms: [
          {
            action: 'business',
            inputs: fields(businessFields(snapshot)).map((one) => inputOf(language, one)),
            button: words.save,
          },
        ],
      })
    if (step === 'representative')
      cards.push({
        title: words.representative,
        hint: words.representative_hint,
        forms: [
          {
            action: 'person',
            hidden: { role: 'representative' },
            inputs: blank(language, 'representative', snapshot.country),
            button: words.save,
          },
        ],
      })
    if (step === 'owners' || step === 'directors' || step === 'executives') {
      const role = lists[step]
      const { title, add, all } = words[step]
      cards.push({
        title: say(title, { percent: String(OWNER_PERCENT) }),
        people: snapshot.persons.filter(({ roles }) => roles.includes(role)).map(nameOf),
        forms: [
          { action: 'person', hidden: { role }, inputs: blank(language, role, snapshot.country), button: add, main: false },
          { action: 'list', hidden: { list: `${step}_provided` }, inputs: [], button: all },
        ],
      })
    }
    if (step === 'persons')
      for (const person of snapshot.persons) {
        const open = fields(personFields(snapshot, person))
        if (open.some(isOpen))
          cards.push({
            title: nameOf(person),
            hint: words.person_hint,
            forms: [
              {
                action: 'person',
                hidden: { person: person.id },
                inputs: open.map((one) => inputOf(language, one)),
                button: words.save,
              },
            ],
          })
      }
    if (step === 'bank_accounts') cards.push(accountCard(snapshot.country, language))
    if (step === 'entity_documents' || step === 'persons_documents')
      for (const { person_id, message } of documentsDue(snapshot, standing).filter(
        (due) => (due.person_id === null) === (step === 'entity_documents'),
      )) {
        const person = snapshot.persons.find(({ id }) => id === person_id)
        cards.push({
          title: person ? say(words.document_of, { name: nameOf(person) }) : words.document_of_company,
          hint: message ?? words.document_hint,
          forms: [
            {
              action: 'documents',
              upload: true,
              inputs: [
                {
                  name: person ? `verification_document_front ${person.id}` : 'verification_document_front',
                  label: words.front,
                  type: 'file',
                  required: true,
                },
                {
                  name: person ? `verification_document_back ${person.id}` : 'verification_document_back',
                  label: words.back,
                  type: 'file',
                },
              ],
              button: words.upload,
            },
          ],
        })
      }
    if (step === 'ownership_declaration')
      cards.push({
        title: words.declaration,
        forms: [
          {
            action: 'declare',
            inputs: [],
            check: { name: 'declared', label: words.declared },
            button: words.declare,
          },
        ],
      })
  }
  return cards
}

function accountCard(country: string, language: DocumentLanguage): Card {
  const words = wordsOf(language)
  const labels = labelsOf(language)
  const currency = usualCurrency(country) ?? 'EUR'
  const holder: Input = { name: 'account_holder_name', label: labels.account_holder, required: true, wide: true }
  const number: Input = { name: 'account_number', label: labels.account_number, required: true }
  const inputs: Input[] =
    currency === 'USD'
      ? [holder, { name: 'routing_number', label: labels.routing_number, required: true }, number]
      : currency === 'GBP'
        ? [holder, { name: 'sort_code', label: labels.sort_code, required: true }, number]
        : [
            { name: 'iban', label: 'IBAN', required: true, wide: true },
            { ...holder, required: false },
          ]
  return {
    title: words.account,
    hint: words.account_hint,
    forms: [{ action: 'account', hidden: { country, currency }, inputs, button: words.save }],
  }
}
