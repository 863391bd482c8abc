import { canonicalNumber, networkForms } from '../../core/einvoice/schemes.data.ts'
import { badRequest, conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json, rows, table } from '../../platform/database/rows.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import {
  type EinvoicingConnectionCreate,
  EinvoicingConnectionResponse,
  type EinvoicingConnectionUpdate,
  EinvoicingNetworkCredentialsResponse,
  type NetworkCredentialCreate,
} from './connections.schema.ts'

/** An entity's part in the network for e-invoices: its address there, what it does, and the numbers it is known by. */

const CREDENTIALS = `coalesce((select json_agg(json_build_object('id', c.id, 'created_at', c.created_at, 'updated_at', c.updated_at,
    'einvoicing_connection_id', c.einvoicing_connection_id, 'network_credentials_identifier', c.network_credentials_identifier,
    'network_credentials_schema', c.network_credentials_schema) order by c.created_at, c.id)
  from einvoicing_network_credentials c
  where c.entity_id = t.entity_id and c.einvoicing_connection_id = t.id and c.deleted_at is null), '[]')`
const LEGAL_NAME = `(select coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name'))
  from entities e where e.id = t.entity_id)`

export const connectionTable = table('einvoicing_connections', EinvoicingConnectionResponse, {
  noun: 'E-invoicing connection',
  computed: { credentials: CREDENTIALS, legal_name: LEGAL_NAME },
  clashes: { einvoicing_connections_one: conflict('The entity has an e-invoicing connection already') },
})
const credentialTable = table('einvoicing_network_credentials', EinvoicingNetworkCredentialsResponse, {
  noun: 'Network credential',
  clashes: { einvoicing_network_credentials_one: conflict('This number is registered already') },
})

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Tells the network of a number as it is now: that it takes part, in what, or not any more. */
    'einvoicing.register': { credential_id: string }
  }
}
const orderRegistration = (ctx: Ctx, credential_id: string) =>
  jobs.add(ctx, 'einvoicing.register', { credential_id }, { key: `einvoicing.register:${credential_id}` })

const ONE_ROLE = 'is_sender, is_receiver or both have to be true'

const VAT_ID = sql(`select country, value from entity_vat_ids where id = :id and deleted_at is null`)

export async function createConnection(
  ctx: Ctx,
  { address, entity_vat_id_id, is_sender, is_receiver }: EinvoicingConnectionCreate,
) {
  const [sends, receives] = [is_sender ?? true, is_receiver ?? true]
  if (!sends && !receives) throw badRequest(ONE_ROLE)
  const vatId = entity_vat_id_id ? await VAT_ID.maybe(ctx, { id: entity_vat_id_id }) : null
  if (entity_vat_id_id && !vatId) throw badRequest('VAT ID not found')
  const { id } = await rows.create(ctx, connectionTable, {
    address: json({ ...address, address_line2: address.address_line2 ?? null, state: address.state ?? null }),
    is_sender: sends,
    is_receiver: receives,
    status: 'active',
  })
  if (vatId) {
    const scheme = vatSchemes[vatId.country as keyof typeof vatSchemes]
    if (!scheme) throw badRequest(`VAT IDs of these countries can be registered: ${Object.keys(vatSchemes).join(', ')}`)
    await addCredential(ctx, id, { network_credentials_schema: scheme, network_credentials_identifier: vatId.value })
  }
  return rows.find(ctx, connectionTable, id)
}
const vatSchemes = { DE: 'DE:VAT', NL: 'NL:VAT', BE: 'BE:VAT' } as const

const PENDING = sql(
  `update einvoicing_connections set status = 'pending', updated_at = app_now() where id = :id and deleted_at is null`,
)

/** Another number that the entity is known by. Whether the network takes it shows in the connection's status. */
export async function addCredential(ctx: Ctx, connectionId: string, asked: NetworkCredentialCreate) {
  await rows.lock(ctx, connectionTable, connectionId)
  const { network_credentials_schema: scheme } = asked
  const network_credentials_identifier = canonicalNumber(scheme, asked.network_credentials_identifier)
  const { form, words } = networkForms[scheme]
  if (!form.test(network_credentials_identifier)) throw badRequest(`A number of the scheme ${scheme} is ${words}`)
  const made = await rows.create(ctx, credentialTable, {
    einvoicing_connection_id: connectionId,
    network_credentials_schema: scheme,
    network_credentials_identifier,
  })
  await PENDING(ctx, { id: connectionId })
  await orderRegistration(ctx, made.id)
  return made
}

const OWN = sql(
  `select id from einvoicing_network_credentials where einvoicing_connection_id = :connection and deleted_at is null`,
)

export async function changeConnection(ctx: Ctx, id: string, { address, is_sender, is_receiver }: EinvoicingConnectionUpdate) {
  const before = await rows.lock(ctx, connectionTable, id)
  const [sends, receives] = [is_sender ?? before.is_sender ?? true, is_receiver ?? before.is_receiver ?? true]
  if (!sends && !receives) throw badRequest(ONE_ROLE)
  const { country } = before.address
  const moved = address && { ...address, country, address_line2: address.address_line2 ?? null, state: address.state ?? null }
  await rows.change(ctx, connectionTable, id, {
    address: moved ? json(moved) : undefined,
    is_sender: sends,
    is_receiver: receives,
  })
  if (sends !== before.is_sender || receives !== before.is_receiver)
    for (const credential of await OWN(ctx, { connection: id })) await orderRegistration(ctx, credential.id)
  return rows.find(ctx, connectionTable, id)
}

const WITHDRAW = sql(
  `update einvoicing_network_credentials set deleted_at = app_now(), updated_at = app_now() where einvoicing_connection_id = :connection and deleted_at is null returning id`,
)

/** Takes the entity out of the network; its documents stay. */
export async function deleteConnection(ctx: Ctx, id: string): Promise<null> {
  await rows.lock(ctx, connectionTable, id)
  for (const credential of await WITHDRAW(ctx, { connection: id })) await orderRegistration(ctx, credential.id)
  return rows.remove(ctx, connectionTable, id)
}
