import { asEntity, type Ctx } from '../../../platform/database/context.ts'
import { type Job, type JobHandlers, jobs, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { putOff } from '../../../platform/reading/again.ts'
import { readFile, type Unread } from '../../../platform/reading/reading.ts'
import { ownOf } from '../alarms.service.ts'
import { applyNoteReading } from '../credit-notes/uploads.service.ts'
import { applyReading, type Ended } from './reading.service.ts'

/** A document that waits to be read. */
interface ToRead {
  /** The document that waits, and by which request. */
  readonly id: string
  readonly ocr_request_id: string
  readonly file_id: string
  /** When there was no time for it: it is read once more when the machine is quiet. */
  readonly late_since?: string
}
declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'payables.read': ToRead
    'credit_notes.read': ToRead
  }
}
type Kinds = 'payables.read' | 'credit_notes.read'

type Apply = (ctx: Ctx, id: string, requestId: string, ended: Ended) => Promise<void>

/** Reads the files of bills and credit notes. A job that is broken off begins anew; what it read is written once, by the request it belongs to. */
export const readingJobs = (machinery: Machinery): JobHandlers<Kinds> => ({
  'payables.read': (job) => read(machinery, job, 'payables', applyReading),
  'credit_notes.read': (job) => read(machinery, job, 'payable_credit_notes', applyNoteReading),
})

async function read({ db, storage, log, config }: Machinery, job: Job<Kinds>, table: string, apply: Apply) {
  const { id, ocr_request_id, file_id, late_since } = job.payload
  const again = late_since !== undefined
  const later = again ? putOff(new Date(late_since), db.clock.now()) : null
  if (later) return async () => later
  const found = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
    const [file] = await ctx.db.query<{ storage_key: string; mimetype: string }>(
      `select f.storage_key, f.mimetype from files f where f.id = $1 and f.deleted_at is null
         and exists (select from ${table} t where t.id = $2 and t.ocr_request_id = $3 and t.deleted_at is null
           and (t.ocr_status = 'processing' or $4 and t.ocr_status = 'error'))`,
      [file_id, id, ocr_request_id, again],
    )
    return file && { file, own: await ownOf(ctx) }
  })
  if (!found) return async () => {}
  const started = performance.now()
  const limits = { scan_s: config.scan_seconds }
  const outcome = await readFile(await storage.get(found.file.storage_key), found.file.mimetype, found.own, limits)
  const ms = Math.round(performance.now() - started)
  log.info({ table, id, ms, again, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a file was read')
  return async (ctx: Ctx) => {
    const once = 'refused' in outcome && outcome.late && !again
    await apply(ctx, id, ocr_request_id, { outcome: once ? toBeTriedAgain(outcome) : outcome, again })
    const payload = { ...job.payload, late_since: ctx.now.toISOString() }
    if (once) await jobs.add(ctx, job.kind, payload, { runAt: putOff(ctx.now, ctx.now) ?? ctx.now })
  }
}

const toBeTriedAgain = (outcome: Unread): Unread => ({
  ...outcome,
  refused: `${outcome.refused}. It is tried once more when the server is quiet`,
})
