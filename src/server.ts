import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Pool } from 'pg'
import pg from 'pg'
import {
  openAccounting,
  openAssistant,
  openKyc,
  openMailer,
  openNetwork,
  openPayments,
  openStorage,
  openVerifier,
} from './adapters/index.ts'
import { createResolver } from './adapters/names/dns.ts'
import type { Cells } from './cells/serving.ts'
import { mcp } from './mcp/mcp.ts'
import { modules } from './modules/index.ts'
import { jobHandlers, schedules, slotsOf } from './modules/jobs.ts'
import { dkimKeys } from './modules/mail/mailbox-domains/mailbox-domains.service.ts'
import { reactions } from './modules/reactions.ts'
import { createAccess } from './platform/auth/access.ts'
import { type Clock, EntityClocks, machineClock } from './platform/clock.ts'
import { type Config, readConfig } from './platform/config.ts'
import { type Sealing, sealingOf } from './platform/connections/sealing.ts'
import { CELL_LISTENER, LISTENER } from './platform/database/away.ts'
import { readClocks } from './platform/database/clocks.ts'
import { asSystem, type Db } from './platform/database/context.ts'
import { migrate } from './platform/database/migrate.ts'
import { type DatabaseHandle, openDatabase } from './platform/database/opening.ts'
import { createPool, type PoolOptions, settingsForTransaction } from './platform/database/pool.ts'
import { followReplica, positionOf, type Replica, WRITTEN } from './platform/database/replica.ts'
import { sql } from './platform/database/sql.ts'
import { declareReactions } from './platform/events/reactions.ts'
import { linkTo } from './platform/files/links.ts'
import { closeBelow, closedFolder, isRoot } from './platform/files/private.ts'
import { createApp } from './platform/http/app.ts'
import { signPageTokensWith } from './platform/http/listing.ts'
import type { App } from './platform/http/operation.ts'
import { service } from './platform/http/service.ts'
import { startWorker } from './platform/jobs/jobs.ts'
import { createLog, type Log } from './platform/log.ts'
import type { Machinery } from './platform/machinery.ts'
import { devMail } from './platform/mail/dev-page.ts'
import { once } from './platform/once.ts'
import { paths } from './platform/paths.ts'
import { createPdfRenderer } from './platform/pdf/renderer.ts'
import { createTemplates } from './platform/templates/templates.ts'
import { webhookSecrets } from './platform/webhooks/secrets.ts'
import { reference } from './reference/reference.ts'

/** Connections as the settings say. */
export const openPool = (config: Config, connection: pg.ClientConfig, options: Partial<PoolOptions> = {}): Pool =>
  createPool(connection, {
    max: config.database_pool,
    timeout_s: config.database_timeout_s,
    pooled: config.database_pooler,
    ...options,
  })

export const databaseOf = (config: Config, pool: Pool, clock: Clock = machineClock): Db => ({
  pool,
  clock,
  clocks: new EntityClocks(),
  prepare: config.database_prepare,
  settings: openingOf(config, false),
})

/** What is known of a database once it has all that this version needs. */
export interface Ready {
  /** Whether partners of this database may be moved to others. */
  readonly inCells: boolean
  readonly replica?: Replica | undefined
}

/** What the statement that opens a transaction does beside saying whose it is. */
function openingOf({ database_pooler, database_timeout_s }: Config, inCells: boolean): string | undefined {
  const settings = database_pooler ? [settingsForTransaction({ timeout_s: database_timeout_s })] : []
  const all = inCells ? [...settings, 'admit_partner()'] : settings
  return all.length > 0 ? all.join(', ') : undefined
}

/** The copy of the database that the settings name, from where the database stands now. */
export async function openReplica(config: Config, pool: Pool, log: Log): Promise<Replica | undefined> {
  if (!config.database_replica_url) return undefined
  const { rows } = await pool.query<{ position: string }>(WRITTEN)
  const copy = openPool(config, { connectionString: config.database_replica_url }, { applicationName: 'quittance reader' })
  return followReplica(copy, positionOf(rows[0]!.position), (message, err) => log.warn({ err }, message))
}

const KEEP_SECRET = sql(`insert into installation (secret) values (:secret) on conflict do nothing`)
const SECRET = sql(`select secret from installation`)

