import { randomUUID } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { PlainDate } from '../../../core/calendar.ts'
import { localDate, zoneOf } from '../../../core/local-day.ts'
import { merged } from '../../../core/merge.ts'
import { plainNumber, wrongBirth } from '../../../core/onboarding/checks.ts'
import { badRequest, forbidden, invalid, invalidAt } from '../../../core/refusal.ts'
import { type Ctx, enterEntity } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { localDay } from '../../../platform/local-day.ts'
import { FILE_JSON, fileObject } from '../../common/files/files.service.ts'
import { provisionTextTemplates } from '../../common/text-templates/text-templates.service.ts'
import { openMailbox } from '../../mail/mailboxes/mailboxes.service.ts'
import { readPartnerSettings } from '../../partner/partner-settings/partner-settings.service.ts'
import { usualCurrency } from '../bank-accounts/bank-accounts.service.ts'
import { completed, roleTable } from '../roles/roles.service.ts'
import {
  CreateEntityRequest,
  type EntityAddressResponseSchema,
  EntityIndividualResponse,
  EntityOrganizationResponse,
  EntityResponse,
  type UpdateEntityRequest,
} from './entities.schema.ts'

export { EntityResponse }
export type Entity = Static<typeof EntityResponse>
type Create = Static<typeof CreateEntityRequest>
type Update = Static<typeof UpdateEntityRequest>

/** Columns of both kinds; which of the two type objects is shown depends on the row. */
const EntityRow = Type.Object({ ...EntityOrganizationResponse.properties, ...EntityIndividualResponse.properties })

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'entities.address': Static<typeof EntityAddressResponseSchema>
    'entities.organization': { legal_name: string }
    'entities.individual': { first_name: string; last_name: string }
  }
}

const address = { line2: null, state: null }
const organization = {
  business_structure: null,
  directors_provided: null,
  executives_provided: null,
  legal_entity_id: null,
  owners_provided: null,
  representative_provided: null,
  vat_id: null,
}
const individual = { date_of_birth: null, id_number: null, ssn_last_4: null, title: null, vat_id: null }

export const entityTable = table('entities', EntityRow, {
  noun: 'Entity',
  object: 'entity',
  computed: {
    // Each kind has its own object, and shows the other's as missing.
    organization: 't.organization',
    individual: 't.individual',
    logo: `(select ${FILE_JSON} from files f where f.partner_id = t.partner_id and f.id = t.logo_file_id and f.deleted_at is null)`,
    mailboxes: `coalesce((select json_agg(json_build_object('id', m.id, 'entity_id', m.entity_id, 'status', m.status, 'related_object_type', m.related_object_type,
      'mailbox_name', m.mailbox_name, 'mailbox_full_address', m.mailbox_name || '@' || m.mailbox_domain, 'belongs_to_mailbox_domain_id', m.mailbox_domain_id)
      order by m.created_at, m.id) from mailboxes m where m.entity_id = t.id and m.deleted_at is null), '[]'::json)`,
  },
  present(row) {
    const { organization: org, individual: person, ...common } = row as Record<string, Record<string, unknown> | null>
    return {
      ...common,
      address: { ...address, ...common.address },
      logo: fileObject(common.logo),
      ...(org
        ? { organization: { ...organization, ...org } }
        : { individual: { ...individual, ...person, tax_id: common.tax_id } }),
    }
  },
})

/** The entity as the API shows it. */
export const readEntity = (ctx: Ctx, id: string): Promise<Entity> => rows.find(ctx, entityTable, id) as Promise<Entity>

/** The entity of the user who asks: "my entity" is a word that a partner has no use for. */
export function ofUser(ctx: Ctx): string {
  if (ctx.userId === null) throw forbidden('This operation needs the token of an entity user', 'user_token_needed')
  return ctx.entityId
}

const INSERT_VAT_ID = sql(`insert into entity_vat_ids (country, value) values (:country, :vat_id)`)

/** A new entity with what comes with it: the partner's default role, the mailbox for its bills, and ready-made texts. */
export async function createEntity(ctx: Ctx, body: Create, mailDomain: string): Promise<Entity> {
  checkKind(body)
  checkProfile(body)
  checkNumbers(body, localDate(ctx.now, zoneOf(body.address.country, body.address.state)))
  const { organization } = body
  // The contract leaves a company open for further fields; those that mean nothing are not kept.
  const values = columnsOf({
    ...body,
    organization:
      organization && (Value.Clean(CreateEntityRequest.properties.organization, { ...organization }) as typeof organization),
  })
  const id = randomUUID()
  const { default_role } = await readPartnerSettings(ctx)
  await enterEntity(ctx, id)
  if (default_role)
    await rows.create(ctx, roleTable, { name: default_role.name, permissions: json(completed(default_role.permissions)) })
  await openMailbox(ctx, mailDomain)
  await provisionTextTemplates(ctx)
  if (body.organization?.vat_id) await INSERT_VAT_ID(ctx, { country: body.address.country, vat_id: body.organization.vat_id })
  const currency = usualCurrency(body.address.country)
  return (await rows.create(ctx, entityTable, {
    id,
    type: body.type,
    ...values,
    email: body.email,
    address: values.address ?? json(body.address),
    settings: currency ? { currency: { default: currency } } : {},
  })) as Entity
}

