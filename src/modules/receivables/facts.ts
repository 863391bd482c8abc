import { badRequest, noSuch } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import { fileLink } from '../../platform/files/links.ts'
import type { RawJson } from '../../platform/http/types.ts'
import { supportedLanguages } from '../../platform/pdf/labels.ts'
import { ratesFor } from '../catalog/vat-rates/vat-rates.service.ts'
import { reachFiles } from '../common/files/reach.service.ts'
import { snapshotForDocument } from '../counterparts/counterparts.service.ts'
import { complete, type EntitySettings } from '../entities/settings/settings.service.ts'
import { type Ask, contentIn, type Facts, type NetworkNumber } from './draft.ts'
import { requireReminders } from './reminders/reminders.service.ts'

/** Reads what a document refers to. All queries of one document travel together, in one round trip. */

/** The entity with its settings, and what is its own of this document: in one statement, as each costs more than what it reads. */
const ENTITY = shaped<{
  vat_id: Facts['entity_vat_id']
  bank_account: Facts['entity_bank_account']
  terms: Facts['payment_terms']
}>()(
  sql(`select e.type, e.email, e.phone, e.website, e.tax_id, e.registration_number, e.registration_authority, e.address, e.organization, e.individual, e.settings,
    (select f.link_key from files f where f.partner_id = e.partner_id and f.id = e.logo_file_id and f.deleted_at is null) as logo_key,
    (select (array_agg(json_build_object('id', v.id, 'country', v.country, 'entity_id', v.entity_id, 'type', v.type, 'value', v.value)))[1]
      from entity_vat_ids v where v.deleted_at is null and (:vat_id?::uuid is null or v.id = :vat_id?) having count(*) = 1) as vat_id,
    (select to_json(b) from entity_bank_accounts b
      where b.deleted_at is null and (b.id = :bank_account?::uuid or :bank_account?::uuid is null and b.currency = :currency and b.is_default_for_currency)) as bank_account,
    (select json_build_object('id', p.id, 'name', p.name, 'description', p.description, 'term_1', p.term_1, 'term_2', p.term_2, 'term_final', p.term_final)
      from payment_terms p where p.id = :terms?::uuid and p.deleted_at is null) as terms
  from entities e where e.id = :entity`),
)

/** What a document already holds of its own entity: it stays when the original is gone. */
export type Copies = Pick<Facts, 'entity_vat_id' | 'entity_bank_account'>
export const copiesIn = (content: string): Copies => contentIn({ content })

type Named = Omit<Ask, 'vat_mode' | 'vat_inclusive_discount_mode' | 'type'>

/** The present state of everything that `ask` names. An id that leads nowhere is a 404 that says which. */
export async function readFacts(ctx: Ctx, ask: Named, copies?: Copies): Promise<Facts> {
  const [own, counterpart, network] = await Promise.all([
    readOwn(ctx, ask, copies),
    readCounterpart(ctx, ask),
    readNetwork(ctx, ask),
  ])
  return { ...own, ...counterpart, network, languages: supportedLanguages }
}

/**
 * The entity, its settings, and the VAT ID, bank account and payment terms for this document. Terms of an id are copied when they are named,
 * and stay as they were on that day.
 */
export async function readOwn(
  ctx: Ctx,
  ask: Pick<Named, 'currency' | 'entity_bank_account_id' | 'entity_vat_id_id' | 'payment_terms' | 'payment_terms_id'>,
  copies?: Copies,
) {
  const terms_id = ask.payment_terms ? null : (ask.payment_terms_id ?? null)
  const wanted = {
    vat_id: ask.entity_vat_id_id ?? null,
    bank_account: ask.entity_bank_account_id ?? null,
    currency: ask.currency,
    entity: ctx.entityId,
    terms: terms_id,
  }
  const { settings: given, logo_key, vat_id, bank_account, terms, ...own } = await ENTITY.one(ctx, wanted)
  const settings = complete(given)
  const entity_vat_id = vat_id ?? kept(copies?.entity_vat_id, ask.entity_vat_id_id, 'entity VAT ID')
  const entity_bank_account = bank_account ?? kept(copies?.entity_bank_account, ask.entity_bank_account_id, 'entity bank account')
  const currency = entity_bank_account?.currency
  if (currency && currency !== ask.currency && settings.receivable_edit_flow !== 'non_compliant')
    throw badRequest(`The bank account is in ${currency}, the document in ${ask.currency}`)
  if (terms_id && !terms) throw noSuch('payment terms', terms_id)
  const { legal_form } = settings
  return {
    entity: { ...own, legal_form, logo: logo_key && fileLink(logo_key) },
    settings,
    entity_vat_id,
    entity_bank_account,
    payment_terms: ask.payment_terms ? { id: null, name: null, description: null, ...ask.payment_terms } : terms,
  }
}

