import { type KnownPerson, missingIn } from '../../../core/onboarding/requirements.ts'
import { invalid } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import {
  type AccountFields,
  addAccount,
  checkCurrency,
  checkNumbers,
  cleaned,
  usualCurrency,
} from '../../entities/bank-accounts/bank-accounts.service.ts'
import { changeEntity } from '../../entities/entities/entities.service.ts'
import { addPerson, changePerson } from '../../entities/persons/persons.service.ts'
import { readData, writeData } from '../data/data.service.ts'
import { type Known, readKnown } from '../standing.service.ts'
import type { LinkAnswer, LinkData } from './links.schema.ts'

/** What somebody answers on the hosted page, and what is known already. */

const ACCOUNT = sql(`
  select account_number, country, currency, iban, sort_code from entity_bank_accounts where deleted_at is null order by is_default_for_currency desc, created_at, id limit 1`)
const SAME = sql(`
  select id from entity_bank_accounts where deleted_at is null and (iban = :iban? or account_number = :number? and coalesce(sort_code, routing_number) = :bank?) limit 1`)
const PEOPLE = sql(`select id, email, first_name, last_name from persons where deleted_at is null order by created_at, id`)

type Requirement = LinkAnswer['requirements'][number]

function requirementOf(code: string, type: string): Requirement | null {
  const provided = /^entities\.(owners|directors|executives)_provided$/.exec(code)?.[1]
  if (provided === 'owners' || provided === 'directors' || provided === 'executives') return provided
  if (code.startsWith('persons.owner')) return 'owners'
  if (code.startsWith('persons.director')) return 'directors'
  if (code.startsWith('persons.executive')) return 'executives'
  if (code.startsWith('persons.representative')) return 'representative'
  if (code.startsWith('entities.')) return type === 'organization' ? 'company' : 'individual'
  if (code.startsWith('business_profile')) return 'business_profile'
  if (code === 'ownership_declaration') return 'ownership_declaration_date'
  return code === 'bank_account' ? 'bank_account' : null
}

function requirementsOf({ snapshot }: Known): Requirement[] {
  const found = missingIn(snapshot).flatMap(({ code }) => requirementOf(code, snapshot.type) ?? [])
  return [...new Set(found)]
}

/** Only what is there: the page's schema knows no nulls. */
const there = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ''))

const addressIn = (values: Readonly<Record<string, unknown>>) =>
  there(
    Object.fromEntries(
      ['city', 'country', 'line1', 'line2', 'postal_code', 'state'].map((name) => [name, values[`address.${name}`]]),
    ),
  )

function individualIn(values: Readonly<Record<string, unknown>>) {
  const { date_of_birth, email, first_name, id_number, last_name, phone, ssn_last_4 } = values
  return there({ address: addressIn(values), date_of_birth, email, first_name, id_number, last_name, phone, ssn_last_4 })
}

function personIn({ roles, percent, values }: KnownPerson) {
  const has = (role: string) => roles.some((one) => one === role)
  const relationship = there({
    director: has('director'),
    executive: has('executive'),
    owner: has('owner'),
    representative: has('representative'),
    percent_ownership: percent,
    title: values['relationship.title'],
  })
  return Object.assign(individualIn(values), { relationship })
}

export async function readAnswers(ctx: Ctx): Promise<LinkAnswer> {
  const known = await readKnown(ctx)
  const { snapshot } = known
  const { values, type } = snapshot
  const [account, { business_profile, tos_acceptance }] = [await ACCOUNT.maybe(ctx), await readData(ctx)]
  const { directors_provided, executives_provided, owners_provided, representative_provided, email, phone, tax_id } = values
  const company = { directors_provided, executives_provided, owners_provided, representative_provided, email, phone, tax_id }
  const eight = account?.account_number?.length === 8 ? account.account_number : null
  const data = there({
    ...(type === 'organization'
      ? {
          company: there(Object.assign({ name: values.legal_name, address: addressIn(values) }, company)),
          persons: snapshot.persons.map(personIn),
        }
      : { individual: individualIn(values) }),
    business_profile: there({ mcc: business_profile?.mcc, url: business_profile?.url }),
    bank_account: account && there(Object.assign({}, account, { account_number: eight })),
    tos_acceptance_date: tos_acceptance?.date,
  })
  return {
    business_type: type,
    data: data as LinkData,
    masks: {},
    requirements: requirementsOf(known),
  }
}

