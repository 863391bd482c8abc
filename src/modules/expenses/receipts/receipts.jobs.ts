import { sql } from '../../../platform/database/sql.ts'
import { type JobHandlers, jobs, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { readStored } from '../../payables/reading/stored.service.ts'
import { applyReceipt } from './receipts.service.ts'

interface ReadJob {
  readonly receipt_id: string
  readonly ocr_request_id: string
  readonly file_id: string
  /** When there was no time for it: it is read once more when the machine is quiet. */
  readonly late_since?: string
}

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'receipts.read': ReadJob
  }
}

const FILE = sql(`
  select f.storage_key, f.mimetype from files f where f.id = :file_id and f.storage_key <> ''
  and exists (select from receipts r where r.id = :receipt_id and r.ocr_request_id = :ocr_request_id and r.deleted_at is null
    and (r.ocr_status = 'processing' or :again and r.ocr_status = 'error'))`)

/** Reads the files of receipts. What a job reads is written once, into the receipt that still waits for it. */
export const receiptJobs = (machinery: Machinery): JobHandlers<'receipts.read'> => ({
  'receipts.read': (job) => {
    const { receipt_id, ocr_request_id, file_id, late_since } = job.payload
    return readStored(machinery, {
      who: whoOf(job),
      about: { receipt_id },
      late_since,
      file: async (ctx, again) => {
        const file = await FILE.maybe(ctx, { file_id, receipt_id, ocr_request_id, again })
        return file
      },
      apply: (ctx, ended) => applyReceipt(ctx, receipt_id, ocr_request_id, ended),
      later: (ctx, late_since, runAt) => jobs.add(ctx, 'receipts.read', { ...job.payload, late_since }, { runAt }),
    })
  },
})
