import type { Static } from 'typebox'
import { canonicalNumber, networkSchemes } from '../../../core/einvoice/schemes.data.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { inCounterpart } from '../counterparts.service.ts'
import {
  CounterpartEinvoicingCredentialExistenceResponse,
  CounterpartEinvoicingCredentialResponse,
  CounterpartEinvoicingCredentialResponseList,
  CreateCounterpartEinvoicingCredentialPayload,
  EinvoiceSearchQuery,
  UpdateCounterpartEinvoicingCredentialSchema,
} from './einvoicing-credentials.schema.ts'

/** A counterpart's numbers in the networks for e-invoices, one of a kind. */
const credentialTable = table('counterpart_einvoicing_credentials', CounterpartEinvoicingCredentialResponse, {
  noun: 'E-invoicing credential',
  clashes: {
    counterpart_einvoicing_credentials_schema: conflict('This counterpart has a number of this scheme already'),
  },
})

const list = listing(credentialTable, { filters: {}, sort: [] })

export const einvoicingCredentials: Routes = async (app) => {
  app.get(
    '/counterparts/:counterpart_id/einvoicing_credentials',
    operation({
      summary: "Get a list of a counterpart's e-invoicing credentials",
      may: 'counterpart:read',
      ok: { 200: CounterpartEinvoicingCredentialResponseList },
    }),
    async ({ ctx, params: { counterpart_id } }) => ({
      data: await inCounterpart(ctx, counterpart_id, () =>
        list.all(ctx, {}, [{ sql: 't.counterpart_id = $', values: [counterpart_id] }]),
      ),
    }),
  )

  app.post(
    '/counterparts/:counterpart_id/einvoicing_credentials',
    operation({
      summary: 'Add e-invoicing credentials for a counterpart',
      may: 'counterpart:update',
      body: CreateCounterpartEinvoicingCredentialPayload,
      ok: { 201: CounterpartEinvoicingCredentialResponse },
      refuses: [400, 409],
    }),
    async ({ ctx, params: { counterpart_id }, body }) => {
      if (!('counterpart_vat_id_id' in body))
        return inCounterpart(ctx, counterpart_id, () => rows.create(ctx, credentialTable, { counterpart_id, ...body }))
      const vatId = await inCounterpart(ctx, counterpart_id, () => readVatId(ctx, counterpart_id, body.counterpart_vat_id_id))
      return rows.create(ctx, credentialTable, { counterpart_id, ...numberOf(vatId) })
    },
  )

  app.get(
    '/counterparts/:counterpart_id/einvoicing_credentials/:credential_id',
    operation({
      summary: "Get a counterpart's e-invoicing credentials by ID",
      may: 'counterpart:read',
      ok: { 200: CounterpartEinvoicingCredentialResponse },
    }),
    ({ ctx, params: { counterpart_id, credential_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.find(ctx, credentialTable, credential_id, { counterpart_id })),
  )

  app.patch(
    '/counterparts/:counterpart_id/einvoicing_credentials/:credential_id',
    operation({
      summary: "Update a counterpart's e-invoicing credentials",
      may: 'counterpart:update',
      body: UpdateCounterpartEinvoicingCredentialSchema,
      ok: { 200: CounterpartEinvoicingCredentialResponse },
      refuses: [409],
    }),
    ({ ctx, params: { counterpart_id, credential_id }, body }) => {
      refuseNull(body, ['network_identifier', 'network_schema'], ['body'])
      return inCounterpart(ctx, counterpart_id, () =>
        rows.change(ctx, credentialTable, credential_id, body, undefined, { parent: { counterpart_id } }),
      )
    },
  )

  app.delete(
    '/counterparts/:counterpart_id/einvoicing_credentials/:credential_id',
    operation({ summary: "Delete a counterpart's e-invoicing credentials", may: 'counterpart:update', ok: { 204: nothing } }),
    ({ ctx, params: { counterpart_id, credential_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.remove(ctx, credentialTable, credential_id, { counterpart_id })),
  )

  app.get(
    '/einvoice_search',
    operation({
      summary: 'Check if e-invoicing credentials exist in the network.',
      may: 'any',
      entity: 'none',
      query: EinvoiceSearchQuery,
      ok: { 200: CounterpartEinvoicingCredentialExistenceResponse },
      refuses: [409],
    }),
    async ({ query: { network_schema, network_identifier } }) => ({
      exists: await app.machinery.network
        .knows(
          { scheme: networkSchemes[network_schema], identifier: canonicalNumber(network_schema, network_identifier) },
          'invoice',
        )
        .catch((error: Error) => {
          app.machinery.log.warn({ err: error }, 'the network for e-invoices could not be asked')
          throw conflict('The network for e-invoices can not be asked now')
        }),
    }),
  )
}

interface VatId {
  readonly country: string | null
  readonly value: string
}

const VAT_ID = sql(
  `select country, value from counterpart_vat_ids where id = :id and counterpart_id = :counterpartId and deleted_at is null`,
)

async function readVatId(ctx: Ctx, counterpartId: string, id: string): Promise<VatId> {
  const vatId = await VAT_ID.maybe(ctx, { id, counterpartId })
  if (!vatId) throw badRequest('VAT ID not found')
  return vatId
}

/** VAT numbers that the network knows, by country. */
const schemeOf: Record<string, 'DE:VAT' | 'NL:VAT' | 'BE:VAT'> = { DE: 'DE:VAT', NL: 'NL:VAT', BE: 'BE:VAT' }

/** Directories hold VAT numbers with the prefix of their country and without the blanks and dots that people write. */
function numberOf({ country, value }: VatId): Omit<Static<typeof CounterpartEinvoicingCredentialResponse>, 'id'> {
  const network_schema = schemeOf[country ?? '']
  if (!country || !network_schema)
    throw conflict(`VAT IDs of these countries can receive e-invoices: ${Object.keys(schemeOf).join(', ')}`)
  return { network_schema, network_identifier: canonicalNumber(network_schema, value) }
}
