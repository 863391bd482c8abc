import { createHash } from 'node:crypto'
import { fullName } from '../../core/onboarding/names.ts'
import { OutsideRefusal } from '../../platform/connections/journal.ts'
import type {
  KycAsk,
  KycBankAccount,
  KycDocument,
  KycFacts,
  KycKnown,
  KycProvider,
  KycReport,
  VerificationCode,
} from '../../ports/kyc.ts'
import { type Rejection, rejections } from '../../ports/kyc.ts'
import { type Call, type CallOptions, FieldRefusal, type Fields, stripeCalls } from '../payments/stripe.calls.ts'
import { capabilityOf } from '../payments/stripe.data.ts'

/**
 * Stripe looks at the entities of a platform: each gets a connected account, made from what was handed in here. What Stripe asks for is told
 * in our codes, field by field; its own words and codes stay there. What it decided is asked for, never taken from a call to us.
 */

export interface StripeKycOptions extends CallOptions {
  /** Where files go; Stripe takes them at a place of their own. */
  readonly files_url?: string
  readonly now: () => Date
}

/** What takes days is asked about so often, should nobody tell. */
const PATIENCE_MS = 6 * 60 * 60 * 1000

interface Requirements {
  readonly currently_due?: readonly string[] | null
  readonly past_due?: readonly string[] | null
  readonly pending_verification?: readonly string[] | null
  readonly current_deadline?: number | null
  readonly disabled_reason?: string | null
  readonly errors?: readonly { readonly code: string; readonly reason: string; readonly requirement: string }[] | null
}
interface Account {
  readonly id: string
  readonly charges_enabled?: boolean
  readonly payouts_enabled?: boolean
  readonly requirements?: Requirements | null
}
interface Person {
  readonly id: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly relationship?: Readonly<Record<string, unknown>> | null
}
interface Capability {
  readonly id: string
  readonly requested: boolean
  readonly status: string
  readonly requirements?: Requirements | null
}
interface Page<Row> {
  readonly data: readonly Row[]
}
interface Made {
  readonly id: string
}