/** Changes what is sent and leaves the rest; nested objects are merged key by key. */
export async function changeEntity(ctx: Ctx, id: string, body: Update): Promise<Entity> {
  const before = (await rows.lock(ctx, entityTable, id)) as unknown as Objects & { type: string }
  const { country: sent } = body.address ?? {}
  if (sent !== undefined && sent !== before.address?.country)
    throw invalidAt(['body', 'address', 'country'], 'The country of an entity stays as it is')
  const other = before.type === 'organization' ? 'individual' : 'organization'
  if (body[other]) throw invalidAt(['body', other], `An entity of type ${before.type} has no ${other}`)
  refuseNull(body, ['email', 'address'], ['body'])
  refuseNull(body.address, ['city', 'line1', 'postal_code'], ['body', 'address'])
  refuseNull(body.organization, ['legal_name'], ['body', 'organization'])
  refuseNull(body.individual, ['first_name', 'last_name'], ['body', 'individual'])
  const next = merged(before, body as Record<string, unknown>) as unknown as Create
  checkProfile(next)
  checkNumbers(body, await localDay(ctx))
  return (await rows.change(ctx, entityTable, id, columnsOf(body, before))) as Entity
}

type Objects = Partial<Record<string, Record<string, unknown>>>

/** The columns of a body, its objects laid over those from before. A person's tax number is the entity's, wherever it was sent. */
function columnsOf(body: Partial<Create> | Update, before: Objects = {}) {
  const { email, phone, website, registration_number, registration_authority, partner_reference } = body
  const { tax_id: ownTaxId, ...person } = body.individual ?? {}
  const over = (name: string, change: object | null | undefined) =>
    change && json(merged(before[name] ?? {}, change as Record<string, unknown>))
  return {
    email: email ?? undefined,
    phone: phone === '' ? null : phone,
    website,
    tax_id: keptNumber(body.tax_id === undefined ? ownTaxId : body.tax_id, body.address?.country ?? before.address?.country),
    partner_reference,
    registration_number,
    registration_authority,
    address: over('address', body.address) ?? undefined,
    organization: over('organization', body.organization) ?? undefined,
    individual: over('individual', body.individual && person) ?? undefined,
  }
}

function checkKind(body: Create): void {
  const other = body.type === 'organization' ? 'individual' : 'organization'
  if (!body[body.type]) throw invalid([{ loc: ['body', body.type], msg: 'Field required', type: 'missing' }])
  if (body[other]) throw invalidAt(['body', other], `An entity of type ${body.type} has no ${other}`)
}

/** Rules between fields: states of the USA, the German commercial register, telephone numbers. */
function checkProfile(entity: {
  address: Partial<Create['address']>
  phone?: string | null
  registration_number?: string | null
  registration_authority?: string | null
}) {
  checkState(entity.address, ['body', 'address', 'state'])
  if (entity.phone) checkPhone(entity.phone, ['body', 'phone'])
  if (entity.address.country === 'DE' && entity.registration_number && !entity.registration_authority)
    throw invalid([{ loc: ['body', 'registration_authority'], msg: 'Needed together with registration_number', type: 'missing' }])
}

/** Refuses (`bad_request`) a name where the number of a tax office belongs, and somebody under age by the entity's own day. */
function checkNumbers(
  {
    tax_id,
    individual,
  }: Pick<Update, 'tax_id'> & { individual?: { tax_id?: string | null; date_of_birth?: string | null } | null },
  today: PlainDate,
): void {
  const number = tax_id ?? individual?.tax_id
  if (number && !/\d/.test(number)) throw badRequest(`tax_id: "${number}" is a name. Enter the number that the tax office gave`)
  const fault = individual?.date_of_birth && wrongBirth(individual.date_of_birth, today)
  if (fault) throw badRequest(`individual.date_of_birth: ${fault}`)
}

/** A French company number (SIREN, SIRET) without the signs that people put in between; others as they were sent. */
function keptNumber(number: string | null | undefined, country: unknown): string | null | undefined {
  const plain = number && country === 'FR' ? plainNumber(number) : ''
  return /^(\d{9}|\d{14})$/.test(plain) ? plain : number
}

/** An American address names its state by two letters, as the USPS writes them. */
export function checkState(address: { country?: string | null; state?: string | null }, loc: (string | number)[]): void {
  if (address.country !== 'US') return
  if (!address.state) throw invalid([{ loc, msg: 'An address in the USA needs its state', type: 'missing' }])
  if (!usStates.has(address.state)) throw invalidAt(loc, 'Input should be the two letters of a state of the USA')
}

const usStates = new Set(
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI UM FM MH PW AA AE AP'.split(
    ' ',
  ),
)

/** International (+…) or national writing: digits with the usual separators, 4 to 15 of them (ITU-T E.164). */
function checkPhone(phone: string, loc: (string | number)[]): void {
  const digits = phone.replace(/\D/g, '').length
  if (!/^\+?[\d\s().\-/]+$/.test(phone) || digits < 4 || digits > 15)
    throw invalidAt(loc, 'Input should be a telephone number, e.g. +4930774619876')
}
