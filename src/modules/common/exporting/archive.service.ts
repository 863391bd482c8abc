import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { PRIVATE_FILE } from '../../../platform/files/private.ts'
import type { Archive } from './exporter.service.ts'
import { csvWriter, packWorkbook, plainTables, sheetWriter, type TableOptions } from './tables.ts'

export interface Written {
  readonly path: string
  readonly size_bytes: number
  readonly md5: string
}

/**
 * A ZIP file in a folder of its own. Sheets are gathered on the disk and packed at the end; other files are packed as they come, one at a
 * time. All entries carry the same moment, so that the same documents make the same bytes.
 */
export function createArchive(
  folder: string,
  mtime: Date,
  tables: TableOptions = plainTables,
): Archive & { finish(): Promise<Written>; discard(): void } {
  const zip = new ZipFile()
  const path = join(folder, 'export.zip')
  const output = createWriteStream(path, { mode: PRIVATE_FILE })
  // What goes wrong while an entry is fetched ends the whole file.
  zip.on('error', (error) => output.destroy(error as Error))
  const packed = settled(pipeline(zip.outputStream, output))
  const sheets: { name: string; path: string; end(): Promise<void>; discard(): void }[] = []

  return {
    sheet(title, columns, form = tables) {
      const isBook = form.format === 'xlsx'
      const path = join(folder, `sheet-${sheets.length}`)
      const rows = isBook ? sheetWriter(columns) : csvWriter(columns, form)
      const saved = settled(pipeline(rows, createWriteStream(path, { mode: PRIVATE_FILE })))
      sheets.push({
        name: `${title}.${form.format}`,
        path: isBook ? `${path}.xlsx` : path,
        end: async () => {
          rows.end()
          await saved()
          if (isBook) await packWorkbook(path, `${path}.xlsx`, title, mtime)
        },
        discard: () => rows.destroy(),
      })
      return {
        async add(cells) {
          if (!rows.write(cells)) await Promise.race([once(rows, 'drain'), saved()])
        },
      }
    },

    file(name, open) {
      // Pages are compressed already.
      zip.addReadStreamLazy(name, { mtime, compress: false }, (done) => {
        open().then(
          (stream) => done(null, stream),
          (error) => done(error, undefined as never),
        )
      })
    },

    async finish() {
      for (const sheet of sheets) {
        await sheet.end()
        zip.addFile(sheet.path, sheet.name, { mtime, mode: 0o100644 })
      }
      zip.end()
      await packed()
      const hash = createHash('md5')
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
      return { path, size_bytes: (await stat(path)).size, md5: hash.digest('hex') }
    },

    /** Lets go of what is open; the folder is its owner's to remove. */
    discard() {
      for (const sheet of sheets) sheet.discard()
      output.destroy()
    },
  }
}

/** A promise that may fail long before anybody waits for it. */
function settled(promise: Promise<void>): () => Promise<void> {
  promise.catch(() => {})
  return () => promise
}
