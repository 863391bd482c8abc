import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { minorUnitsOf } from '../../../core/currencies.ts'
import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { createValidation } from '../../../platform/http/validation.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { Form } from '../../../platform/pages/form.ts'
import type { Theme } from '../../../platform/pages/theme.ts'
import { CreateEntityBankAccountRequest } from '../../entities/bank-accounts/bank-accounts.schema.ts'
import { UpdateEntityRequest } from '../../entities/entities/entities.schema.ts'
import { changeEntity } from '../../entities/entities/entities.service.ts'
import { OptionalPersonRequest, PersonRequest } from '../../entities/persons/persons.schema.ts'
import { addPerson, changePerson } from '../../entities/persons/persons.service.ts'
import { EntityOnboardingDataRequest } from '../data/data.schema.ts'
import { writeData } from '../data/data.service.ts'
import { keepAccount } from './answers.service.ts'
import { languageOf } from './links.service.ts'

/** What the forms of the page write: each by the rules of the operation that it stands for. */

const LOOKS = shaped<{ theme: Theme | null }>()(
  sql(`
  select coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "sender!",
    e.type::text as "type!", p.settings -> 'payments' -> 'payment_page_theme' as theme
  from entities e join partners p on p.id = e.partner_id where e.id = :id`),
)

export async function looksOf(ctx: Ctx) {
  const { sender, theme } = await LOOKS.one(ctx, { id: ctx.entityId })
  return { sender, theme, language: await languageOf(ctx) }
}

/** The validators of operations: addresses that are no web addresses, and the like, are refused here as well. */
const validation = createValidation()
const validatorOf = (schema: TSchema) => validation.compile({ schema, method: 'POST', url: '/onboard', httpPart: 'body' })
const validators = new Map<TSchema, ReturnType<typeof validatorOf>>()

/** Refuses (`bad_request`) what the operation would refuse, in a sentence that names the field. */
function checked<T extends TSchema>(schema: T, body: unknown): Static<T> {
  const validate = validators.get(schema) ?? validatorOf(schema)
  validators.set(schema, validate)
  const answer: unknown = validate(body)
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null
  const faults = typeof error === 'object' && error !== null && 'validation' in error ? error.validation : []
  const [first] = Array.isArray(faults) ? faults : []
  if (!error && Value.Check(schema, body)) return body
  const field = String(first?.instancePath ?? '')
    .split('/')
    .filter(Boolean)
    .join('.')
  throw badRequest(`${field || 'The form'}: ${first?.message ?? 'this can not be right'}`)
}

/** The fields of a form with these names, as an object; `address.line1` stands within `address`. What was left empty is left out. */
function bodyOf(form: Form, places: readonly string[]): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const place of places) {
    const value = form[place]?.trim()
    if (!value) continue
    const [group = '', name] = place.split('.')
    const kept = place.endsWith('percent_ownership') ? Number(value) : value
    body[group] = name === undefined ? kept : Object.assign({}, body[group], { [name]: kept })
  }
  return body
}

const ADDRESS = ['address.line1', 'address.line2', 'address.city', 'address.postal_code', 'address.state']
const ROLES = ['representative', 'owner', 'director', 'executive']

async function saveEntity(ctx: Ctx, form: Form): Promise<void> {
  const { type } = await LOOKS.one(ctx, { id: ctx.entityId })
  const common = bodyOf(form, ['email', 'phone', 'tax_id'].concat(ADDRESS))
  const own =
    type === 'organization'
      ? { organization: bodyOf(form, ['legal_name', 'business_structure']) }
      : { individual: bodyOf(form, ['first_name', 'last_name', 'date_of_birth', 'id_number', 'ssn_last_4', 'title']) }
  await changeEntity(ctx, ctx.entityId, checked(UpdateEntityRequest, Object.assign(common, own)))
}

async function savePerson(ctx: Ctx, form: Form): Promise<void> {
  const places = ['first_name', 'last_name', 'email', 'phone', 'date_of_birth', 'id_number', 'ssn_last_4', 'citizenship']
    .concat(ADDRESS)
    .concat('address.country', 'relationship.title', 'relationship.percent_ownership')
  const body = bodyOf(form, places)
  if (form.person) {
    await changePerson(ctx, form.person, checked(OptionalPersonRequest, body))
    return
  }
  const role = ROLES.find((one) => one === form.role)
  if (!role) throw badRequest('The form does not say who this is')
  const relationship = Object.assign({ [role]: true }, body.relationship)
  await addPerson(ctx, checked(PersonRequest, Object.assign(body, { relationship })))
}

async function saveBusiness(ctx: Ctx, machinery: Machinery, form: Form, peer: string | null): Promise<void> {
  const profile = bodyOf(form, ['mcc', 'url', 'description_of_goods_or_services'])
  const country = form.operating_countries?.trim()
  if (country) profile.operating_countries = [country]
  const revenue = form.estimated_monthly_revenue?.trim()
  if (revenue) {
    if (!/^\d{1,12}([.,]\d{1,2})?$/.test(revenue)) throw badRequest('estimated_monthly_revenue: enter an amount, e.g. 12500')
    const amount = Math.round(Number(revenue.replace(',', '.')) * 10 ** minorUnitsOf('USD'))
    profile.estimated_monthly_revenue = { amount, currency: 'USD' }
  }
  await writeData(ctx, machinery, checked(EntityOnboardingDataRequest, { business_profile: profile }), { whole: false, peer })
}

const LISTS = ['owners_provided', 'directors_provided', 'executives_provided']

/** Keeps what one form says. Answers whether there is such a form. */
export async function saveForm(
  ctx: Ctx,
  machinery: Machinery,
  action: string,
  form: Form,
  peer: string | null,
): Promise<boolean> {
  const list = LISTS.find((one) => one === form.list)
  if (action === 'entity') await saveEntity(ctx, form)
  else if (action === 'person') await savePerson(ctx, form)
  else if (action === 'business') await saveBusiness(ctx, machinery, form, peer)
  else if (action === 'list' && list) await changeEntity(ctx, ctx.entityId, { organization: { [list]: true } })
  else if (action === 'account') {
    const places = ['iban', 'account_holder_name', 'account_number', 'routing_number', 'sort_code', 'country', 'currency']
    await keepAccount(ctx, checked(CreateEntityBankAccountRequest, bodyOf(form, places)))
  } else if (action === 'declare' && form.declared === 'yes')
    await writeData(ctx, machinery, { ownership_declaration: {} }, { whole: false, peer })
  else return false
  return true
}