/** Keeps what was answered. Each part follows the rules of its own operation; `peer` is where the request came from. */
export async function writeAnswers(ctx: Ctx, machinery: Machinery, sent: LinkData, peer: string | null): Promise<LinkAnswer> {
  const { company, individual, persons, business_profile, bank_account, tos_acceptance_date } = sent
  if (company) {
    const { name, address, email, phone, tax_id, ...flags } = company
    const organization = name === undefined ? flags : Object.assign({ legal_name: name }, flags)
    await changeEntity(ctx, ctx.entityId, { address, email, phone, tax_id, organization })
  }
  if (individual) {
    const { address, email, phone, ...person } = individual
    await changeEntity(ctx, ctx.entityId, { address, email, phone, individual: person })
  }
  for (const person of persons ?? []) await keepPerson(ctx, person)
  if (bank_account) await keepAccount(ctx, bank_account)
  if (business_profile || tos_acceptance_date) {
    const agreed = tos_acceptance_date ? { tos_acceptance: { date: tos_acceptance_date } } : {}
    await writeData(ctx, machinery, Object.assign(business_profile ? { business_profile } : {}, agreed), { whole: false, peer })
  }
  return readAnswers(ctx)
}

type SentPerson = NonNullable<LinkData['persons']>[number]

/** People have no id on this page: whoever has the same mail address is the same person. */
async function keepPerson(
  ctx: Ctx,
  { relationship = {}, email, first_name, last_name, address, ...rest }: SentPerson,
): Promise<void> {
  const known = (await PEOPLE(ctx)).find((one) => one.email.toLowerCase() === email?.toLowerCase())
  if (known) {
    await changePerson(ctx, known.id, Object.assign({ first_name, last_name, address, relationship }, rest))
    return
  }
  const missing = Object.entries({ email, first_name, last_name }).filter(([, value]) => value === undefined)
  if (!email || !first_name || !last_name)
    throw invalid(missing.map(([name]) => ({ loc: ['body', 'persons', name], msg: 'Field required', type: 'missing' })))
  await addPerson(ctx, Object.assign({ email, first_name, last_name, relationship, address: wholeAddress(address) }, rest))
}

function wholeAddress(address: SentPerson['address']) {
  if (!address) return undefined
  const { city, country, line1, postal_code, line2, state } = address
  if (city && country && line1 && postal_code) return { city, country, line1, postal_code, line2, state }
  throw invalid(
    Object.entries({ city, country, line1, postal_code })
      .filter(([, value]) => !value)
      .map(([name]) => ({ loc: ['body', 'persons', 'address', name], msg: 'Field required', type: 'missing' })),
  )
}

/** An account that is there already is not added again. */
export async function keepAccount(ctx: Ctx, sent: AccountFields): Promise<void> {
  const account = cleaned(sent)
  checkNumbers(account)
  const country = account.country ?? account.iban?.slice(0, 2)
  const currency = account.currency ?? (country ? usualCurrency(country) : null)
  if (!country || !currency) throw invalid([{ loc: ['body', 'bank_account', 'country'], msg: 'Field required', type: 'missing' }])
  const whole = Object.assign({}, account, { country, currency })
  checkCurrency(whole)
  const { iban = null, account_number: number = null } = account
  const bank = account.sort_code ?? account.routing_number ?? null
  if (!(await SAME.maybe(ctx, { iban, number, bank }))) await addAccount(ctx, whole, true)
}
