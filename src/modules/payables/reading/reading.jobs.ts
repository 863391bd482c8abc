import { asEntity } from '../../../platform/database/context.ts'
import type { Machinery } from '../../../platform/http/app.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import { readFile } from '../../../platform/reading/reading.ts'
import { applyReading, ownOf } from './reading.service.ts'

interface ReadJob {
  readonly payable_id: string
  readonly ocr_request_id: string
  readonly file_id: string
}

/** Reads the files of bills. A job that is broken off begins anew; what it read is written once, by the request it belongs to. */
export const readingJobs = ({ db, storage, log }: Machinery): JobHandlers => ({
  'payables.read': async (job) => {
    const { payable_id, ocr_request_id, file_id } = job.payload as unknown as ReadJob
    const found = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
      const [file] = await ctx.db.query<{ storage_key: string; mimetype: string }>(
        `select f.storage_key, f.mimetype from files f where f.id = $1 and f.deleted_at is null
           and exists (select from payables p where p.id = $2 and p.ocr_request_id = $3 and p.ocr_status = 'processing' and p.deleted_at is null)`,
        [file_id, payable_id, ocr_request_id],
      )
      return file && { file, own: await ownOf(ctx) }
    })
    if (!found) return async () => {}
    const started = performance.now()
    const outcome = await readFile(await storage.get(found.file.storage_key), found.file.mimetype, found.own)
    const ms = Math.round(performance.now() - started)
    log.info({ payable_id, ms, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a bill was read')
    return (ctx) => applyReading(ctx, payable_id, ocr_request_id, outcome)
  },
})
