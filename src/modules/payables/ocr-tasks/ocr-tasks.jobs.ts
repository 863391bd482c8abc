import { asEntity } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { readFile } from '../../../platform/reading/reading.ts'
import { ownOf } from '../alarms.service.ts'
import { finishTask, TASK_PAGES } from './ocr-tasks.service.ts'

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'ocr_tasks.read': { task_id: string }
  }
}

const FILE = sql(`
  select f.storage_key, f.mimetype from ocr_tasks t join files f on f.id = t.file_id
  where t.id = :task_id and t.status = 'processing' and f.storage_key <> ''`)

/** Reads the files of tasks, those of entities and those of partners. */
export const ocrTaskJobs = ({ db, storage, log, config }: Machinery): JobHandlers<'ocr_tasks.read'> => ({
  'ocr_tasks.read': async (job) => {
    const { task_id } = job.payload
    const found = await asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => {
      const file = await FILE.maybe(ctx, { task_id })
      return file && { file, own: await ownOf(ctx) }
    })
    if (!found) return async () => {}
    const bytes = await storage.get(found.file.storage_key)
    const outcome = await readFile(bytes, found.file.mimetype, found.own, { pages: TASK_PAGES, scan_s: config.scan_seconds })
    log.info({ task_id, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a file was read')
    return (ctx) => finishTask(ctx, task_id, outcome)
  },
})
