import { addDays, type PlainDate } from '../calendar.ts'
import {
  askedOn,
  type EntityType,
  OWNER_PERCENT,
  type PersonRole,
  personRoles,
  STATES_ASKED,
  STATES_OFFERED,
} from './asked.data.ts'
import { wrongBirth, wrongCategory, wrongNumber, wrongPhone, wrongPlace } from './checks.ts'

/**
 * What is still needed before an entity may take payments: from what is known of it, what the table asks, and what a provider said. Pure:
 * the same facts are the same report.
 */

export type Values = Readonly<Record<string, unknown>>

/** Somebody behind an entity, as the API shows them. */
export interface KnownPerson {
  readonly id: string
  readonly roles: readonly PersonRole[]
  readonly percent: number | null
  /** The fields by their place, e.g. `address.line1`. */
  readonly values: Values
}

/** The two kinds of documents, of the entity (no person) or of a person. */
export type DocumentFamily = 'verification_document' | 'additional_document'
export interface KnownDocument {
  readonly id: string
  readonly person_id: string | null
  readonly kind: string
  readonly status: 'pending' | 'accepted' | 'rejected' | 'replaced'
}

export interface Snapshot {
  /** The day it is where the entity is. */
  readonly today: PlainDate
  readonly type: EntityType
  readonly country: string
  readonly values: Values
  readonly persons: readonly KnownPerson[]
  readonly accounts: readonly string[]
  readonly business_profile: Values
  readonly ownership_declared_at: string | null
  /** When somebody agreed to the provider's terms; left out where it has none that this form shows. */
  readonly terms?: { readonly accepted_at: string | null }
  readonly documents: readonly KnownDocument[]
}

/** Something that a provider asks for, or turned down. */
export interface Ask {
  readonly requirement: string
  readonly person_id: string | null
  /** Only for these methods; null for all. */
  readonly methods: readonly string[] | null
  readonly deadline: string | null
  readonly code: string | null
  /** Why, and what to do, for whoever fills in the form. */
  readonly message: string | null
  /** What was there when it was asked for: as long as that stands, nobody has answered. */
  readonly was: string
}

/** What the provider said so far. */
export interface Standing {
  /** Whether it was ever approved. */
  readonly verified: boolean
  /** Turned down for good, by a word of the contract. */
  readonly rejected: string | null
  readonly charges: boolean
  readonly payouts: boolean
  readonly reason: string | null
  readonly asks: readonly Ask[]
  /** Who was looked at when it was approved. */
  readonly verified_persons: readonly string[]
  /** Until when something has to be there that went missing since. */
  readonly deadlines: Readonly<Record<string, string>>
  /** Methods that the provider does not carry out yet. */
  readonly blocked: readonly string[]
}

/** A field of a form. */
export interface Field {
  readonly code: string
  readonly person_id: string | null
  /** Its place in the block of the form, e.g. `address.line1`. */
  readonly place: string
  readonly value: unknown
  readonly required: boolean
  /** What is wrong with it, for whoever fills in the form. */
  readonly error: string | null
}

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const text = (value: unknown) => (typeof value === 'string' ? value : '')

function wrong(place: string, value: unknown, { today, country }: Snapshot): string | null {
  if (isEmpty(value)) return null
  switch (place) {
    case 'phone':
      return wrongPhone(text(value))
    case 'date_of_birth':
      return wrongBirth(text(value), today)
    case 'address.line1':
      return wrongPlace(text(value))
    case 'tax_id':
      return wrongNumber(text(value), country)
    case 'mcc':
      return wrongCategory(text(value))
    default:
      return null
  }
}

// What the table asks

const OPTIONAL_OF_ENTITY = ['address.line2']
const OPTIONAL_OF_PERSON = ['phone', 'id_number', 'address.line2']

const withState = (places: readonly string[], country: string | null) =>
  country !== null && STATES_OFFERED.includes(country) ? places.concat('address.state') : places

/** The fields of the entity itself. */
export function entityFields(snapshot: Snapshot): Field[] {
  const rows = askedOn(snapshot.today, snapshot.type, snapshot.country).filter(({ about }) => about === 'entities')
  const required = new Set(rows.flatMap(({ fields }) => fields))
  const places = new Set(withState([...required].concat(OPTIONAL_OF_ENTITY), snapshot.country))
  if (snapshot.type === 'individual') places.add('tax_id')
  return [...places].map((place) => field(snapshot, 'entities', null, place, snapshot.values[place], required.has(place)))
}