/** The key that signs page tokens and links: made once, kept in the database so that all processes share it. */
export async function installationSecret(db: Db): Promise<Buffer> {
  return asSystem(db, async (ctx) => {
    await KEEP_SECRET(ctx, { secret: randomBytes(32) })
    const row = await SECRET.one(ctx)
    return row.secret
  })
}

const SEALED_BY = sql(`select sealing_mark as mark from installation`)
const FIRST_SEALED_BY = sql(`update installation set sealing_mark = :mark where sealing_mark is null`)

/** What this installation seals by. All of its machines have the same key: one that has another says so in its log, and what to do. */
function sealingFor(config: Config, db: Db, log: Log): () => Promise<Sealing> {
  const open = sealingOf(config)
  return once(async () => {
    const sealing = await open()
    const mark = await asSystem(db, async (ctx) => {
      await FIRST_SEALED_BY(ctx, { mark: sealing.mark })
      return (await SEALED_BY.one(ctx)).mark
    })
    if (mark !== null && !sealing.knows(mark))
      log.error(
        'This machine seals secrets by another key than the installation did until now: neither can open what the other sealed. Set SECRETS_KEY to what the other machines have, or copy their DATA_DIR/secrets/sealing.key',
      )
    return sealing
  })
}

/** Seals what an earlier version left readable, and looks whether the key that is in use is here. */
async function sealWhatIsReadable(db: Db, sealing: () => Promise<Sealing>): Promise<void> {
  for (const secrets of [webhookSecrets, dkimKeys]) await asSystem(db, (ctx) => secrets.sealReadable(ctx, sealing))
  const { mark } = await asSystem(db, (ctx) => SEALED_BY.one(ctx))
  if (mark !== null) await sealing()
}

const ANY_CELL = sql(`select exists (select from cells) as "any!"`)

/** Whether the installation has other databases than this one. Transactions open otherwise then, so none is prepared before. */
const hasCells = (config: Config, pool: Pool): Promise<boolean> =>
  asSystem({ ...databaseOf(config, pool), prepare: false }, async (ctx) => (await ANY_CELL.one(ctx)).any)

/** Everything between a database and an HTTP server, put together. Tests build the same. The routes are made while the database gets ready. */
export async function assemble({
  config,
  log,
  pool,
  health = pool,
  clock = machineClock,
  ready = Promise.resolve({ inCells: false }),
  resolver = createResolver(),
  accounting = openAccounting,
  shared,
}: {
  config: Config
  log: Log
  pool: Pool
  /** Connections for the question whether the database answers. */
  health?: Pool
  clock?: Clock
  /** Nothing is asked of the database before. */
  ready?: Promise<Ready>
  resolver?: Machinery['resolver']
  /** The ledgers that are plugged in. */
  accounting?: (config: Config, db: Db) => Machinery['accounting']
  /** Another database that is served by this process: what does not depend on the database is had in common. */
  shared?: Machinery
}) {
  const db = databaseOf(config, pool, clock)
  linkTo(config.public_url || `http://${config.host}:${config.port}`)
  const access = createAccess(db)
  const storage = shared?.storage ?? openStorage(config)
  const pdf = shared?.pdf ?? createPdfRenderer({ templatesDir: paths.templates, log })
  const mailer = shared?.mailer ?? openMailer(config, log)
  const machinery: Machinery = {
    config,
    log,
    db,
    health: { ...db, pool: health },
    access,
    storage,
    pdf,
    resolver,
    mailer,
    templates: shared?.templates ?? createTemplates(),
    network: shared?.network ?? openNetwork(config, clock, resolver),
    payments: openPayments(config, db),
    accounting: accounting(config, db),
    kyc: openKyc(config, clock),
    verifier: openVerifier(config),
    assistant: openAssistant(config),
    work: () => ({ handlers, schedules: timed }),
    sealing: sealingFor(config, db, log),
    neighbours: shared?.neighbours ?? new Set(),
  }
  const handlers = jobHandlers(machinery)
  const timed = schedules(machinery)
  const app = createApp(machinery, [...modules, service, reference, mcp, devMail])
  try {
    await Promise.all([app.ready(), getToKnow()])
  } catch (error) {
    await app.close()
    if (!shared) await closeMachinery(machinery)
    throw error
  }
  machinery.neighbours.add(machinery)
  return { machinery, app, handlers, schedules: timed }

  /** Everything that a server has to read from its database, or write there, before the first request. */
  async function getToKnow(): Promise<void> {
    const { inCells, replica } = await ready
    for (const each of [db, machinery.health]) {
      each.settings = openingOf(config, inCells)
      each.replica = replica
    }
    signPageTokensWith(await installationSecret(db))
    await readClocks(db)
    await sealWhatIsReadable(db, machinery.sealing)
    await declareReactions(db, reactions, Object.keys(handlers))
  }
}