export function stripeKyc({ secret_key }: { readonly secret_key: string }, options: StripeKycOptions): KycProvider {
  const { api_url, now } = options
  const files_url = options.files_url ?? (api_url === 'https://api.stripe.com' ? 'https://files.stripe.com' : api_url)
  const call = stripeCalls({ secret_key, account: null }, options)
  const upload = stripeCalls({ secret_key, account: null }, { ...options, api_url: files_url })

  async function read({ account: id, verified, methods }: KycKnown): Promise<KycReport> {
    // The moment before it is asked: what it says is at least as new.
    const at = now().toISOString()
    const path = `accounts/${encodeURIComponent(id)}`
    const account = await call<Account>('GET', path)
    const [{ data: persons }, { data: capabilities }] = await Promise.all([
      call<Page<Person>>('GET', `${path}/persons`, { limit: 100 }),
      call<Page<Capability>>('GET', `${path}/capabilities`),
    ])
    return reportOf({ account, persons, capabilities, verified, methods, at, patience: now().getTime() + PATIENCE_MS })
  }

  return {
    name: 'stripe',
    async submit({ entity_id, at, submitted, facts: ask, once, keepAccount }) {
      const facts = await ask()
      const account =
        facts.account ?? (await call<Made>('POST', 'accounts', newAccount(entity_id, facts), `account:${entity_id}`)).id
      await keepAccount(account)
      const path = `accounts/${encodeURIComponent(account)}`
      /** What Stripe refuses in a field is asked for again in that field. */
      const refused: KycAsk[] = []
      const telling = async (work: () => Promise<unknown>, nameIt: (param: string) => Ours | null) => {
        try {
          await work()
        } catch (error) {
          if (!(error instanceof OutsideRefusal)) throw error
          const param = error instanceof FieldRefusal ? error.param.replaceAll('[', '.').replaceAll(']', '') : ''
          const ours = nameIt(param)
          if (!ours) throw error
          const code = wordFor(error.code)
          refused.push({ ...ours, code, message: WORDS[code] })
        }
      }
      const files = new Map<string, string>()
      for (const document of facts.documents) {
        const family = document.kind.startsWith('additional_') ? 'additional_document' : 'verification_document'
        const { person_id } = document
        await telling(
          async () => files.set(document.id, (await once('file', document.id, (key) => send(upload, document, key))).id),
          () => ({ requirement: `${person_id ? 'persons' : 'entities'}.documents.${family}`, ...(person_id && { person_id }) }),
        )
      }
      await telling(
        () => call('POST', path, accountFields(facts, files)),
        (param) => (param === '' ? null : codeOf(param, new Map())),
      )
      const { bank_account } = facts
      if (bank_account) {
        const fields = bankFields(facts, bank_account)
        const name = `${bank_account.id}:${digest(fields)}`
        await telling(
          () => once('bank_account', name, (key) => call<Made>('POST', `${path}/external_accounts`, fields, key)),
          () => ({ requirement: 'bank_account' }),
        )
      }
      const { data: there } = await call<Page<Person>>('GET', `${path}/persons`, { limit: 100 })
      for (const person of facts.persons) {
        const known = there.find(({ metadata }) => metadata?.person_id === person.id)
        const { id } =
          known ??
          (await call<Made>('POST', `${path}/persons`, { 'metadata[person_id]': person.id }, `person:${account}:${person.id}`))
        await telling(
          () => call('POST', `${path}/persons/${id}`, personFields(facts, person, files)),
          (param) => (param === '' ? null : { requirement: personCode(person.roles[0] ?? 'other', param), person_id: person.id }),
        )
      }
      const gone = there.filter(
        ({ metadata }) => metadata?.person_id && !facts.persons.some(({ id }) => id === metadata.person_id),
      )
      for (const { id } of gone) await call('DELETE', `${path}/persons/${id}`)
      if (refused.length > 0) return { id: `refused:${account}:${submitted}:${at}`, at, verdict: 'unchanged', adds: refused }
      return read({ account, verified: facts.verified, methods: facts.methods })
    },
    news: read,
  }
}

const digest = (fields: unknown) => createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32)

// What Stripe is told

/** Only what never changes: asked for again under its key it is the same account. */
function newAccount(entity_id: string, { country }: KycFacts): Fields {
  return {
    country,
    'controller[requirement_collection]': 'application',
    'controller[losses][payments]': 'application',
    'controller[fees][payer]': 'application',
    'controller[stripe_dashboard][type]': 'none',
    'capabilities[transfers][requested]': 'true',
    'metadata[entity_id]': entity_id,
  }
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : typeof value === 'number' ? String(value) : null

/** Fields under a prefix: `phone` becomes `company[phone]`. */
const within = (prefix: string, fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const [first = '', ...rest] = name.split('[')
      return [prefix === '' ? name : `${prefix}[${first}]${rest.map((part) => `[${part}`).join('')}`, value]
    }),
  )

function addressOf(values: KycFacts['values']): Fields {
  const names = ['line1', 'line2', 'city', 'state', 'postal_code', 'country']
  return Object.fromEntries(names.map((name) => [`address[${name}]`, text(values[`address.${name}`])]))
}

/** Whoever has one name is not called "-" there. */
function namesOf({ first_name, last_name }: KycFacts['values']): Fields {
  const [first, last] = [text(first_name), text(last_name)]
  const whole = fullName(first, last)
  const isOne = whole === first || whole === last
  return { first_name: isOne ? whole : first, last_name: isOne ? null : last }
}

function somebody(values: KycFacts['values']): Fields {
  const [year, month, day] = (text(values.date_of_birth) ?? '').split('-').map(Number)
  return {
    ...namesOf(values),
    ...addressOf(values),
    email: text(values.email),
    phone: text(values.phone),
    id_number: text(values.id_number),
    ssn_last_4: text(values.ssn_last_4),
    ...(year && { 'dob[year]': year, 'dob[month]': month, 'dob[day]': day }),
  }
}

