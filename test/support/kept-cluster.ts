import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { paths } from '../../src/platform/paths.ts'

/**
 * A cluster of PostgreSQL with all migrations in its database `postgres`, and nobody's rows. It is made once for as long as the migrations
 * are the same, and copied by whoever needs one: that takes a tenth of the time. What tests how a cluster is made makes its own.
 */

const SHELF = join(paths.root, 'node_modules', '.cache', 'quittance-clusters')
const MADE_BY = ['src/platform/database/embedded.ts', 'src/platform/database/migrate.ts', 'package-lock.json']
/** No cluster takes that long: who began it was killed. */
const MAKING_MS = 60_000

const run = promisify(execFile)
let kept: Promise<string> | undefined

/** Puts a cluster where there is none, for `startEmbedded` to start. Where files can't be copied with their owners, it makes its own later. */
export async function placeCluster(dataDir: string): Promise<void> {
  if (process.platform === 'win32' || existsSync(dataDir)) return
  kept ??= keptCluster()
  const copy = `${dataDir}.${process.pid}`
  await run('cp', ['-a', await kept, copy])
  // Two may copy at once; either one's will do.
  await rename(copy, dataDir).catch(() => rm(copy, { recursive: true }))
}

async function keptCluster(): Promise<string> {
  const path = join(SHELF, `${migrationsHash()}-${hashOf(MADE_BY)}`)
  const making = `${path}.making`
  for (;;) {
    if (existsSync(path)) return path
    await mkdir(SHELF, { recursive: true })
    const ours = await mkdir(making).then(
      () => true,
      () => false,
    )
    if (ours) break
    const { mtimeMs } = await stat(making).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > MAKING_MS) await rm(making, { recursive: true, force: true })
    await sleep(20)
  }
  try {
    // Those of other migrations are of no use any more.
    for (const name of await readdir(SHELF)) if (join(SHELF, name) !== making) await rm(join(SHELF, name), { recursive: true })
    await make(path, join(making, 'cluster'))
    return path
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function make(path: string, half: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-cluster-'))
  // As root the server runs under another number, which has to get in.
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'postgres')
  try {
    const settings = { fsync: 'off', full_page_writes: 'off', min_wal_size: '32MB' }
    const cluster = await startEmbedded({ dataDir, settings })
    await migrate(cluster.connection, { dir: paths.migrations }).finally(() => cluster.stop())
    await run('cp', ['-a', dataDir, half])
    await rename(half, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const migrationsHash = () => hashOf(readdirSync(paths.migrations).map((name) => join('migrations', name)))

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort()) hash.update(file).update(readFileSync(join(paths.root, file)))
  return hash.digest('hex').slice(0, 10)
}