/** Ends the threads and connections of the machinery; its database stays open. */
export async function closeMachinery({ pdf, templates, mailer }: Machinery): Promise<void> {
  mailer.close()
  await templates.close()
  await pdf.close()
}

/** What a server or a worker looks after at its start, beside its work. */
export function settleIn(config: Config, log: Log): void {
  if (isRoot()) log.warn('This runs as root: whoever breaks into it owns the machine. Start it as an ordinary user')
  if (config.s3_bucket) return
  closedFolder(join(config.data_dir, 'files'))
    .then(closeBelow)
    .catch((error: Error) =>
      log.warn({ err: error }, 'files of an earlier version could not be closed to other users of this machine'),
    )
}

export interface Running {
  readonly url: string
  readonly app: App
  readonly machinery: Machinery
  stop(): Promise<void>
}

/** Requests in hand get so long to be answered; then their connections are cut. */
const ANSWER_MS = 5_000

/** The server: database, migrations, HTTP, workers. Answers once it listens; what it opened is closed again when it can't. */
export async function serve(config: Config = readConfig(), log: Log = createLog(config)): Promise<Running> {
  const opened: { close: () => Promise<unknown> | undefined; limit_ms: number }[] = []
  let stopping: Promise<void> | undefined
  /** Closes what was opened, the latest first; what does not end in its time is left behind. */
  const closeAll = async () => {
    for (const { close, limit_ms } of opened.reverse())
      await within(limit_ms, async () => close()).catch((error: Error) => log.error({ err: error }, 'something did not end well'))
  }
  const stop = () => {
    stopping ??= closeAll()
    return stopping
  }
  try {
    const database = await openDatabase(config, log)
    opened.push({ close: () => database.close(), limit_ms: 45_000 })
    database.watch()
    const pool = openPool(config, database.connection)
    const health = openPool(config, database.connection, { max: 1, timeout_s: HEALTH_S, applicationName: 'quittance health' })
    opened.push({ close: () => Promise.all([pool.end(), health.end()]), limit_ms: 1_000 })
    settleIn(config, log)
    const ready = getReady(database, pool, config, log)
    const closeReplica = ({ replica }: Ready) => replica?.close()
    opened.push({ close: () => ready.then(closeReplica, () => {}), limit_ms: 1_000 })
    const home = await assemble({ config, log, pool, health, ready })
    const { inCells } = await ready
    const { machinery, app, handlers, schedules } = home
    opened.push({ close: () => closeMachinery(machinery), limit_ms: 1_500 })
    const cells = inCells ? await openCells(home, database.direct, config.jobs) : null
    if (cells) opened.push({ close: () => cells.stop(), limit_ms: 8_000 })
    const listener = await listenForChanges(database.direct, machinery, log, cells?.forget)
    opened.push({ close: () => listener.stop(), limit_ms: 500 })
    cells?.guard(app)
    await app.listen({ host: config.host, port: config.port })
    const mails = config.smtp_in_port > 0 ? await takeMails(machinery, config.smtp_in_port) : null
    const worker =
      config.jobs > 0 ? startWorker(machinery.db, log, handlers, { loops: config.jobs, schedules, slots: slotsOf }) : null
    opened.push({ close: () => Promise.all([worker?.stop(), mails?.stop(), closeHttp(app)]), limit_ms: 8_000 })
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : config.port
    const url = config.public_url || `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`
    linkTo(url)
    return { url, app, machinery, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Gives the database what it lacks, and asks what has to be known before anything else. */
export async function getReady({ direct }: DatabaseHandle, pool: Pool, config: Config, log: Log): Promise<Ready> {
  const { applied } = await migrate(direct, { dir: paths.migrations, log: (message) => log.info(message) })
  if (applied.length > 0) log.info({ applied: applied.length }, 'the database is up to date')
  return { inCells: await hasCells(config, pool), replica: await openReplica(config, pool, log) }
}

const HEALTH_S = 2

/** Most servers get their mails another way, so what speaks SMTP is loaded where it is asked for. */
async function takeMails(machinery: Machinery, port: number) {
  const { takeMailsAt } = await import('./modules/inbound/smtp.service.ts')
  return takeMailsAt(machinery, port)
}

/** The other databases of the installation, served by this process as well. `loops` as for a worker; 0 does no jobs. */
export async function openCells(
  home: Pick<Awaited<ReturnType<typeof assemble>>, 'machinery' | 'app'>,
  connection: pg.ClientConfig,
  loops: number,
): Promise<Cells> {
  const [{ joinInstallation }, { serveCells }] = await Promise.all([import('./cells/cells.ts'), import('./cells/serving.ts')])
  const shared = home.machinery
  // Cells are reached without a pooler.
  const config = { ...shared.config, database_pooler: false }
  return serveCells(home, connection, async ({ name, address }, forget) => {
    const direct = { connectionString: address }
    const log = shared.log.child({ cell: name })
    await migrate(direct, { dir: paths.migrations, log: (message) => log.info(message) })
    await joinInstallation(connection, direct)
    const pool = openPool(config, direct)
    const health = openPool(config, direct, { max: 1, timeout_s: HEALTH_S, applicationName: 'quittance health' })
    const endPools = () => Promise.all([pool.end(), health.end()])
    try {
      const { machinery, app, handlers, schedules } = await assemble({
        config,
        log,
        pool,
        health,
        ready: Promise.resolve({ inCells: true }),
        shared,
      })
      const listener = await listenForChanges(direct, machinery, log, forget)
      const worker = loops > 0 ? startWorker(machinery.db, log, handlers, { loops, schedules, slots: slotsOf }) : null
      return {
        name,
        app,
        db: machinery.db,
        async close() {
          shared.neighbours.delete(machinery)
          await Promise.all([worker?.stop(), app.close()])
          await listener.stop()
          await endPools()
        },
      }
    } catch (error) {
      await endPools()
      throw error
    }
  })
}

/** Answers what is in hand, then cuts the connections that are left: silent ones, and halves of requests. */
async function closeHttp(app: App): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), ANSWER_MS)
  await app.close().finally(() => clearTimeout(cut))
}