function field(snapshot: Snapshot, prefix: string, person_id: string | null, place: string, value: unknown, required: boolean) {
  const code = `${prefix}.${place.replace(/^relationship\./, '')}`
  return { code, person_id, place, value: value ?? null, required, error: wrong(place, value, snapshot) }
}

/** Whether an owner holds enough to be asked about; one whose share nobody knows is. */
const counts = ({ percent }: KnownPerson) => percent === null || percent >= OWNER_PERCENT

/** The roles that something is asked for, in the order their codes are chosen by. */
const askedRoles = (person: KnownPerson): PersonRole[] =>
  personRoles.filter((role) => person.roles.includes(role) && (role !== 'owner' || counts(person)))

const isForeign = (snapshot: Snapshot, { values }: KnownPerson) =>
  snapshot.country === 'US' && typeof values['address.country'] === 'string' && values['address.country'] !== 'US'

/** The fields of somebody behind the entity. The rules of the United States measure nobody who lives elsewhere. */
export function personFields(snapshot: Snapshot, person: KnownPerson): Field[] {
  const rows = askedOn(snapshot.today, snapshot.type, snapshot.country)
  const found = new Map<string, Field>()
  const lives = text(person.values['address.country']) || null
  for (const role of askedRoles(person)) {
    const fields = rows.filter(({ about }) => about === role).flatMap((row) => row.fields)
    const needed = fields.filter((place) => place !== 'ssn_last_4' || !isForeign(snapshot, person))
    const state = needed.includes('address.line1') && lives && STATES_ASKED.includes(lives) ? ['address.state'] : []
    for (const place of needed.concat(state))
      if (!found.has(place)) found.set(place, field(snapshot, `persons.${role}`, person.id, place, person.values[place], true))
  }
  const first = askedRoles(person)[0] ?? person.roles[0]
  const more = withState(['first_name', 'last_name', 'email'].concat(OPTIONAL_OF_PERSON), lives)
  for (const place of more)
    if (!found.has(place))
      found.set(place, field(snapshot, `persons.${first ?? 'other'}`, person.id, place, person.values[place], false))
  return [...found.values()]
}

export const businessFields = (snapshot: Snapshot): Field[] =>
  askedOn(snapshot.today, snapshot.type, snapshot.country)
    .filter(({ about }) => about === 'business_profile')
    .flatMap(({ fields }) => fields)
    .map((place) => field(snapshot, 'business_profile', null, place, snapshot.business_profile[place], true))

/** Lists of people that somebody has to say are complete. */
const listsAsked = (snapshot: Snapshot): string[] =>
  askedOn(snapshot.today, snapshot.type, snapshot.country)
    .filter(({ about }) => about === 'provided')
    .flatMap(({ fields }) => fields)

const asksFor = (snapshot: Snapshot, about: string) =>
  askedOn(snapshot.today, snapshot.type, snapshot.country).some((row) => row.about === about)

/** A document that stands for a number somebody doesn't have: the passport of a representative who lives elsewhere. */
const passportOf = (snapshot: Snapshot): KnownPerson | undefined =>
  snapshot.persons.find((person) => person.roles.includes('representative') && isForeign(snapshot, person))

interface Missing {
  readonly code: string
  readonly person_id: string | null
}

const isDue = ({ required, value, error }: Field) => error !== null || (required && isEmpty(value))

/** What the table asks for and isn't there, or can't be right. */
export function missingIn(snapshot: Snapshot): Missing[] {
  const fields = entityFields(snapshot)
    .concat(businessFields(snapshot))
    .concat(snapshot.persons.flatMap((person) => personFields(snapshot, person)))
  const missing: Missing[] = fields.filter(isDue).map(({ code, person_id }) => ({ code, person_id }))
  const add = (code: string) => missing.push({ code, person_id: null })
  const isCompany = snapshot.type === 'organization'
  if (isCompany && !snapshot.persons.some(({ roles }) => roles.includes('representative'))) add('persons.representative')
  for (const list of listsAsked(snapshot)) if (snapshot.values[list] !== true) add(`entities.${list}`)
  if (asksFor(snapshot, 'bank_account') && snapshot.accounts.length === 0) add('bank_account')
  if (asksFor(snapshot, 'ownership_declaration') && !snapshot.ownership_declared_at) add('ownership_declaration')
  if (snapshot.terms && !snapshot.terms.accepted_at) add('tos_acceptance')
  const foreign = passportOf(snapshot)
  if (foreign && documentsOf(snapshot, foreign.id, 'verification_document').length === 0)
    missing.push({ code: 'persons.documents.verification_document', person_id: foreign.id })
  return missing
}