/** Files of whoever is asked, by their side. */
function papersOf(documents: readonly KycDocument[], files: ReadonlyMap<string, string>): Fields {
  const fields: Record<string, string | undefined> = {}
  for (const { id, kind } of documents) {
    const [, additional, side] = /^(additional_)?verification_document_(front|back)$/.exec(kind) ?? []
    if (side) fields[`verification[${additional ? 'additional_document' : 'document'}][${side}]`] = files.get(id)
  }
  return fields
}

const signed = (prefix: string, agreed: KycFacts['terms']): Fields =>
  agreed?.date ? { [`${prefix}[date]`]: Math.floor(Date.parse(agreed.date) / 1000), [`${prefix}[ip]`]: agreed.ip } : {}

function accountFields(
  { type, values, business_profile, terms, ownership_declaration, methods, documents }: KycFacts,
  files: ReadonlyMap<string, string>,
): Fields {
  const own = documents.filter(({ person_id }) => person_id === null)
  const papers: Record<string, string | undefined> = {}
  const count: Record<string, number> = {}
  for (const { id, kind } of own) {
    const group = /^proof_of_registration$|^company_/.test(kind)
      ? 'company_registration_verification'
      : kind === 'bank_account_ownership_verification'
        ? kind
        : null
    if (group === null) continue
    count[group] = (count[group] ?? -1) + 1
    papers[`documents[${group}][files][${count[group]}]`] = files.get(id)
  }
  const company: Fields = {
    name: text(values.legal_name),
    phone: text(values.phone),
    tax_id: text(values.tax_id),
    structure: text(values.business_structure),
    ...addressOf(values),
    ...signed('ownership_declaration', ownership_declaration),
    ...Object.fromEntries(
      ['owners', 'directors', 'executives'].map((list) => [
        `${list}_provided`,
        values[`${list}_provided`] === true ? 'true' : null,
      ]),
    ),
  }
  const asked = new Set(methods.flatMap((method) => capabilityOf(method) ?? []))
  return {
    business_type: type === 'organization' ? 'company' : 'individual',
    email: text(values.email),
    ...within(type === 'organization' ? 'company' : 'individual', {
      ...(type === 'organization' ? company : somebody(values)),
      ...papersOf(own, files),
    }),
    ...papers,
    'business_profile[mcc]': text(business_profile.mcc),
    'business_profile[url]': text(business_profile.url),
    'business_profile[product_description]': text(business_profile.description_of_goods_or_services),
    ...signed('tos_acceptance', terms),
    ...Object.fromEntries([...asked].map((capability) => [`capabilities[${capability}][requested]`, 'true'])),
  }
}

function personFields(
  { documents }: KycFacts,
  { id, roles, values }: KycFacts['persons'][number],
  files: ReadonlyMap<string, string>,
): Fields {
  const all = ['representative', 'owner', 'executive', 'director']
  return {
    ...somebody(values),
    ...papersOf(
      documents.filter(({ person_id }) => person_id === id),
      files,
    ),
    ...Object.fromEntries(all.map((role) => [`relationship[${role}]`, String(roles.includes(role))])),
    'relationship[title]': text(values['relationship.title']),
    'relationship[percent_ownership]': text(values['relationship.percent_ownership']),
  }
}

function bankFields({ country, type, values }: KycFacts, account: KycBankAccount): Fields {
  const name = type === 'organization' ? text(values.legal_name) : fullName(text(values.first_name), text(values.last_name))
  return within('external_account', {
    object: 'bank_account',
    country: account.country ?? country,
    currency: account.currency?.toLowerCase() ?? null,
    account_number: account.iban ?? account.account_number,
    routing_number: account.routing_number ?? account.sort_code,
    account_holder_name: account.holder ?? name,
    account_holder_type: type === 'organization' ? 'company' : 'individual',
  })
}

async function send(call: Call, document: KycDocument, key: string): Promise<Made> {
  const form = new FormData()
  form.set('purpose', 'identity_document')
  form.set('file', new Blob([new Uint8Array(await document.bytes())], { type: document.mimetype }), document.name)
  return call<Made>('POST', 'files', form, key)
}

// What Stripe says

