import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  AccountingConnectionList,
  AccountingConnectionResponse,
  AccountingMessageResponse,
  connectionId as params,
} from './connections.schema.ts'
import { connectionTable, endConnection, openConnection, orderSync } from './connections.service.ts'

const list = listing(connectionTable, { filters: {}, sort: ['created_at'] })

export const accountingConnections: Routes = async (app) => {
  app.get(
    '/accounting_connections',
    operation({
      summary: 'List the connections of an entity to its ledgers',
      may: 'partner',
      ok: { 200: AccountingConnectionList },
    }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/accounting_connections',
    operation({
      summary: 'Open a connection to a ledger',
      may: 'partner',
      ok: { 201: AccountingConnectionResponse },
      refuses: [409],
    }),
    ({ ctx }) => openConnection(ctx),
  )

  app.get(
    '/accounting_connections/:connection_id',
    operation({ summary: 'Get the connection to a ledger', may: 'partner', params, ok: { 200: AccountingConnectionResponse } }),
    ({ ctx, params }) => rows.find(ctx, connectionTable, params.connection_id),
  )

  app.post(
    '/accounting_connections/:connection_id/disconnect',
    operation({
      summary: 'End the connection to a ledger',
      may: 'partner',
      params,
      ok: { 200: AccountingConnectionResponse },
      refuses: [409],
    }),
    ({ ctx, params }) => endConnection(ctx, params.connection_id),
  )

  app.post(
    '/accounting_connections/:connection_id/sync',
    operation({ summary: 'Read the ledger now', may: 'partner', params, ok: { 202: AccountingMessageResponse }, refuses: [409] }),
    async ({ ctx, params }) => {
      await orderSync(ctx, params.connection_id)
      return { message: 'Started connection data sync.' }
    },
  )
}