// What a provider asks

const FAMILY: Readonly<Record<DocumentFamily, RegExp>> = {
  verification_document: /^verification_document_|^proof_of_registration$|^company_|^bank_account_ownership_verification$/,
  additional_document: /^additional_verification_document_/,
}

/** Documents of a kind that count: those that wait to be looked at, and those that were accepted. */
const documentsOf = (snapshot: Snapshot, person_id: string | null, family: DocumentFamily): KnownDocument[] =>
  snapshot.documents.filter(
    (one) =>
      one.person_id === person_id && FAMILY[family].test(one.kind) && (one.status === 'pending' || one.status === 'accepted'),
  )

export const familyOf = (requirement: string): DocumentFamily | null => {
  const [, name] = /\.documents\.(verification_document|additional_document)$/.exec(requirement) ?? []
  return (name as DocumentFamily | undefined) ?? null
}

/** The field of a person that a requirement means. */
const placeIn = (requirement: string, person: KnownPerson) => {
  const name = requirement.split('.').slice(2).join('.')
  return !(name in person.values) && `relationship.${name}` in person.values ? `relationship.${name}` : name
}

/** Something that is there now, as text: it changes when somebody answers. */
export function fingerprint(snapshot: Snapshot, requirement: string, person_id: string | null): string {
  const family = familyOf(requirement)
  if (family) return JSON.stringify(documentsOf(snapshot, person_id, family).map(({ id }) => id))
  if (requirement === 'bank_account') return JSON.stringify(snapshot.accounts)
  if (requirement === 'ownership_declaration') return JSON.stringify(snapshot.ownership_declared_at)
  if (requirement === 'tos_acceptance') return JSON.stringify(snapshot.terms?.accepted_at ?? null)
  const [group, name = ''] = [requirement.split('.')[0], requirement.slice(requirement.indexOf('.') + 1)]
  if (group === 'business_profile') return JSON.stringify(snapshot.business_profile[name] ?? null)
  if (group === 'entities') return JSON.stringify(snapshot.values[name] ?? null)
  const person = personMeant(snapshot, requirement, person_id)
  if (!person || requirement.split('.').length === 2) return JSON.stringify(person?.id ?? null)
  return JSON.stringify(person.values[placeIn(requirement, person)] ?? null)
}

/** Who is meant: by id, else by role. Never whoever came last. */
export function personMeant(snapshot: Snapshot, requirement: string, person_id: string | null): KnownPerson | undefined {
  if (person_id) return snapshot.persons.find(({ id }) => id === person_id)
  const role = requirement.split('.')[1]
  return snapshot.persons.find(({ roles }) => roles.some((one) => one === role))
}

const isAnswered = (snapshot: Snapshot, { requirement, person_id, was }: Ask): boolean => {
  const now = fingerprint(snapshot, requirement, person_id)
  return now !== was && now !== 'null' && now !== '[]' && now !== '""'
}

// The report of a method

type VerificationStatus = 'enabled' | 'disabled' | 'pending'

export interface MethodReport {
  readonly payment_method: string
  readonly verification_status: VerificationStatus
  readonly disabled_reason: string | null
  readonly currently_due: readonly string[]
  readonly eventually_due: readonly string[]
  readonly past_due: readonly string[]
  readonly pending_verification: readonly string[]
  readonly current_deadline: string | null
  readonly requirements_errors: readonly { readonly code: string; readonly reason: string; readonly requirement: string }[]
  readonly verification_errors: readonly { readonly code: string; readonly details: string }[]
}

const free = (payment_method: string): MethodReport => ({
  payment_method,
  verification_status: 'enabled',
  disabled_reason: null,
  currently_due: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
  current_deadline: null,
  requirements_errors: [],
  verification_errors: [],
})

const SOON_DAYS = 90
const unique = (codes: readonly string[]) => [...new Set(codes)]