/** Waits for work, but not longer than `limit_ms`. */
async function within(limit_ms: number, work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise((done) => {
    timer = setTimeout(done, limit_ms)
  })
  await Promise.race([work(), limit]).finally(() => clearTimeout(timer))
}

/**
 * Other processes say when roles, users or tokens change, and when a test clock is moved; whoever remembers them forgets at once. Comes back
 * after a lost connection.
 */
export async function listenForChanges(
  connection: pg.ClientConfig,
  { access, db }: Machinery,
  log: Log,
  /** Where the database is one of several cells: forgets where partners live. */
  forgetCells?: () => void,
) {
  let client: pg.Client | null = null
  let stopped = false
  let retry: NodeJS.Timeout | undefined

  async function listen() {
    const next = new pg.Client({ ...connection, application_name: forgetCells ? CELL_LISTENER : LISTENER, keepAlive: true })
    next.on('notification', ({ channel }) => {
      if (channel !== 'quittance_clocks') {
        forgetCells?.()
        return access.forget()
      }
      readClocks(db).catch((error: Error) => log.warn({ err: error }, 'the test clocks could not be read again'))
    })
    next.on('error', (error) => {
      log.debug({ err: error }, 'the listening connection was lost')
      access.forget()
      client = null
      again()
    })
    await next.connect()
    await next.query('listen quittance_access; listen quittance_clocks')
    access.forget()
    await readClocks(db)
    client = next
  }
  function again() {
    if (stopped) return
    clearTimeout(retry)
    retry = setTimeout(() => listen().catch(again), 1000)
  }

  await listen().catch(again)
  return {
    async stop() {
      stopped = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
