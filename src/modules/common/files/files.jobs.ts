import { randomUUID } from 'node:crypto'
import { asEntity, asSystem } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { pictureKey } from '../../../platform/files/keys.ts'
import { type JobHandlers, type Schedule, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { draw } from '../../../platform/pictures/pictures.ts'
import { pageName, previewName } from './files.service.ts'

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'files.draw': { file_id: string }
  }
}

const FILE = sql(`select id, storage_key, mimetype from files where id = :file_id and deleted_at is null`)
const SET_PAGES = sql(`update files set pages = :pages::json, previews = :previews::json where id = :id`)

/** Draws the pages and previews of files that were uploaded. What can't be drawn stays without. */
export const fileJobs = ({ db, storage, log }: Machinery): JobHandlers<'files.draw'> => ({
  'files.draw': async (job) => {
    const [file] = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) => FILE(ctx, { file_id: job.payload.file_id }))
    const pictures = file && (await draw(await storage.get(file.storage_key), file.mimetype))
    if (!pictures) {
      if (file) log.info({ file: file.id, mimetype: file.mimetype }, 'a file could not be drawn')
      return async () => {}
    }
    const { pages, previews } = pictures
    for (const page of pages) await storage.put(pictureKey(file.storage_key, pageName(page)), page.bytes)
    for (const preview of previews) await storage.put(pictureKey(file.storage_key, previewName(preview)), preview.bytes)
    return async (ctx) => {
      await SET_PAGES(ctx, {
        id: file.id,
        pages: pages.map(({ number, bytes }) => ({ id: randomUUID(), number, size: bytes.length })),
        previews: previews.map(({ width, height }) => ({ width, height })),
      })
    }
  },
})

const ERASE_AFTER = '30 days'
const ERASE_BATCH = 200

const ABANDONED = sql(`
  with waiting as (select a ->> 'storage_key' as storage_key from mails, json_array_elements(attachments) a where status in ('pending', 'processing'))
  select partner_id, id, storage_key, array(
    select 'page-' || (p ->> 'number') || '.png' from jsonb_array_elements(pages) p union all
    select 'preview-' || (p ->> 'width') || 'x' || (p ->> 'height') || '.png' from jsonb_array_elements(previews) p) as "names!"
  from files where deleted_at < app_now() - interval '${ERASE_AFTER}' and storage_key <> ''
    and storage_key not in (select w.storage_key from waiting w where w.storage_key is not null)
    and storage_key not in (select unnest(s.files) from entity_snapshots s) order by deleted_at limit ${ERASE_BATCH}`)
const FORGET = sql(`update files set storage_key = '', pages = '[]', previews = '[]' where id = any (:ids)`)

/**
 * The bytes of files that were deleted 30 days ago (our choice: a backup can still bring the rows back that long), except those that a
 * mail still has to take along.
 */
export const eraseSchedule = ({ db, storage }: Machinery): Schedule => ({
  name: 'files.erase',
  every_ms: 60 * 60_000,
  async work() {
    for (;;) {
      const files = await asSystem(db, (ctx) => ABANDONED(ctx))
      for (const { storage_key, names } of files) {
        for (const name of names) await storage.remove(pictureKey(storage_key, name))
        await storage.remove(storage_key)
      }
      const ids = files.map(({ id }) => id)
      await asSystem(db, (ctx) => FORGET(ctx, { ids }))
      if (files.length < ERASE_BATCH) return
    }
  },
})
