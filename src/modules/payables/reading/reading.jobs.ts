import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { type Job, type JobHandlers, jobs, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { applyNoteReading } from '../credit-notes/uploads.service.ts'
import { applyReading } from './reading.service.ts'
import { type Ended, readStored } from './stored.service.ts'

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

/** The file, while the document still waits for what is read in it. */
const FILES = {
  payables: sql(`
    select f.storage_key, f.mimetype from files f where f.id = :file and f.deleted_at is null
      and exists (select from payables t where t.id = :id and t.ocr_request_id = :request and t.deleted_at is null
        and (t.ocr_status = 'processing' or :again and t.ocr_status = 'error'))`),
  payable_credit_notes: sql(`
    select f.storage_key, f.mimetype from files f where f.id = :file and f.deleted_at is null
      and exists (select from payable_credit_notes t where t.id = :id and t.ocr_request_id = :request and t.deleted_at is null
        and (t.ocr_status = 'processing' or :again and t.ocr_status = 'error'))`),
}

/** Reads the files of bills and credit notes. A job that is broken off begins anew; what it read is written once, by the request it belongs to. */
export const readingJobs = (machinery: Machinery): JobHandlers<Kinds> => ({
  'payables.read': (job) => read(machinery, job, 'payables', applyReading),
  'credit_notes.read': (job) => read(machinery, job, 'payable_credit_notes', applyNoteReading),
})

function read(machinery: Machinery, job: Job<Kinds>, table: keyof typeof FILES, apply: Apply) {
  const { id, ocr_request_id, file_id, late_since } = job.payload
  return readStored(machinery, {
    who: whoOf(job),
    about: { table, id },
    late_since,
    file: async (ctx, again) => {
      return FILES[table].maybe(ctx, { file: file_id, id, request: ocr_request_id, again })
    },
    apply: (ctx, ended) => apply(ctx, id, ocr_request_id, ended),
    later: (ctx, late_since, runAt) => jobs.add(ctx, job.kind, { ...job.payload, late_since }, { runAt }),
  })
}