/** How an entity stands with one method. `needed`: whether anybody has to know the entity for it at all. */
export function reportOf(snapshot: Snapshot, standing: Standing, method: string, needed: boolean, now: Date): MethodReport {
  if (!needed) return free(method)
  const asks = standing.asks.filter(({ methods }) => methods?.includes(method) ?? true)
  const open = asks.filter((ask) => !isAnswered(snapshot, ask))
  const missing = missingIn(snapshot)
  const deadlineOf = (code: string): string | null => {
    const dates = open.flatMap(({ requirement, deadline }) => (requirement === code && deadline ? [deadline] : []))
    const known = standing.verified ? standing.deadlines[code] : undefined
    return dates.concat(known ?? []).sort()[0] ?? null
  }
  const due = unique(missing.map(({ code }) => code).concat(open.map(({ requirement }) => requirement)))
  const past = due.filter((code) => Date.parse(deadlineOf(code) ?? '') <= now.getTime())
  const current = due.filter((code) => !past.includes(code))
  const deadlines = current.flatMap((code) => deadlineOf(code) ?? []).sort()
  const status = statusOf(standing, method, due, past)
  const pending =
    due.length > 0 && !standing.verified ? pendingIn(snapshot, asks, due) : underReview(snapshot, standing, asks, due)
  const later = missingIn({ ...snapshot, today: addDays(snapshot.today, SOON_DAYS) }).map(({ code }) => code)
  return {
    payment_method: method,
    ...status,
    currently_due: current,
    eventually_due: unique(current.concat(later.filter((code) => !past.includes(code)))),
    past_due: past,
    pending_verification: pending,
    current_deadline: deadlines[0] ?? null,
    requirements_errors: errorsIn(snapshot, open),
    verification_errors: blocksIn(standing),
  }
}

function statusOf(standing: Standing, method: string, due: readonly string[], past: readonly string[]) {
  const disabled = (disabled_reason: string | null) => ({ verification_status: 'disabled' as const, disabled_reason })
  if (standing.rejected) return disabled(standing.rejected)
  if (past.length > 0) return disabled('requirements.past_due')
  const waiting = { verification_status: 'pending' as const, disabled_reason: 'requirements.pending_verification' }
  if (!standing.verified) return due.length > 0 ? disabled(null) : waiting
  if (standing.charges && standing.blocked.includes(method)) return waiting
  return standing.charges ? { verification_status: 'enabled' as const, disabled_reason: null } : disabled('other')
}

/** What was handed in and waits to be looked at: documents, and what was asked for and is there by now. */
function pendingIn(snapshot: Snapshot, asks: readonly Ask[], due: readonly string[]): string[] {
  const answered = asks.filter((ask) => isAnswered(snapshot, ask)).map(({ requirement }) => requirement)
  const documents = snapshot.documents
    .filter(({ status }) => status === 'pending')
    .map(({ person_id, kind }) => {
      const family = FAMILY.additional_document.test(kind) ? 'additional_document' : 'verification_document'
      return `${person_id ? 'persons' : 'entities'}.documents.${family}`
    })
  return unique(answered.concat(documents)).filter((code) => !due.includes(code))
}

/** The same once nothing is due: before the first approval all that was handed in is looked at, later who came new. */
function underReview(snapshot: Snapshot, standing: Standing, asks: readonly Ask[], due: readonly string[]): string[] {
  const people = snapshot.persons.filter(({ id }) => !standing.verified || !standing.verified_persons.includes(id))
  const roles = people.flatMap((person) => askedRoles(person).slice(0, 1)).map((role) => `persons.${role}`)
  const whole = standing.verified ? [] : ['entities', 'business_profile', 'bank_account']
  const isHere = (code: string) => due.some((one) => one === code || one.startsWith(`${code}.`))
  return unique(whole.concat(roles).concat(pendingIn(snapshot, asks, due))).filter((code) => !isHere(code))
}

function errorsIn(snapshot: Snapshot, open: readonly Ask[]) {
  const issues = open.flatMap(({ requirement, code, message }) =>
    message ? [{ code: code ?? 'invalid', reason: message, requirement }] : [],
  )
  const formal = allFields(snapshot).flatMap(({ code: requirement, error }) =>
    error ? [{ code: 'invalid_format', reason: error, requirement }] : [],
  )
  return issues.concat(formal)
}

const blocksIn = ({ charges, payouts, reason, rejected }: Standing) =>
  [
    [rejected !== null, 'rejected'],
    [!charges, 'charges_disabled'],
    [!payouts, 'payouts_disabled'],
  ].flatMap(([is, code]) => (is ? [{ code: String(code), details: reason ?? 'The provider gave no reason' }] : []))

export const allFields = (snapshot: Snapshot): Field[] =>
  entityFields(snapshot)
    .concat(businessFields(snapshot))
    .concat(snapshot.persons.flatMap((person) => personFields(snapshot, person)))

// All methods in one

