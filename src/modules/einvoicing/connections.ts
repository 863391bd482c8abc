import { rows } from '../../platform/database/rows.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing } from '../../platform/http/types.ts'
import {
  EInvoicingRetrieveListData,
  EinvoicingConnectionCreateRequest,
  EinvoicingConnectionResponse,
  EinvoicingConnectionUpdateRequest,
  EinvoicingNetworkCredentialsCreateRequest,
  EinvoicingNetworkCredentialsResponse,
} from './connections.schema.ts'
import { addCredential, changeConnection, connectionTable, createConnection, deleteConnection } from './connections.service.ts'

const list = listing(connectionTable, { filters: {}, sort: [] })

export const einvoicingConnections: Routes = async (app) => {
  app.get(
    '/einvoicing_connections',
    operation({ summary: 'Get all e-invoicing connections', may: 'any', ok: { 200: EInvoicingRetrieveListData } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/einvoicing_connections',
    operation({
      summary: 'Create an e-invoicing connection',
      may: 'any',
      body: EinvoicingConnectionCreateRequest,
      ok: { 201: EinvoicingConnectionResponse },
      refuses: [400, 409],
    }),
    ({ ctx, body }) => createConnection(ctx, body),
  )

  app.get(
    '/einvoicing_connections/:einvoicing_connection_id',
    operation({ summary: 'Get an e-invoicing connection by ID', may: 'any', ok: { 200: EinvoicingConnectionResponse } }),
    ({ ctx, params }) => rows.find(ctx, connectionTable, params.einvoicing_connection_id),
  )

  app.patch(
    '/einvoicing_connections/:einvoicing_connection_id',
    operation({
      summary: 'Update an e-invoicing connection',
      may: 'any',
      body: EinvoicingConnectionUpdateRequest,
      ok: { 200: EinvoicingConnectionResponse },
      refuses: [400, 409],
    }),
    ({ ctx, params, body }) => changeConnection(ctx, params.einvoicing_connection_id, body),
  )

  app.delete(
    '/einvoicing_connections/:einvoicing_connection_id',
    operation({ summary: 'Delete an e-invoicing connection', may: 'any', ok: { 204: nothing } }),
    ({ ctx, params }) => deleteConnection(ctx, params.einvoicing_connection_id),
  )

  app.post(
    '/einvoicing_connections/:einvoicing_connection_id/network_credentials',
    operation({
      summary: 'Create an e-invoicing credential',
      may: 'any',
      body: EinvoicingNetworkCredentialsCreateRequest,
      ok: { 201: EinvoicingNetworkCredentialsResponse },
      refuses: [400, 409],
    }),
    ({ ctx, params, body }) => addCredential(ctx, params.einvoicing_connection_id, body),
  )
}