/** The document's own copy of something that was asked for and is gone by now; a 404 when it never had one. */
function kept<T extends { id?: string | null }>(
  copy: T | null | undefined,
  id: string | null | undefined,
  noun: string,
): T | null {
  if (!id) return null
  if (copy?.id !== id.toLowerCase()) throw noSuch(noun, id)
  return copy
}

/** The counterpart with all that a document shows of it. */
export async function readCounterpart(ctx: Ctx, ask: Named) {
  const { counterpart, billing_address, shipping_address, contact, vat_id, has_vat_ids } = await snapshotForDocument(ctx, {
    counterpartId: ask.counterpart_id,
    billingAddressId: ask.counterpart_billing_address_id,
    shippingAddressId: ask.counterpart_shipping_address_id,
    vatIdId: ask.counterpart_vat_id_id,
    contactId: ask.contact_id,
  })
  return {
    counterpart,
    billing_address,
    shipping_address,
    contact,
    counterpart_vat_id: vat_id,
    counterpart_has_vat_ids: has_vat_ids,
  }
}

const OWN_NUMBERS =
  sql(`select c.id, c.network_credentials_identifier as network_identifier, c.network_credentials_schema as network_schema
  from einvoicing_network_credentials c
  join einvoicing_connections t on t.entity_id = c.entity_id and t.id = c.einvoicing_connection_id and t.deleted_at is null
  where c.deleted_at is null and (:id?::uuid is null and t.is_sender or c.id = :id?) order by c.created_at, c.id limit 2`)
const THEIR_NUMBERS = sql(`select id, counterpart_id, network_identifier, network_schema from counterpart_einvoicing_credentials
  where deleted_at is null and (:id?::uuid is null and counterpart_id = :counterpart or id = :id?) order by created_at, id limit 2`)

/** The numbers that an e-invoice goes from and to: those that are named, else the only one there is. */
async function readNetwork(ctx: Ctx, ask: Named): Promise<Facts['network']> {
  const { network_credentials_id, counterpart_einvoicing_credentials_id, counterpart_id } = ask
  const [own, theirs] = await Promise.all([
    ask.is_einvoice || network_credentials_id ? OWN_NUMBERS(ctx, { id: network_credentials_id ?? null }) : [],
    ask.is_einvoice || counterpart_einvoicing_credentials_id
      ? THEIR_NUMBERS(ctx, { id: counterpart_einvoicing_credentials_id ?? null, counterpart: counterpart_id })
      : [],
  ])
  if (network_credentials_id && own.length === 0) throw noSuch('network credentials', network_credentials_id)
  if (counterpart_einvoicing_credentials_id && theirs.length === 0)
    throw noSuch('counterpart e-invoicing credentials', counterpart_einvoicing_credentials_id)
  if (theirs.some((one) => one.counterpart_id !== counterpart_id.toLowerCase()))
    throw badRequest(`The e-invoicing credentials ${counterpart_einvoicing_credentials_id} belong to another counterpart`)
  const only = (found: readonly NetworkNumber[]) => {
    const [one, more] = found
    if (!one || more) return null
    const { id, network_identifier, network_schema } = one
    return { id, network_identifier, network_schema }
  }
  return { own: only(own), theirs: only(theirs) }
}

const BILLING_ADDRESS = sql(
  `select default_billing_address_id as id from counterparts where id = :counterpart and deleted_at is null`,
)

/** Where a counterpart's bills go when nothing else is said. */
export async function defaultBillingAddress(ctx: Ctx, counterpartId: string): Promise<string> {
  const row = await BILLING_ADDRESS.maybe(ctx, { counterpart: counterpartId })
  if (!row) throw noSuch('counterpart', counterpartId)
  if (!row.id) throw badRequest(`The counterpart ${counterpartId} has no default billing address`)
  return row.id
}