/** One report of several, as the older operation shows it: the worst status, and all that is due anywhere. */
export function merged(reports: readonly MethodReport[]): MethodReport {
  const needed = reports.filter(({ payment_method }) => payment_method !== 'sepa_credit')
  const [first = free('all')] = [...(needed.length > 0 ? needed : reports)].sort(
    (one, other) => WORST.indexOf(one.verification_status) - WORST.indexOf(other.verification_status),
  )
  const all = (pick: (report: MethodReport) => readonly string[]) => unique(reports.flatMap(pick))
  const distinct = <T>(values: readonly T[]) => [...new Map(values.map((one) => [JSON.stringify(one), one])).values()]
  const due = all(({ currently_due, past_due }) => past_due.concat(currently_due))
  return {
    ...first,
    currently_due: due,
    eventually_due: unique(due.concat(all(({ eventually_due }) => eventually_due))),
    past_due: all(({ past_due }) => past_due),
    pending_verification: all(({ pending_verification }) => pending_verification).filter((code) => !due.includes(code)),
    current_deadline: reports.flatMap(({ current_deadline }) => current_deadline ?? []).sort()[0] ?? null,
    requirements_errors: distinct(reports.flatMap(({ requirements_errors }) => requirements_errors)),
    verification_errors: distinct(reports.flatMap(({ verification_errors }) => verification_errors)),
  }
}
const WORST: readonly VerificationStatus[] = ['disabled', 'pending', 'enabled']

// The form

/** Fields with what the provider said of them, where nobody has answered yet. A person's field may be named by any of their roles. */
export function withAsks(snapshot: Snapshot, standing: Standing, fields: readonly Field[]): Field[] {
  const open = standing.asks.filter((ask) => !isAnswered(snapshot, ask))
  return fields.map((one) => {
    const said = open.find(
      ({ requirement, person_id }) =>
        groupOf(requirement) === groupOf(one.code) &&
        nameOf(requirement) === nameOf(one.code) &&
        (one.person_id === null || personMeant(snapshot, requirement, person_id)?.id === one.person_id),
    )
    return said ? { ...one, required: true, error: said.message ?? one.error ?? 'Please enter this again' } : one
  })
}
const groupOf = (code: string) => code.slice(0, code.indexOf('.'))
const nameOf = (code: string) =>
  code
    .split('.')
    .slice(groupOf(code) === 'persons' ? 2 : 1)
    .join('.')

/** Documents that are to be handed in: whose, of which family, and what is said of the last one. */
export function documentsDue(snapshot: Snapshot, standing: Standing) {
  const open = standing.asks.filter((ask) => familyOf(ask.requirement) && !isAnswered(snapshot, ask))
  const foreign = passportOf(snapshot)
  const passport =
    foreign && documentsOf(snapshot, foreign.id, 'verification_document').length === 0
      ? [{ person_id: foreign.id, family: 'verification_document' as const, message: null }]
      : []
  const issues = open.map(({ requirement, person_id, message }) => ({
    person_id: requirement.startsWith('persons.') ? (personMeant(snapshot, requirement, person_id)?.id ?? null) : null,
    family: familyOf(requirement)!,
    message,
  }))
  const isTold = (one: { person_id: string; family: DocumentFamily }) =>
    issues.some(({ person_id, family }) => person_id === one.person_id && family === one.family)
  return issues.concat(passport.filter((one) => !isTold(one)))
}

const formSteps = [
  'entity',
  'business_profile',
  'representative',
  'owners',
  'directors',
  'executives',
  'persons',
  'bank_accounts',
  'entity_documents',
  'ownership_declaration',
  'persons_documents',
  'tos_acceptance',
] as const
export type FormStep = (typeof formSteps)[number]

/** The steps that a form has to go through, in the order of the published one. */
export function stepsDue(snapshot: Snapshot, standing: Standing): FormStep[] {
  const due = new Set<FormStep>()
  const open = standing.asks.filter((ask) => !isAnswered(snapshot, ask)).map(({ requirement }) => requirement)
  for (const code of missingIn(snapshot)
    .map(({ code }) => code)
    .concat(open))
    due.add(stepOf(code))
  return formSteps.filter((step) => due.has(step))
}

function stepOf(code: string): FormStep {
  if (familyOf(code)) return code.startsWith('persons.') ? 'persons_documents' : 'entity_documents'
  const provided = /^entities\.(owners|directors|executives)_provided$/.exec(code)?.[1]
  if (provided) return provided as FormStep
  if (code === 'persons.representative') return 'representative'
  if (code.startsWith('persons.')) return 'persons'
  if (code.startsWith('business_profile')) return 'business_profile'
  if (code === 'bank_account') return 'bank_accounts'
  if (code === 'tos_acceptance') return 'tos_acceptance'
  return code === 'ownership_declaration' ? 'ownership_declaration' : 'entity'
}
