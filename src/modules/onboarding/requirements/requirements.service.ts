import { bankAccountMasks } from '../../../core/onboarding/masks.ts'
import {
  businessFields,
  documentsDue,
  entityFields,
  type Field,
  type MethodReport,
  merged,
  personFields,
  type Snapshot,
  type Standing,
  stepsDue,
  withAsks,
} from '../../../core/onboarding/requirements.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { EntityProviders } from '../../../ports/payments.ts'
import { enabledMethods, needsOnboarding, readKnown, reportsOf } from '../standing.service.ts'
import { isReason, type MergedReport, type OnboardingForm, type SingleReport } from './requirements.schema.ts'

/** What is still needed, in three shapes: for each method, all in one, and as the fields of a form. */

const shown = (report: MethodReport): SingleReport => ({
  disabled_reason: report.disabled_reason,
  payment_method: report.payment_method,
  requirements: {
    current_deadline: report.current_deadline,
    currently_due: [...report.currently_due],
    eventually_due: [...report.eventually_due],
    past_due: [...report.past_due],
    pending_verification: [...report.pending_verification],
  },
  requirements_errors: [...report.requirements_errors],
  verification_errors: [...report.verification_errors],
  verification_status: report.verification_status,
})

export async function readRequirements(ctx: Ctx, payments: EntityProviders): Promise<{ data: SingleReport[] }> {
  const known = await readKnown(ctx)
  return { data: reportsOf(known, payments, await enabledMethods(ctx), ctx.now).map(shown) }
}

export async function readMerged(ctx: Ctx, payments: EntityProviders): Promise<MergedReport> {
  const known = await readKnown(ctx)
  const { requirements, disabled_reason, requirements_errors, verification_errors, verification_status } = shown(
    merged(reportsOf(known, payments, await enabledMethods(ctx), ctx.now)),
  )
  const { past_due: _past, ...lists } = requirements
  return {
    disabled_reason: isReason(disabled_reason) ? disabled_reason : null,
    requirements: lists,
    requirements_errors,
    verification_errors,
    verification_status,
  }
}

// The form

const ACCOUNTS = sql(`
  select id, account_holder_name, account_number, country, currency, iban, routing_number, sort_code from entity_bank_accounts
  where deleted_at is null order by created_at, id`)

type Leaf = { required: boolean; value: unknown; error: { message: string } | null }
type Tree = { [name: string]: Leaf | Tree }

const leaf = ({ required, value, error }: Pick<Field, 'required' | 'value' | 'error'>): Leaf => ({
  required,
  value: value ?? null,
  error: error === null ? null : { message: error },
})

/** Fields by their places: `address.line1` stands within `address`. */
function treeOf(fields: readonly Field[], into: Tree = {}): Tree {
  for (const field of fields) {
    const [group = '', name] = field.place.split('.')
    if (name === undefined) into[group] = leaf(field)
    else into[group] = Object.assign({}, into[group], { [name]: leaf(field) })
  }
  return into
}

/** The country is the entity's for good, and what the published form doesn't know is asked for elsewhere. */
const notInForm = new Set(['business_structure', 'citizenship'])
const INDIVIDUAL = new Set(['first_name', 'last_name', 'date_of_birth', 'id_number', 'ssn_last_4', 'title'])

function entityBlock(snapshot: Snapshot, standing: Standing) {
  const fields = withAsks(snapshot, standing, entityFields(snapshot)).filter(({ place }) => !notInForm.has(place))
  const kind = (place: string) =>
    place === 'legal_name' ? `organization.${place}` : INDIVIDUAL.has(place) ? `individual.${place}` : place
  return treeOf(fields.map((field) => ({ ...field, place: kind(field.place) })))
}

/** Only these two can be typed in by the published form; a further one would keep its step open for ever. */
const businessBlock = (snapshot: Snapshot, standing: Standing) =>
  treeOf(withAsks(snapshot, standing, businessFields(snapshot)).filter(({ place }) => place === 'mcc' || place === 'url'))

const personBlock = (snapshot: Snapshot, standing: Standing) =>
  snapshot.persons.map((person) => {
    const fields = withAsks(snapshot, standing, personFields(snapshot, person)).filter(({ place }) => !notInForm.has(place))
    const has = (role: string) => person.roles.some((one) => one === role)
    const roles = {
      director: has('director'),
      executive: has('executive'),
      owner: has('owner'),
      representative: has('representative'),
    }
    const tree = treeOf(fields)
    return { ...tree, id: person.id, relationship: { ...tree.relationship, ...roles } }
  })

