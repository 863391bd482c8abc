import { at, last } from '../../../core/lists.ts'
import { asEntity, type Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { keepPdf, removeByLink, storePdf } from '../../common/files/drawn.service.ts'
import { pictureToPrint } from '../../common/files/files.service.ts'
import { documentFor } from './delivery-notes.pdf.ts'
import { deliveryNoteTable } from './delivery-notes.service.ts'

const AROUND = sql(`
  select array[t.file_key, t.original_file_key] as "keys!", t.issued_on,
    (select f.storage_key from files f where f.link_key = substring(t.entity ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
    r.type as based_on_type
  from delivery_notes t left join receivables r on r.entity_id = t.entity_id and r.id = t.based_on where t.id = :id and t.deleted_at is null`)

/** A note with what its page needs beyond it; null where it is gone. */
async function readNote(ctx: Ctx, id: string) {
  const around = await AROUND.maybe(ctx, { id })
  return around ? { ...(await rows.find(ctx, deliveryNoteTable, id)), ...around } : null
}
type Row = NonNullable<Awaited<ReturnType<typeof readNote>>>

const SAME = sql(
  `select from delivery_notes t where t.id = :id and t.updated_at = :updated_at and t.deleted_at is null for update`,
)
const KEPT = sql(
  `update delivery_notes set file_key = :file_key, original_file_key = :original_file_key, pdf_stale = false where id = :id`,
)

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'delivery_notes.render_pdf': { id: string }
  }
}

/** The pages of delivery notes: drawn after the fact, by whoever is free, from what the note says. */
export function deliveryNoteJobs({ db, storage, pdf, config }: Machinery): JobHandlers<'delivery_notes.render_pdf'> {
  async function draw(note: Row, language: string, partner: string): Promise<Buffer> {
    const logo = await pictureToPrint(storage, note.logo_key, partner)
    const extras = { logo, source: note.based_on_type === 'credit_note' ? null : note.based_on_type, issued_on: note.issued_on }
    return pdf.render('delivery-note', documentFor(note, language, extras), partner)
  }

  return {
    'delivery_notes.render_pdf': async (job) => {
      const note = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) => readNote(ctx, job.payload.id))
      if (!note) return async () => {}
      const languages = [...new Set([note.file_language, note.original_file_language])]
      const drawn: Buffer[] = []
      for (const language of languages) drawn.push(await draw(note, language, job.partner_id))
      const stored = await Promise.all(drawn.map((bytes) => storePdf(storage, bytes)))
      return async (ctx) => {
        const same = await SAME(ctx, { id: note.id, updated_at: note.updated_at })
        if (same.length === 0) {
          // The note changed while its pages were drawn: draw them again.
          for (const { key } of stored) await storage.remove(key).catch(() => {})
          return ctx.now
        }
        const keys: string[] = []
        for (const page of stored)
          keys.push(await keepPdf(ctx, page, { name: note.document_id, file_type: 'delivery_notes', region: config.region }))
        await KEPT(ctx, { id: note.id, file_key: at(keys, 0), original_file_key: last(keys) })
        await removeByLink(ctx, note.keys)
        return null
      }
    },
  }
}