interface Heard {
  readonly account: Account
  readonly persons: readonly Person[]
  readonly capabilities: readonly Capability[]
  readonly verified: boolean
  readonly methods: readonly string[]
  readonly at: string
  readonly patience: number
}

function reportOf({ account, persons, capabilities, verified, methods, at, patience }: Heard): KycReport {
  const { charges_enabled: charges = false, payouts_enabled: payouts = false } = account
  const said = account.requirements ?? {}
  const reason = said.disabled_reason ?? null
  const rejection = rejections.find((one) => one === reason) ?? (reason?.startsWith('rejected.') ? 'rejected.other' : null)
  const people = new Map(persons.map((person) => [person.id, person]))
  const asks = asksIn(said, people, { verified, at })
  const known = new Set(asks.map(nameOf))
  const wanted = capabilities.filter(({ requested, id }) => requested && methods.some((method) => capabilityOf(method) === id))
  for (const { id, requirements } of wanted) {
    const own = methods.filter((method) => capabilityOf(method) === id)
    for (const ask of asksIn(requirements ?? {}, people, { verified, at }))
      if (!known.has(nameOf(ask))) asks.push({ ...ask, methods: own })
  }
  // What several methods want is asked once for all of them.
  const merged = new Map<string, KycAsk>()
  for (const ask of asks) {
    const before = merged.get(nameOf(ask))
    merged.set(
      nameOf(ask),
      before?.methods && ask.methods ? { ...before, methods: before.methods.concat(ask.methods) } : (before ?? ask),
    )
  }
  const isApproved = charges && rejection === null
  const blocked = wanted.filter(({ status }) => status !== 'active').map(({ id }) => id)
  const waits = !isApproved || blocked.length > 0 || (said.pending_verification ?? []).length > 0
  const body = {
    verdict: verdictOf(rejection, isApproved),
    ...(rejection && { rejection }),
    // Before the first approval nothing was taken away.
    ...((verified || isApproved) && { charges, payouts }),
    ...((verified || isApproved) && reason !== null && { reason: REASONS[reason] ?? 'The provider stopped it for now' }),
    asks: [...merged.values()],
    blocked: isApproved ? methods.filter((method) => blocked.some((id) => id === capabilityOf(method))) : [],
    ...(waits && rejection === null && { ask_at: new Date(patience).toISOString() }),
  }
  return { id: `${account.id}:${at}:${digest(body)}`, at, ...body }
}
const verdictOf = (rejection: Rejection | null, approved: boolean) =>
  rejection ? ('rejected' as const) : approved ? ('approved' as const) : ('unchanged' as const)
const nameOf = ({ requirement, person_id }: KycAsk) => `${requirement} ${person_id ?? ''}`

const REASONS: Readonly<Record<string, string>> = {
  'requirements.past_due': 'Something that was asked for has not come in time',
  'requirements.pending_verification': 'What was handed in is being looked at',
  under_review: 'The provider is looking at the account',
  platform_paused: 'The platform paused the account',
}

function asksIn(
  { currently_due, past_due, current_deadline, errors }: Requirements,
  people: ReadonlyMap<string, Person>,
  { verified, at }: { verified: boolean; at: string },
): KycAsk[] {
  const late = new Set(past_due ?? [])
  const found = new Map<string, KycAsk>()
  for (const said of [...new Set((currently_due ?? []).concat(past_due ?? []))]) {
    const ours = codeOf(said, people)
    if (!ours) continue
    const wrong = (errors ?? []).find(({ requirement }) => requirement === said)
    const code = wrong ? wordFor(wrong.code) : null
    // Before the first approval there is no time that could be over.
    const deadline = !verified
      ? null
      : late.has(said)
        ? at
        : current_deadline
          ? new Date(current_deadline * 1000).toISOString()
          : null
    const ask: KycAsk = { ...ours, ...(deadline && { deadline }), ...(code && { code, message: WORDS[code] }) }
    const before = found.get(nameOf(ask))
    if (!before || (ask.code && !before.code)) found.set(nameOf(ask), ask)
  }
  return [...found.values()]
}

type Ours = Pick<KycAsk, 'requirement' | 'person_id'>

