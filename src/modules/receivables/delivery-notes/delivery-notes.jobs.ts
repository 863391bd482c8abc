import { asEntity } from '../../../platform/database/context.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { keepPdf, removeByLink, storePdf } from '../../common/files/drawn.service.ts'
import { pictureToPrint } from '../../common/files/files.service.ts'
import { documentFor } from './delivery-notes.pdf.ts'
import type { DeliveryNote } from './delivery-notes.schema.ts'
import { deliveryNoteTable } from './delivery-notes.service.ts'

type Row = DeliveryNote & {
  logo_key: string | null
  source: 'invoice' | 'quote' | null
  issued_on: string
  keys: (string | null)[]
}

const NOTE = `select ${deliveryNoteTable.select}, array[t.file_key, t.original_file_key] as keys, t.issued_on,
    (select f.storage_key from files f where f.link_key = substring(t.entity ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
    (select r.type from receivables r where r.entity_id = t.entity_id and r.id = t.based_on) as source
  from ${deliveryNoteTable.from} where t.id = $1 and ${deliveryNoteTable.alive}`
const SAME = `select from delivery_notes t where t.id = $1 and t.updated_at = $2 and t.deleted_at is null for update`
const KEPT = `update delivery_notes set file_key = $2, original_file_key = $3, pdf_stale = false where id = $1`

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'delivery_notes.render_pdf': { id: string }
  }
}

/** The pages of delivery notes: drawn after the fact, by whoever is free, from what the note says. */
export function deliveryNoteJobs({ db, storage, pdf, config }: Machinery): JobHandlers<'delivery_notes.render_pdf'> {
  async function draw(note: Row, language: string, partner: string): Promise<Buffer> {
    const logo = await pictureToPrint(storage, note.logo_key, partner)
    const extras = { logo, source: note.source, issued_on: note.issued_on }
    return pdf.render('delivery-note', documentFor(note, language, extras), partner)
  }

  return {
    'delivery_notes.render_pdf': async (job) => {
      const [note] = await asEntity(db, { ...whoOf(db, job), reading: true }, (ctx) => ctx.db.query<Row>(NOTE, [job.payload.id]))
      if (!note) return async () => {}
      const languages = [...new Set([note.file_language, note.original_file_language])]
      const drawn: Buffer[] = []
      for (const language of languages) drawn.push(await draw(note, language, job.partner_id))
      const stored = await Promise.all(drawn.map((bytes) => storePdf(storage, bytes)))
      return async (ctx) => {
        const same = await ctx.db.query(SAME, [note.id, note.updated_at])
        if (same.length === 0) {
          // The note changed while its pages were drawn: draw them again.
          for (const { key } of stored) await storage.remove(key).catch(() => {})
          return ctx.now
        }
        const keys: string[] = []
        for (const page of stored)
          keys.push(await keepPdf(ctx, page, { name: note.document_id, file_type: 'delivery_notes', region: config.region }))
        await ctx.db.query(KEPT, [note.id, keys[0], keys.at(-1)])
        await removeByLink(ctx, `select unnest($1::text[])`, [note.keys])
        return null
      }
    },
  }
}
