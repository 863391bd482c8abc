import type pg from 'pg'
import type { App } from '../platform/http/operation.ts'
import type { Machinery } from '../platform/machinery.ts'
import { type Cell, HOME, readCells } from './cells.ts'
import { createDoor, type Served } from './door.ts'
import { settleInterrupted } from './standing.ts'

/** A cell that can't be opened is tried again so often. */
const AGAIN_MS = 5_000
const SETTLE_MS = 10_000

/** A cell with connections, workers and schedules of its own. */
interface OpenCell extends Served {
  close(): Promise<void>
}
/** Opens a cell. `forget` is to be called whenever something about its partners, users or tokens has changed. */
export type Opener = (cell: Cell, forget: () => void) => Promise<OpenCell>

/** The cells of an installation, as one process serves them beside the home. */
export interface Cells {
  /** Takes the requests of a server in, each for its own cell. */
  guard(app: App): void
  /** Forgets where partners live. */
  forget(): void
  stop(): Promise<void>
}

/**
 * Opens the cells that the home knows of. One that does not answer is tried again, and the others are served meanwhile.
 */
export async function serveCells(
  home: { machinery: Machinery; app: App },
  connection: pg.ClientConfig,
  open: Opener,
): Promise<Cells> {
  const { machinery } = home
  const { log } = machinery
  const known = await readCells(machinery.db, machinery.sealing)
  const opened = new Map<string, OpenCell>()
  let stopping = false
  let retry: NodeJS.Timeout | undefined
  const atHome: Served = { name: HOME, app: home.app, db: machinery.db }
  const door = createDoor(
    () => [atHome, ...opened.values()],
    () => opened.size < known.length,
    log,
  )

  async function openRest(): Promise<void> {
    for (const cell of known) {
      if (stopping || opened.has(cell.name)) continue
      try {
        opened.set(cell.name, await open(cell, door.forget))
        door.forget()
      } catch (error) {
        log.error({ err: error, cell: cell.name }, 'a cell could not be opened and will be tried again')
      }
    }
    if (stopping || opened.size === known.length) return
    retry = setTimeout(() => {
      opening = openRest()
    }, AGAIN_MS).unref()
  }

  /** A move that was killed half way keeps nobody waiting for long. */
  async function settleAll(): Promise<void> {
    const all = { db: machinery.db, config: machinery.config, direct: connection }
    for (const { name, db } of [atHome, ...opened.values()])
      await settleInterrupted(all, name, db).catch((error: Error) =>
        log.warn({ err: error, cell: name }, 'what an interrupted move left could not be settled and will be tried again'),
      )
  }

  let opening = openRest()
  await opening
  let settling = settleAll()
  const looking = setInterval(() => {
    settling = settling.then(settleAll)
  }, SETTLE_MS).unref()
  return {
    guard(app) {
      app.server.removeAllListeners('request')
      app.server.on('request', door.open)
    },
    forget: door.forget,
    async stop() {
      stopping = true
      clearTimeout(retry)
      clearInterval(looking)
      await opening
      await settling
      await Promise.all([...opened.values()].map((cell) => cell.close()))
    },
  }
}