function accountBlock(rows: Awaited<ReturnType<typeof ACCOUNTS>>, error: string | null) {
  return rows.map(({ id, ...account }) => {
    const mask = bankAccountMasks[account.currency ?? ''] ?? { country: true, currency: true, iban: false, account_number: false }
    const fields = Object.entries(mask).map(([name, required]) => {
      const value = account[name as keyof typeof account]
      return [name, leaf({ required, value, error: name === 'country' ? error : null })]
    })
    return { id, ...Object.fromEntries(fields) }
  })
}

/** The sides of a document. An additional one of a person stands at the back: the published form stores it there. */
function papersBlock(due: ReturnType<typeof documentsDue>) {
  const block: Tree = {}
  for (const { family, message, person_id } of due) {
    const front = leaf({ required: true, value: null, error: message })
    if (family === 'verification_document') {
      block.verification_document_front = front
      block.verification_document_back = leaf({ required: false, value: null, error: null })
    } else if (person_id) block.additional_verification_document_back = front
    else {
      block.additional_verification_document_front = front
      block.additional_verification_document_back = leaf({ required: false, value: null, error: null })
    }
  }
  return block
}

/** What a form shows and in which steps. The published one asks once, so the first answer holds all that it needs. */
export async function readForm(ctx: Ctx, payments: EntityProviders): Promise<OnboardingForm> {
  const methods = (await enabledMethods(ctx)).filter((method) => needsOnboarding(payments, method))
  const { snapshot, standing: all } = await readKnown(ctx)
  const isAsked = ({ methods: only }: Standing['asks'][number]) => only?.some((one) => methods.some((m) => m === one)) ?? true
  const standing = { ...all, asks: all.asks.filter(isAsked) }
  const requirements =
    methods.length === 0 || standing.rejected ? [] : stepsDue(snapshot, standing).filter(isInForm(snapshot, standing))
  const accounts = await ACCOUNTS(ctx)
  const papers = documentsDue(snapshot, standing)
  const asked = standing.asks.find(
    ({ requirement, was }) => requirement === 'bank_account' && was === JSON.stringify(snapshot.accounts),
  )
  const data: Record<string, unknown> = {
    entity: entityBlock(snapshot, standing),
    business_profile: businessBlock(snapshot, standing),
    bank_accounts: accountBlock(accounts, asked?.message ?? null),
  }
  const own = papers.filter(({ person_id }) => person_id === null)
  if (own.length > 0) data.entity_documents = papersBlock(own)
  if (snapshot.type === 'organization') {
    const date = snapshot.ownership_declared_at?.slice(0, 10) ?? null
    data.persons = personBlock(snapshot, standing)
    data.ownership_declaration = { date: leaf({ required: true, value: date, error: null }) }
  }
  if (snapshot.terms) {
    const date = snapshot.terms.accepted_at?.slice(0, 10) ?? null
    data.tos_acceptance = { date: leaf({ required: true, value: date, error: null }) }
  }
  const people = [...new Set(papers.flatMap(({ person_id }) => person_id ?? []))]
  if (people.length > 0)
    data.persons_documents = people.map((id) => ({ ...papersBlock(papers.filter(({ person_id }) => person_id === id)), id }))
  return { data: data as NonNullable<OnboardingForm['data']>, requirements }
}

/** A step that the form can't finish is left out: its fields are filled in elsewhere. */
function isInForm(snapshot: Snapshot, standing: Standing) {
  const open = (fields: readonly Field[]) =>
    fields.some(({ required, value, error }) => error !== null || (required && (value === null || value === '')))
  const shownOf = (fields: readonly Field[]) => withAsks(snapshot, standing, fields).filter(({ place }) => !notInForm.has(place))
  return (step: OnboardingForm['requirements'][number]): boolean => {
    if (step === 'entity') return open(shownOf(entityFields(snapshot)))
    if (step === 'persons') return snapshot.persons.some((person) => open(shownOf(personFields(snapshot, person))))
    if (step === 'business_profile')
      return open(shownOf(businessFields(snapshot)).filter(({ place }) => place === 'mcc' || place === 'url'))
    return true
  }
}
