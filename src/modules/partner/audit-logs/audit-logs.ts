import { LogQuery, LogResponse, LogsResponse } from '../../../platform/audit-log/entries.schema.ts'
import { findLog, pageOfLogs } from '../../../platform/audit-log/entries.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'

export const auditLogs: Routes = async (app) => {
  app.get(
    '/audit_logs',
    operation({ summary: 'Get the audit log', may: 'any', entity: 'optional', query: LogQuery, ok: { 200: LogsResponse } }),
    ({ ctx, query }) => pageOfLogs(ctx, query),
  )

  app.get(
    '/audit_logs/:log_id',
    operation({ summary: 'Get an audit log entry', may: 'any', entity: 'optional', ok: { 200: LogResponse } }),
    ({ ctx, params }) => findLog(ctx, params.log_id),
  )
}