/** Stripe's name of a requirement, in ours; null for what nobody here can answer, because it is about the platform. */
function codeOf(said: string, people: ReadonlyMap<string, Person>): Ours | null {
  const [group = '', ...rest] = said.split('.')
  const field = rest.join('.')
  const person = people.get(group)
  if (person) {
    const role =
      ['representative', 'owner', 'executive', 'director'].find((one) => person.relationship?.[one] === true) ?? 'representative'
    const person_id = person.metadata?.person_id
    return { requirement: personCode(role, field), ...(person_id && { person_id }) }
  }
  switch (group) {
    case 'individual':
      return { requirement: entityCode(field) }
    case 'company':
      return { requirement: entityCode(COMPANY[field] ?? field) }
    case 'representative':
      return { requirement: field === '' ? 'persons.representative' : personCode('representative', field) }
    case 'owners':
    case 'directors':
    case 'executives':
      return { requirement: field === '' ? `entities.${group}_provided` : personCode(group.slice(0, -1), field) }
    case 'business_profile':
      return { requirement: `business_profile.${field === 'product_description' ? 'description_of_goods_or_services' : field}` }
    case 'external_account':
      return { requirement: 'bank_account' }
    case 'tos_acceptance':
      return { requirement: 'tos_acceptance' }
    case 'email':
      return { requirement: 'entities.email' }
    case 'documents':
      return { requirement: 'entities.documents.verification_document' }
    case 'business_type':
    case 'country':
    case 'default_currency':
    case 'settings':
      return null
    default:
      return { requirement: said }
  }
}

const COMPANY: Readonly<Record<string, string>> = { name: 'legal_name', structure: 'business_structure' }
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^verification\.additional_document/, 'documents.additional_document'],
  [/^verification(\.|$)/, 'documents.verification_document'],
  [/^dob(\.|$)/, 'date_of_birth'],
  [/^relationship\./, ''],
]
function fieldOf(field: string): string {
  const found = FIELDS.find(([pattern]) => pattern.test(field))
  return found ? (found[1] === '' ? field.slice('relationship.'.length) : found[1]) : field
}
const entityCode = (field: string) =>
  field.startsWith('ownership_declaration') ? 'ownership_declaration' : `entities.${fieldOf(field)}`
/** Documents belong to somebody whatever their role. */
function personCode(role: string, field: string): string {
  const name = fieldOf(field)
  return name.startsWith('documents.') ? `persons.${name}` : `persons.${role}.${name}`
}

const CODES: readonly (readonly [RegExp, VerificationCode])[] = [
  [/document.*expired/, 'document_expired'],
  [/document.*(readable|corrupt|blur|dark|greyscale|too_small|too_large|low_resolution)/, 'document_unreadable'],
  [/document.*mismatch/, 'document_name_mismatch'],
  [/document.*(missing|incomplete)/, 'document_incomplete'],
  [/document/, 'document_not_accepted'],
  [/address|postal_code/, 'address_not_verified'],
  [/tax_id|id_number|ssn|keyed_identity/, 'number_not_verified'],
  [/name/, 'name_mismatch'],
  [/missing|required/, 'information_missing'],
]
const wordFor = (code: string): VerificationCode => CODES.find(([pattern]) => pattern.test(code))?.[1] ?? 'invalid'

/** What to do, for whoever fills in the form. */
const WORDS: Readonly<Record<VerificationCode, string>> = {
  invalid: 'This can’t be right. Please enter it again',
  document_expired: 'The document has expired. Please upload one that is valid',
  document_unreadable: 'The document can’t be read. Please upload a clear picture of all of it, in colour',
  document_name_mismatch: 'The document says something else than what was entered. Please correct one of them',
  document_incomplete: 'A side of the document is missing. Please upload both',
  document_not_accepted: 'The document is not accepted. Please upload another one',
  name_mismatch: 'The name could not be verified. Please enter it as it is registered',
  address_not_verified: 'The address could not be verified. Please enter it again',
  number_not_verified: 'The number could not be verified. Please enter it again',
  information_missing: 'Something is missing here. Please enter it',
}
