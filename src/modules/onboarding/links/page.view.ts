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
import { usualCurrency } from '../../entities/bank-accounts/bank-accounts.service.ts'
import type { Known } from '../standing.service.ts'
import type { Card, Input } from './page.html.ts'

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

const labels: Readonly<Record<string, string>> = {
  legal_name: 'Name of the company',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'E-mail',
  phone: 'Phone, with its country',
  date_of_birth: 'Date of birth',
  tax_id: 'Tax number',
  id_number: 'Number of identity card or passport',
  ssn_last_4: 'Last four digits of the social security number',
  citizenship: 'Citizenship',
  business_structure: 'Legal form',
  title: 'Title',
  mcc: 'Merchant category code, four digits',
  url: 'Website',
  description_of_goods_or_services: 'What you sell',
  operating_countries: 'Country where you mostly sell',
  estimated_monthly_revenue: 'Revenue of a month, in US dollars',
  'relationship.title': 'Title, e.g. CEO',
  'relationship.percent_ownership': 'Share, in per cent',
  'address.line1': 'Street and number',
  'address.line2': 'Suite or floor',
  'address.city': 'City',
  'address.postal_code': 'Postal code',
  'address.state': 'State',
  'address.country': 'Country',
}
const types: Readonly<Record<string, Input['type']>> = {
  email: 'email',
  phone: 'tel',
  date_of_birth: 'date',
  url: 'url',
  'relationship.percent_ownership': 'number',
}
const wide = new Set(['legal_name', 'address.line1', 'url', 'description_of_goods_or_services'])
const structures = [
  'private_corporation',
  'public_corporation',
  'single_member_llc',
  'multi_member_llc',
  'private_partnership',
  'incorporated_partnership',
  'unincorporated_partnership',
  'sole_proprietorship',
  'unincorporated_association',
  'public_partnership',
]
const names = new Intl.DisplayNames(['en'], { type: 'region' })
const choices: (readonly [value: string, label: string])[] = [['', 'Please choose']]
for (const code of countries) choices.push([code, names.of(code) ?? code])
choices.sort(([a, one], [b, other]) => (a === '' ? -1 : b === '' ? 1 : one.localeCompare(other)))

function inputOf(field: Pick<Field, 'place' | 'value' | 'required' | 'error'>): Input {
  const { place, value, required, error } = field
  const isCountry = place === 'address.country' || place === 'citizenship' || place === 'operating_countries'
  const options = isCountry
    ? choices
    : place === 'business_structure'
      ? structures.map((code) => [code, code.replaceAll('_', ' ')] as const)
      : undefined
  const known = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return {
    name: place,
    label: labels[place] ?? place,
    value: known,
    required,
    error,
    ...(types[place] && { type: types[place] }),
    ...(options && { options }),
    ...(wide.has(place) && { wide: true }),
  }
}

const isOpen = ({ error, required, value }: Field) => error !== null || (required && (value === null || value === ''))

/** An empty form for somebody with this role. */
function blank(role: PersonRole, country: string): Input[] {
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
    inputOf({ place, value: place === 'address.country' ? country : null, required, error: null }),
  )
}

const nameOf = ({ values }: KnownPerson) => fullName(String(values.first_name ?? ''), String(values.last_name ?? ''))

const lists = {
  owners: ['owner', `Owners of ${OWNER_PERCENT} % or more`, 'Add an owner', 'These are all owners, or there are none'],
  directors: ['director', 'Directors', 'Add a director', 'These are all directors, or there are none'],
  executives: ['executive', 'Executives', 'Add an executive', 'These are all executives, or the representative is the only one'],
} as const

/** The cards for what is missing by now. */
export function cardsOf({ snapshot, standing }: Known): Card[] {
  const cards: Card[] = []
  const fields = (all: readonly Field[]) => withAsks(snapshot, standing, all)
  for (const step of stepsDue(snapshot, standing)) {
    if (step === 'entity')
      cards.push({
        title: snapshot.type === 'organization' ? 'The company' : 'You',
        forms: [
          {
            action: 'entity',
            // The country stays.
            inputs: fields(entityFields(snapshot))
              .filter(({ place }) => place !== 'address.country')
              .map((one) => inputOf(one)),
            button: 'Save',
          },
        ],
      })
    if (step === 'business_profile')
      cards.push({
        title: 'The business',
        forms: [{ action: 'business', inputs: fields(businessFields(snapshot)).map((one) => inputOf(one)), button: 'Save' }],
      })
    if (step === 'representative')
      cards.push({
        title: 'Who represents the company',
        hint: 'Somebody who may sign for it.',
        forms: [
          {
            action: 'person',
            hidden: { role: 'representative' },
            inputs: blank('representative', snapshot.country),
            button: 'Save',
          },
        ],
      })
    if (step === 'owners' || step === 'directors' || step === 'executives') {
      const [role, title, add, all] = lists[step]
      cards.push({
        title,
        people: snapshot.persons.filter(({ roles }) => roles.includes(role)).map(nameOf),
        forms: [
          { action: 'person', hidden: { role }, inputs: blank(role, snapshot.country), button: add, main: false },
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
            hint: 'Something is missing, or has to be entered again.',
            forms: [{ action: 'person', hidden: { person: person.id }, inputs: open.map((one) => inputOf(one)), button: 'Save' }],
          })
      }
    if (step === 'bank_accounts') cards.push(accountCard(snapshot.country))
    if (step === 'entity_documents' || step === 'persons_documents')
      for (const { person_id, message } of documentsDue(snapshot, standing).filter(
        (due) => (due.person_id === null) === (step === 'entity_documents'),
      )) {
        const person = snapshot.persons.find(({ id }) => id === person_id)
        cards.push({
          title: person ? `A document of ${nameOf(person)}` : 'A document of the company',
          hint: message ?? 'A passport, or both sides of an identity card; JPG, PNG or PDF, 10 KB to 10 MB.',
          forms: [
            {
              action: 'documents',
              upload: true,
              inputs: [
                {
                  name: person ? `verification_document_front ${person.id}` : 'verification_document_front',
                  label: 'Front',
                  type: 'file',
                  required: true,
                },
                {
                  name: person ? `verification_document_back ${person.id}` : 'verification_document_back',
                  label: 'Back',
                  type: 'file',
                },
              ],
              button: 'Upload',
            },
          ],
        })
      }
    if (step === 'ownership_declaration')
      cards.push({
        title: 'Declaration',
        forms: [
          {
            action: 'declare',
            inputs: [],
            check: { name: 'declared', label: 'What is said here of the owners is complete and right.' },
            button: 'Declare',
          },
        ],
      })
  }
  return cards
}

function accountCard(country: string): Card {
  const currency = usualCurrency(country) ?? 'EUR'
  const holder: Input = { name: 'account_holder_name', label: 'Account holder', required: true, wide: true }
  const number: Input = { name: 'account_number', label: 'Account number', required: true }
  const inputs: Input[] =
    currency === 'USD'
      ? [holder, { name: 'routing_number', label: 'Routing number', required: true }, number]
      : currency === 'GBP'
        ? [holder, { name: 'sort_code', label: 'Sort code', required: true }, number]
        : [
            { name: 'iban', label: 'IBAN', required: true, wide: true },
            { ...holder, required: false },
          ]
  return {
    title: 'Bank account',
    hint: 'Where the money goes.',
    forms: [{ action: 'account', hidden: { country, currency }, inputs, button: 'Save' }],
  }
}
