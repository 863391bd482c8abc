import { asEntity } from '../../../platform/database/context.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { readFile } from '../../../platform/reading/reading.ts'
import { ownOf } from '../../payables/alarms.service.ts'
import { applyReceipt } from './receipts.service.ts'

interface ReadJob {
  readonly receipt_id: string
  readonly ocr_request_id: string
  readonly file_id: string
}

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'receipts.read': ReadJob
  }
}

/** Reads the files of receipts. What a job reads is written once, into the receipt that still waits for it. */
export const receiptJobs = ({ db, storage, log, config }: Machinery): JobHandlers<'receipts.read'> => ({
  'receipts.read': async (job) => {
    const { receipt_id, ocr_request_id, file_id } = job.payload
    const found = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
      const [file] = await ctx.db.query<{ storage_key: string; mimetype: string }>(
        `select f.storage_key, f.mimetype from files f where f.id = $1 and f.storage_key <> ''
           and exists (select from receipts r where r.id = $2 and r.ocr_request_id = $3 and r.ocr_status = 'processing' and r.deleted_at is null)`,
        [file_id, receipt_id, ocr_request_id],
      )
      return file && { file, own: await ownOf(ctx) }
    })
    if (!found) return async () => {}
    const outcome = await readFile(await storage.get(found.file.storage_key), found.file.mimetype, found.own, {
      scan_s: config.scan_seconds,
    })
    log.info({ receipt_id, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a receipt was read')
    return (ctx) => applyReceipt(ctx, receipt_id, ocr_request_id, outcome)
  },
})
