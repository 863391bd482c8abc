import { asEntity, type Ctx } from '../../../platform/database/context.ts'
import { type Job, type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { type Reading, readFile, type Unread } from '../../../platform/reading/reading.ts'
import { applyNoteReading } from '../credit-notes/uploads.service.ts'
import { applyReading, ownOf } from './reading.service.ts'

/** A document that waits to be read. */
interface ToRead {
  /** The document that waits, and by which request. */
  readonly id: string
  readonly ocr_request_id: string
  readonly file_id: string
}
declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'payables.read': ToRead
    'credit_notes.read': ToRead
  }
}

type Apply = (ctx: Ctx, id: string, requestId: string, outcome: Reading | Unread) => Promise<void>

/** Reads the files of bills and credit notes. A job that is broken off begins anew; what it read is written once, by the request it belongs to. */
export const readingJobs = (machinery: Machinery): JobHandlers<'payables.read' | 'credit_notes.read'> => ({
  'payables.read': (job) => read(machinery, job, 'payables', applyReading),
  'credit_notes.read': (job) => read(machinery, job, 'payable_credit_notes', applyNoteReading),
})

async function read(
  { db, storage, log, config }: Machinery,
  job: Job<'payables.read' | 'credit_notes.read'>,
  table: string,
  apply: Apply,
) {
  const { id, ocr_request_id, file_id } = job.payload
  const found = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
    const [file] = await ctx.db.query<{ storage_key: string; mimetype: string }>(
      `select f.storage_key, f.mimetype from files f where f.id = $1 and f.deleted_at is null
         and exists (select from ${table} t where t.id = $2 and t.ocr_request_id = $3 and t.ocr_status = 'processing' and t.deleted_at is null)`,
      [file_id, id, ocr_request_id],
    )
    return file && { file, own: await ownOf(ctx) }
  })
  if (!found) return async () => {}
  const started = performance.now()
  const outcome = await readFile(await storage.get(found.file.storage_key), found.file.mimetype, found.own, {
    scan_s: config.scan_seconds,
  })
  const ms = Math.round(performance.now() - started)
  log.info({ table, id, ms, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a file was read')
  return (ctx: Ctx) => apply(ctx, id, ocr_request_id, outcome)
}
