import { asEntity, type Ctx, nowFor, ownerOf, type Who } from '../../../platform/database/context.ts'
import type { Finish } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { putOff } from '../../../platform/reading/again.ts'
import { type Reading, readFile, type Unread } from '../../../platform/reading/reading.ts'
import { ownOf } from '../alarms.service.ts'

/** Which reading is over. */
export interface Ended {
  readonly outcome: Reading | Unread
  /** Whether the file was tried before, and there was no time for it: the document has an error for now. */
  readonly again: boolean
}

interface ToRead {
  readonly who: Omit<Who, 'reading'>
  /** The document, for the log. */
  readonly about: object
  /** When there was no time for it: it is read once more when the machine is quiet. */
  readonly late_since: string | undefined
  /** The file, while its document waits for it. */
  readonly file: (ctx: Ctx, again: boolean) => Promise<{ storage_key: string; mimetype: string } | undefined>
  /** Writes what was read. */
  readonly apply: (ctx: Ctx, ended: Ended) => Promise<void>
  /** Orders the second try. */
  readonly later: (ctx: Ctx, late_since: string, runAt: Date) => Promise<void>
}

/** Reads a file that is kept, without a transaction; answers what to commit. A file that there was no time for is tried once more. */
export async function readStored({ db, storage, log, config }: Machinery, toRead: ToRead): Promise<Finish> {
  const { who, about, late_since, file, apply, later } = toRead
  const again = late_since !== undefined
  const notYet = again ? putOff(new Date(late_since), nowFor(db, ownerOf(who))) : null
  if (notYet) return async () => notYet
  const found = await asEntity(db, { ...who, reading: true }, async (ctx) => {
    const stored = await file(ctx, again)
    return stored && { stored, own: await ownOf(ctx) }
  })
  if (!found) return async () => {}
  const started = performance.now()
  const { storage_key, mimetype } = found.stored
  const outcome = await readFile(await storage.get(storage_key), mimetype, found.own, { scan_s: config.scan_seconds })
  const ms = Math.round(performance.now() - started)
  log.info({ ...about, ms, again, ...('way' in outcome ? { way: outcome.way } : outcome) }, 'a file was read')
  return async (ctx) => {
    const once = 'refused' in outcome && outcome.late === true && !again
    await apply(ctx, { outcome: once ? toBeTriedAgain(outcome) : outcome, again })
    if (once) await later(ctx, ctx.now.toISOString(), putOff(ctx.now, ctx.now) ?? ctx.now)
  }
}

const toBeTriedAgain = (outcome: Unread): Unread => ({
  ...outcome,
  refused: `${outcome.refused}. It is tried once more when the server is quiet`,
})