/** What an issued document says of all it names, whatever became of the originals. */
export function factsOnDocument(ask: Ask, content: string, settings: EntitySettings): Facts {
  const c = contentIn({ content })
  const { name, first_name, last_name, type, ...profile } = c.entity
  return {
    entity: {
      ...profile,
      type: type ?? 'organization',
      address: c.entity_address,
      organization: type === 'organization' ? { legal_name: name ?? '' } : null,
      individual: type === 'individual' ? { first_name: first_name ?? '', last_name: last_name ?? '' } : null,
    },
    settings: { ...settings, language: c.original_file_language },
    entity_vat_id: c.entity_vat_id,
    entity_bank_account: c.entity_bank_account,
    counterpart: {
      id: ask.counterpart_id,
      type: c.counterpart_type,
      name: c.counterpart_name,
      tax_id: c.counterpart_tax_id,
      external_reference: c.counterpart_external_reference,
      buyer_reference: c.buyer_reference ?? null,
      // What only e-invoices say of it is kept beside the document.
      gln: null,
      email: null,
      phone: null,
      language: c.file_language,
      default_shipping_address_id: null,
    },
    billing_address: c.counterpart_billing_address,
    shipping_address: c.counterpart_shipping_address,
    contact: c.counterpart_contact,
    counterpart_vat_id: c.counterpart_vat_id,
    counterpart_has_vat_ids: c.counterpart_vat_id !== null,
    network: { own: c.network_credentials ?? null, theirs: c.counterpart_einvoicing_credentials ?? null },
    payment_terms: ask.payment_terms ? { id: null, name: null, description: null, ...ask.payment_terms } : null,
    languages: supportedLanguages,
  }
}

export interface References {
  tag_ids?: readonly string[] | null
  attachments?: readonly { id: string; include_in_email?: boolean | null }[] | null
  project_id?: string | null
  payment_reminder_id?: string | null
  overdue_reminder_id?: string | null
  network_credentials_id?: string | null
  counterpart_einvoicing_credentials_id?: string | null
}

const PROJECT = sql(`select id from projects where id = :id and deleted_at is null`)
const TAGS = sql(`select id from tags where id = any (:ids) and deleted_at is null`)
const FILES = sql(`
  select id, name, mimetype, size, link_key, file_type from files where id = any (:ids) and entity_id = :entity and deleted_at is null`)

/** Checks what is only named, and copies what is known of the attachments. */
export async function readReferences(ctx: Ctx, sent: References): Promise<RawJson | null> {
  await requireReminders(ctx, sent)
  const tagIds = sent.tag_ids ?? []
  const files = sent.attachments ?? []
  const [projects, tags, found] = await Promise.all([
    sent.project_id ? PROJECT(ctx, { id: sent.project_id }) : [],
    tagIds.length > 0 ? TAGS(ctx, { ids: tagIds }) : [],
    files.length > 0 ? FILES(ctx, { ids: files.map(({ id }) => id), entity: ctx.entityId }) : [],
  ])
  if (sent.project_id && projects.length === 0) throw noSuch('project', sent.project_id)
  const unknown = tagIds.find((id) => !tags.some((tag) => tag.id === id.toLowerCase()))
  if (unknown) throw noSuch('tag', unknown)
  await reachFiles(
    ctx,
    files.map(({ id }) => id),
  )
  const attached = files.map(({ id, include_in_email }) => {
    const file = found.find((one) => one.id === id.toLowerCase())
    if (!file) throw noSuch('file', id)
    if (file.file_type !== 'attachments') throw badRequest(`File ${id} is not an attachment but of the type ${file.file_type}`)
    return {
      id: file.id,
      name: file.name,
      mimetype: file.mimetype,
      size: file.size,
      url: fileLink(file.link_key),
      include_in_email: include_in_email ?? false,
    }
  })
  return attached.length > 0 ? json(attached) : null
}

/** The catalogue's rates that may stand on this sale on that day: id and value. */
export function validRates(
  { entity, entity_vat_id, counterpart, billing_address }: Facts,
  day: string,
): ReadonlyMap<string, number> {
  const sale = {
    country: entity.address.country,
    vatIds: entity_vat_id ? [entity_vat_id] : [],
    counterpart: { type: counterpart.type, country: billing_address.country },
  }
  return new Map(ratesFor(sale, day).map(({ id, value }) => [id, value]))
}
