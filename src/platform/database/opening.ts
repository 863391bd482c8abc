import { join } from 'node:path'
import type { ClientConfig } from 'pg'
import type { Config } from '../config.ts'
import { isRoot, makeDataFolder } from '../files/private.ts'
import type { Log } from '../log.ts'
import { type Embedded, enterEmbedded, leaveEmbedded, startEmbedded, watchEmbedded } from './embedded.ts'

export interface DatabaseHandle {
  /** For the work of requests and jobs. */
  readonly connection: ClientConfig
  /** Past any pooler: for migrations, backups, and listening. */
  readonly direct: ClientConfig
  /** Lets go of it. Our own server ends with the last process that uses it. */
  close(): Promise<void>
  /** From now on our own server is started again when it ends, until `close`. */
  watch(): void
}

/** The database of the settings: the one `DATABASE_URL` names, else the embedded one in the data folder. */
export async function openDatabase(config: Config, log: Log): Promise<DatabaseHandle> {
  if (config.database_url) {
    await makeDataFolder(config.data_dir, false)
    const direct = { connectionString: config.database_direct_url || config.database_url }
    return { connection: { connectionString: config.database_url }, direct, close: async () => {}, watch() {} }
  }
  const dataDir = folderOf(config)
  const early = begun.get(dataDir)
  begun.delete(dataDir)
  const options = { dataDir, log: (message: string) => log.debug(message) }
  const server = await (early?.server ?? start(config, options))
  for (const line of early?.said ?? []) log.debug(line)
  let unwatch = () => {}
  return {
    connection: server.connection,
    direct: server.connection,
    watch() {
      unwatch = watchEmbedded(options, (message, err) => log.error({ err }, message))
    },
    async close() {
      unwatch()
      await leaveEmbedded(dataDir)
    },
  }
}

/** Servers that a process has begun to start before it can do anything with them, and what was said meanwhile. */
const begun = new Map<string, { readonly server: Promise<Embedded>; readonly said: string[] }>()

/**
 * Begins to start the embedded database, so that it gets ready while the program is loaded: `openDatabase` takes it over, with what went wrong.
 * Comes back as soon as there is nothing to do but wait.
 */
export async function beginToOpen(config: Config): Promise<void> {
  if (config.database_url) return
  const dataDir = folderOf(config)
  const said: string[] = []
  await new Promise<void>((launched) => {
    const server = start(config, { dataDir, log: (message) => said.push(message), launched })
    server.catch(() => {}).finally(launched)
    begun.set(dataDir, { server, said })
  })
}

/** Lets go of what was begun for a command that then did not open it. */
export async function letGoOfBegun(): Promise<void> {
  for (const [dataDir, { server }] of begun) {
    begun.delete(dataDir)
    await server.then(
      () => leaveEmbedded(dataDir),
      () => {},
    )
  }
}

async function start(config: Config, options: Parameters<typeof startEmbedded>[0]): Promise<Embedded> {
  // As root the embedded database runs under a number of its own, which has to get through to its folder.
  await makeDataFolder(config.data_dir, isRoot())
  await enterEmbedded(options.dataDir)
  try {
    return await startEmbedded(options)
  } catch (error) {
    await leaveEmbedded(options.dataDir)
    throw error
  }
}

const folderOf = (config: Config) => join(config.data_dir, 'postgres')
