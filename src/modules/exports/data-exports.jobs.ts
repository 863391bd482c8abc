import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { type JobHandlers, whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { createArchive, type Written } from '../common/exporting/archive.service.ts'
import { type ExportJob, plainTables } from '../common/exporting/exporter.service.ts'
import { insertFile } from '../common/files/files.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import type { ExportObject } from './data-exports.schema.ts'
import { exporters } from './exporters.ts'

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'data_exports.objects': readonly ExportObject[]
  }
}

/** After this many the export is given up: whoever asked may ask again. */
export const ATTEMPTS_MAX = 5

const PENDING = sql(`
  select id, created_at, format, objects, date_from as "from", date_to as "to",
    created_by_entity_user_id as created_by, narrowed_to from data_exports
  where id = :export_id and status = 'pending' and deleted_at is null`)
type Pending = RowOf<typeof PENDING>
const END = sql(`
  with t as (update data_exports t set status = :status, count = coalesce(:count?, count), file_key = :key?, updated_at = app_now()
    where id = :id and status = 'pending' returning t.*)
  select from t, lateral emit('export', t.id, 'finished') as emitted`)

/** Where an attempt puts its file. The next one knows the place, so that nothing of an attempt that broke off is left lying about. */
function storedAt(id: string, attempt: number): string {
  const hex = id.replaceAll('-', '')
  return `${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}-${attempt}`
}
const folderOf = (id: string, attempt: number) => join(tmpdir(), `quittance-export-${id}-${attempt}`)

const TELL = sql(`update data_exports set count = :count where id = :id and status = 'pending' and count <> :count`)

/** Makes the archives that were asked for. The file is there as a whole, and then the export is ready; or neither. */
export function exportJobs(machinery: Machinery): JobHandlers<'exports.make'> {
  const { db, storage, config, log } = machinery

  async function forgetAttempts(id: string, before: number) {
    for (let attempt = 1; attempt < before; attempt++) {
      await storage.remove(storedAt(id, attempt)).catch(() => {})
      await rm(folderOf(id, attempt), { recursive: true, force: true })
    }
  }

  async function write(
    pending: Pending,
    job: ExportJob,
    folder: string,
    signal?: AbortSignal,
  ): Promise<Written & { count: number }> {
    const archive = createArchive(folder, new Date(pending.created_at), await formOf(job))
    try {
      let count = 0
      for (const exporter of exporters) {
        const statuses = pending.objects.flatMap((object) => (object.name === exporter.object ? object.statuses : []))
        if (statuses.length === 0) continue
        const made_by = pending.narrowed_to.includes(exporter.object) ? pending.created_by : null
        for await (const documents of exporter.write({ ...pending, statuses, made_by }, archive, machinery, job)) {
          signal?.throwIfAborted()
          count += documents
          await tell(pending.id, job, count)
        }
      }
      return { ...(await archive.finish()), count }
    } catch (error) {
      archive.discard()
      throw error
    }
  }

  /** How the entity wants its tables. */
  const formOf = (job: ExportJob) =>
    asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => {
      const { export_tables: asked } = await readSettings(ctx)
      return {
        format: asked?.format ?? plainTables.format,
        delimiter: asked?.delimiter ?? plainTables.delimiter,
        decimal_comma: asked?.decimal_comma ?? plainTables.decimal_comma,
        byte_order_mark: asked?.byte_order_mark ?? plainTables.byte_order_mark,
      }
    })

  const tell = (id: string, job: ExportJob, count: number) => asEntity(db, whoOf(job), (ctx) => TELL(ctx, { id, count }))

  async function make(pending: Pending, job: ExportJob, signal?: AbortSignal) {
    const folder = folderOf(pending.id, job.attempts)
    const key = storedAt(pending.id, job.attempts)
    await mkdir(folder, { mode: 0o700 })
    try {
      const { path, size_bytes, md5, count } = await write(pending, job, folder, signal)
      await storage.putFile(key, path)
      return async (ctx: Ctx) => {
        const name = `export_${pending.from}_${pending.to}.zip`
        const file = { bytes: { length: size_bytes }, name, mimetype: 'application/zip', md5, file_type: 'zip' }
        const { url } = await insertFile(ctx, key, file, config.region)
        await END(ctx, { id: pending.id, status: 'ready', count, key: url.slice(url.lastIndexOf('/') + 1) })
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async function giveUp(id: string, job: ExportJob) {
    await forgetAttempts(id, job.attempts + 1)
    return async (ctx: Ctx) => void (await END(ctx, { id, status: 'failed', count: null, key: null }))
  }

  return {
    'exports.make': async (job, signal) => {
      const [pending] = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) =>
        PENDING(ctx, { export_id: job.payload.export_id }),
      )
      if (!pending) return async () => {}
      // Also counts those that took the whole process with them.
      if (job.attempts > ATTEMPTS_MAX) return giveUp(pending.id, job)
      await forgetAttempts(pending.id, job.attempts)
      try {
        return await make(pending, job, signal)
      } catch (error) {
        if (signal?.aborted || job.attempts < ATTEMPTS_MAX) throw error
        log.error({ err: error, export: pending.id }, 'an export failed for good')
        return giveUp(pending.id, job)
      }
    },
  }
}
