import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ClientConfig } from 'pg'
import { openStorage } from './adapters/index.ts'
import { nearest } from './core/nearest.ts'
import { UUID } from './core/uuid.ts'
import { resealFiles } from './modules/common/files/identity.service.ts'
import { modules } from './modules/index.ts'
import { slotsOf } from './modules/jobs.ts'
import { dkimKeys } from './modules/mail/mailbox-domains/mailbox-domains.service.ts'
import {
  addPartner,
  createClient,
  createPartner,
  listPartners,
  type NewClient,
  revokeClients,
  rotateSecret,
} from './platform/auth/clients.ts'
import type { Owner } from './platform/clock.ts'
import { type Config, readConfig } from './platform/config.ts'
import { reseal } from './platform/connections/connections.ts'
import { sealingOf } from './platform/connections/sealing.ts'
import { readClocks } from './platform/database/clocks.ts'
import { asEntity, asSystem, type Db, type Who } from './platform/database/context.ts'
import { migrate } from './platform/database/migrate.ts'
import { openDatabase } from './platform/database/opening.ts'
import { sql } from './platform/database/sql.ts'
import { catalog } from './platform/events/catalog.ts'
import { keepSecret } from './platform/files/private.ts'
import { openApiDocument } from './platform/http/openapi.ts'
import { startWorker } from './platform/jobs/jobs.ts'
import { createLog } from './platform/log.ts'
import type { Machinery } from './platform/machinery.ts'
import { paths } from './platform/paths.ts'
import type { ReplayFilter } from './platform/webhooks/replay.ts'
import { webhookSecrets } from './platform/webhooks/secrets.ts'
import {
  assemble,
  closeMachinery,
  databaseOf,
  getReady,
  listenForChanges,
  openCells,
  openPool,
  type Running,
  serve,
  settleIn,
} from './server.ts'

interface Options extends ReplayFilter {
  readonly demo?: boolean
  readonly name?: string
  readonly 'forward-to'?: readonly string[]
  readonly partner?: string
  readonly object?: string
  readonly entity?: string
  readonly yes?: boolean
  readonly days?: string
  readonly to?: string
}
interface Command {
  readonly about: string
  /** Names of the arguments it needs; those in brackets may be left out. */
  readonly args?: readonly string[]
  run(options: Options, args: readonly string[]): Promise<void>
}

const SEALED_BY_FIRST = sql(`update installation set sealing_mark = :mark`)
const HEARING = sql(
  `select url from webhook_subscriptions where object_type = :type and status = 'enabled' and deleted_at is null and (event_types = '{}' or :event = any (event_types))`,
)

export const commands: Record<string, Command> = {
  serve: {
    about: 'start the server; on first use also the database and a partner (--demo fills in a company)',
    async run({ demo = false }) {
      // People at a terminal get lines to read, unless they say otherwise.
      // The demo shows its mails to whoever sits in front of it.
      const usual = { LOG_PRETTY: String(process.stdout.isTTY === true), ...(demo && { DEV_MAIL: 'local' }) }
      const config = readConfig({ ...usual, ...process.env })
      const log = createLog(config)
      const running = await serve(config, log)
      stopOnSignal(running.stop)
      const welcome = await firstPartner(running.machinery)
      process.stdout.write(greeting(running.url, welcome))
      if (demo) await fillWithDemo(running)
    },
  },
  work: {
    about: 'do jobs only: PDFs, webhooks, schedules; as many processes as you like',
    async run() {
      const config = readConfig()
      const log = createLog(config)
      const database = await openDatabase(config, log)
      database.watch()
      settleIn(config, log)
      const pool = openPool(config, database.connection, { applicationName: 'quittance worker' })
      const ready = getReady(database, pool, config, log)
      const home = await assemble({ config, log, pool, ready })
      const { inCells } = await ready
      const { machinery, handlers, schedules } = home
      const loops = Math.max(1, config.jobs)
      const cells = inCells ? await openCells(home, database.direct, loops) : null
      const worker = startWorker(machinery.db, log, handlers, { loops, schedules, slots: slotsOf })
      const listener = await listenForChanges(database.direct, machinery, log, cells?.forget)
      log.info('working')
      stopOnSignal(async () => {
        await worker.stop()
        await cells?.stop()
        await listener.stop()
        await closeMachinery(machinery)
        await pool.end()
        await database.close()
      })
    },
  },
  migrate: {
    about: 'bring the database up to date and stop',
    run: () =>
      withDatabase(async (_db, _config, applied) => {
        console.log(applied.length > 0 ? `Applied ${applied.join(', ')}` : 'The database is up to date')
      }),
  },
  demo: {
    about: 'start the server with a believable company in it',
    run: () => commands.serve!.run({ demo: true }, []),
  },
  'partner create': {
    about: 'add a partner and print its client id and secret (--name "Acme")',
    run: ({ name = 'Partner' }) =>
      withDatabase(async (db) => {
        console.log(written(await createPartner(db, name)))
      }),
  },
  'partner move': {
    about: 'move a partner with all that is theirs into another cell, while they go on working (--to CELL)',
    args: ['PARTNER'],
    run: ({ to }, [id]) =>
      withDatabase(async (db, config, _applied, direct) => {
        if (to === undefined) throw new Error('Say where to: --to CELL')
        const [{ movePartner }, { audit }] = await Promise.all([import('./cells/moving.ts'), import('./modules/audit/audit.ts')])
        await movePartner({ db, config, direct }, checkId(id!).toLowerCase(), to, {
          say: (line) => console.log(line),
          progress: tellProgress(),
          audit,
        })
      }),
  },
  'cell add': {
    about: 'let another database serve a part of the partners, or say where it is found now; restart servers and workers then',
    args: ['NAME', 'URL'],
    run: (_options, [name, address]) =>
      withDatabase(async (db, config, _applied, direct) => {
        const { addCell } = await import('./cells/commands.ts')
        await addCell({ db, config, direct }, name!, address!)
        console.log(`The cell ${name} is known. Restart servers and workers: they serve it from then on`)
      }),
  },
  'cell list': {
    about: 'the databases of this installation, and how many partners live in each',
    run: () =>
      withDatabase(async (db, config, _applied, direct) => {
        const { listCells } = await import('./cells/commands.ts')
        for (const line of await listCells({ db, config, direct })) console.log(line)
      }),
  },
  'partner list': {
    about: 'show the partners, their clients, and how many tokens of each live',
    run: () =>
      withDatabase(async (db) => {
        for (const { id, name, created_at, entities, clients } of await listPartners(db)) {
          console.log(`partner  ${id}  ${created_at.slice(0, 10)}  ${entities} entities  ${name}`)
          for (const client of clients)
            console.log(
              `  client ${client.id}  ${client.created_at.slice(0, 10)}  ${client.revoked ? 'revoked' : `${client.tokens} tokens`}`,
            )
        }
      }),
  },
  'partner rotate': {
    about: 'give a client, or the only one of a partner, a new secret; the old one and its tokens are dead at once',
    args: ['ID'],
    run: (_options, [id]) =>
      withDatabase(async (db) => {
        console.log(written(await rotateSecret(db, checkId(id!))))
      }),
  },
  'partner revoke': {
    about: 'end a client, or all clients of a partner, with their tokens',
    args: ['ID'],
    run: (_options, [id]) =>
      withDatabase(async (db) => {
        for (const client of await revokeClients(db, checkId(id!))) console.log(`client ${client} is revoked`)
      }),
  },
  'client create': {
    about: 'give a partner one more client, so that secrets can be changed without a gap',
    args: ['PARTNER'],
    run: (_options, [id]) =>
      withDatabase(async (db) => {
        console.log(written(await createClient(db, checkId(id!))))
      }),
  },
  'secrets reseal': {
    about:
      'seal the credentials of other systems, secrets of webhooks, keys of mail and documents of identity by the first key of SECRETS_KEY, after which older keys may go',
    run: () =>
      withDatabase(async (db, config) => {
        const sealing = await sealingOf(config)()
        const count = await asSystem(db, async (ctx) => {
          const resealed = [reseal, webhookSecrets.reseal, dkimKeys.reseal]
          let count = 0
          for (const again of resealed) count += await again(ctx, sealing)
          await SEALED_BY_FIRST(ctx, { mark: sealing.mark })
          return count
        })
        const addresses = await (await import('./cells/cells.ts')).resealCells(db, sealing)
        const files = await resealFiles({ db, sealing: async () => sealing, storage: openStorage(config) })
        console.log(`${count + files + addresses} were sealed by an older key and are sealed by the first one now`)
      }),
  },
  audit: {
    about: 'ask the books whether every promise holds; exit 1 and the rows when one is broken',
    run: () =>
      withDatabase(async (db) => {
        const { audit } = await import('./modules/audit/audit.ts')
        const findings = await audit(db, ({ question, rows }) => {
          console.log(`${rows.length === 0 ? 'ok    ' : 'BROKEN'}  ${question}`)
          for (const row of rows.slice(0, 20)) console.log(`        ${JSON.stringify(row)}`)
        })
        if (findings.some(({ rows }) => rows.length > 0)) process.exitCode = 1
      }),
  },
  backup: {
    about: 'write everything, tables and files, into a new folder or a new .zip file; the server may go on',
    args: ['FILE|DIR'],
    run: (_options, [path]) =>
      withDatabase(async (_db, config, _applied, connection) => {
        const { backup } = await import('./platform/backup/backup.ts')
        const { STORED } = await import('./modules/common/files/stored.service.ts')
        const stored = { storage: openStorage(config), keys: STORED.text }
        const done = await backup(connection, stored, resolve(path!), tellProgress())
        console.log(`${path}: ${done.rows} rows of ${done.tables} tables and ${done.files} files`)
      }),
  },
  restore: {
    about: 'bring a backup back into an empty database and an empty folder',
    args: ['FILE|DIR'],
    async run(_options, [path]) {
      const config = readConfig()
      const database = await openDatabase(config, createLog(config))
      try {
        const { restore } = await import('./platform/backup/backup.ts')
        const options = { migrations: paths.migrations, progress: tellProgress() }
        const done = await restore(database.direct, openStorage(config), resolve(path!), options)
        console.log(
          `${path}: ${done.rows} rows of ${done.tables} tables and ${done.files} files are back. \`quittance audit\` checks the books`,
        )
      } finally {
        await database.close()
      }
    },
  },
  'webhooks replay': {
    about: 'send events again (--since, --until, --type receivable.issued, --event ID, --subscription ID, --failed)',
    run: (filter) =>
      withDatabase(async (db) => {
        const { replayWebhooks } = await import('./platform/webhooks/replay.ts')
        checkReplay(filter)
        const sent = await replayWebhooks(db, filter, (sent) => console.log(`${sent} deliveries so far`))
        console.log(`${sent} deliveries are on their way; a running server or \`quittance work\` sends them`)
      }),
  },
  'webhooks test': {
    about: 'send an event about the youngest object again, as `trigger` does, and say which endpoints hear it',
    args: ['EVENT'],
    run: (options, [name]) =>
      withDatabase(async (db) => {
        const { trigger } = await import('./tools/trigger.ts')
        const object = await trigger(db, name!, options.object)
        const [type, event] = splitEvent(name!)
        const hearing = await asSystem(db, (ctx) => HEARING(ctx, { type, event }))
        console.log(`${name} of ${object}`)
        for (const { url } of hearing) console.log(`  goes to ${url}`)
        if (hearing.length === 0) console.log('  is heard by no subscription: make one by POST /webhook_subscriptions')
      }),
  },
  listen: {
    about:
      'hand every event on to an address of yours while you develop (--forward-to URL, several times if you like; --partner ID)',
    async run({ 'forward-to': targets = [], partner }) {
      if (targets.length === 0) throw new Error('Say where to: --forward-to http://localhost:4000/webhooks')
      for (const target of targets)
        if (!/^https?:\/\/./.test(target))
          throw new Error(`--forward-to ${target} is not an address; write http://localhost:4000/webhooks`)
      const { listen } = await import('./tools/listen.ts')
      const { API_VERSION } = await import('./platform/http/versions.ts')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
      await withDatabase((db, { data_dir }) =>
        listen({
          db,
          data_dir,
          targets,
          api_version: API_VERSION,
          partner: partner === undefined ? null : checkId(partner),
          say: (line) => console.log(line),
          signal: stop.signal,
        }),
      )
    },
  },
  trigger: {
    about:
      'make an event about the youngest object of its type, or --object ID; nothing changes, and every subscription hears it',
    args: ['EVENT'],
    async run(options, [name]) {
      const { eventNames, trigger } = await import('./tools/trigger.ts')
      if (name === 'list') return console.log(eventNames.join('\n'))
      await withDatabase(async (db) => {
        console.log(`${name} of ${await trigger(db, name!, options.object === undefined ? undefined : checkId(options.object))}`)
      })
    },
  },
  reset: {
    about: 'take everything away, companies, documents and files, and begin anew; asks first, unless --yes is said',
    async run({ yes = false }) {
      const { isMeant, reset } = await import('./tools/reset.ts')
      const config = readConfig()
      const where = config.database_url ? 'the database of DATABASE_URL' : config.data_dir
      if (!(await isMeant(where, yes))) return console.log('Nothing was done')
      const database = await openDatabase(config, createLog(config))
      try {
        await reset(config, database.direct)
      } finally {
        await database.close()
      }
      console.log(`Everything in ${where} is away; the next start begins anew.`)
      if (config.s3_bucket) console.log(`Files in the bucket ${config.s3_bucket} are still there.`)
    },
  },
  'clock show': {
    about: 'the time of an entity, or of all entities of a partner (--entity ID or --partner ID)',
    run: (options) =>
      withClock(options, async ({ readClock }, machinery, owner) => {
        const { now, ahead_s } = readClock(machinery, owner)
        console.log(ahead_s === 0 ? `${now}, as everywhere` : `${now}, ${spanOf(ahead_s)}`)
      }),
  },
  'clock advance': {
    about: 'put the clock of an entity forward, and do all that falls due (--entity ID or --partner ID; --days N or --to MOMENT)',
    run: (options) =>
      withClock(options, async ({ advance }, machinery, owner) => {
        const progress = tellProgress()
        tellMove(await advance(machinery, owner, targetOf(options), (done, days) => progress('Days', done, days)))
      }),
  },
  'clock next': {
    about: 'put the clock of an entity to the next moment at which something happens (--entity ID or --partner ID)',
    run: (options) =>
      withClock(options, async ({ advanceToEvent }, machinery, owner) => tellMove(await advanceToEvent(machinery, owner))),
  },
  'clock rewind': {
    about: 'put the clock of an entity back; what has happened stays (--entity ID or --partner ID; --days N or --to MOMENT)',
    run: (options) =>
      withClock(options, async ({ rewind }, machinery, owner) => {
        const { now, ahead_s } = await rewind(machinery, owner, targetOf(options))
        console.log(`${now}, ${spanOf(ahead_s)}`)
      }),
  },
  'clock reset': {
    about: 'take the clock of an entity away: it goes by the time of this machine again (--entity ID or --partner ID)',
    run: (options) => withClock(options, ({ takeAway }, machinery, owner) => takeAway(machinery, owner)),
  },
  'snapshot list': {
    about: 'the states of an entity that were kept (--entity ID)',
    run: (options) =>
      withSnapshots(options, async ({ list }) => {
        for (const { name, created_at, row_count } of await list())
          console.log(`${created_at.slice(0, 19)}  ${String(row_count).padStart(6)} rows  ${name}`)
      }),
  },
  'snapshot take': {
    about: 'keep what an entity holds now, under a name (--entity ID)',
    args: ['NAME'],
    run: (options, [name]) =>
      withSnapshots(options, async ({ take }) => {
        const { row_count, size_bytes } = await take(name!)
        console.log(`${name}: ${row_count} rows, ${Math.ceil(size_bytes / 1024)} KB`)
      }),
  },
  'snapshot diff': {
    about: 'what was added, removed and changed in an entity since a snapshot (--entity ID)',
    args: ['NAME'],
    run: (options, [name]) =>
      withSnapshots(options, async ({ find, service, machinery, who }) => {
        const { counts, rows, has_more } = await service.diff(machinery, who, await find(name!), undefined)
        for (const { table, id, change, fields } of rows)
          console.log(`${change.padEnd(7)}  ${table}  ${id ?? ''}  ${fields.map(({ field }) => field).join(', ')}`)
        if (has_more) console.log('… and more')
        for (const { table, added, removed, changed } of counts)
          console.log(`${table}: ${added} added, ${removed} removed, ${changed} changed`)
        if (counts.length === 0) console.log('Nothing has changed')
      }),
  },
  'snapshot restore': {
    about: 'put an entity back to a snapshot; what came since is gone (--entity ID)',
    args: ['NAME'],
    run: (options, [name]) =>
      withSnapshots(options, async ({ find, service, machinery, who }) => {
        console.log(`${await service.restore(machinery, who, await find(name!))} rows were put back or taken away`)
      }),
  },
  'snapshot delete': {
    about: 'forget a snapshot (--entity ID)',
    args: ['NAME'],
    run: (options, [name]) =>
      withSnapshots(options, async ({ find, service, machinery, who }) => {
        const id = await find(name!)
        await asEntity(machinery.db, who, (ctx) => service.removeSnapshot(ctx, id))
      }),
  },
  'snapshot fork': {
    about: 'copy an entity as it is now, or as it was in a snapshot, into a new one (--entity ID)',
    args: ['[NAME]'],
    run: (options, [snapshot = options.name]) =>
      withSnapshots(options, async ({ find, machinery, who }) => {
        const { fork } = await import('./modules/snapshots/fork.service.ts')
        const { entity_id, row_count } = await fork(machinery, who, snapshot === undefined ? null : await find(snapshot))
        console.log(`${entity_id} (${row_count} rows)`)
      }),
  },
  mcp: {
    about:
      'speak to an assistant on this machine (MCP over standard input) for the server at QUITTANCE_URL, with QUITTANCE_TOKEN, or QUITTANCE_CLIENT_ID, QUITTANCE_CLIENT_SECRET and QUITTANCE_USER_ID (or QUITTANCE_ENTITY_ID)',
    async run() {
      const { remoteOf, speakMcp } = await import('./mcp/stdio.ts')
      await speakMcp(remoteOf(process.env))
    },
  },
  doctor: {
    about: 'look at everything a start needs, and say what to do where something is missing; exit 1 when it would fail',
    async run() {
      const { examine } = await import('./tools/doctor.ts')
      const all = await examine()
      const signs = { ok: 'ok   ', note: 'note ', fault: 'FAULT' }
      for (const { verdict, what, says } of all) console.log(`${signs[verdict]}  ${what.padEnd(12)} ${says}`)
      if (all.some(({ verdict }) => verdict === 'fault')) process.exitCode = 1
    },
  },
  version: {
    about: 'the versions of Quittance, of its API and of Node',
    async run() {
      const { API_VERSION } = await import('./platform/http/versions.ts')
      const { version } = JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as { version: string }
      console.log(`quittance ${version} (API ${API_VERSION}, Node ${process.versions.node})`)
    },
  },
  openapi: {
    about: 'print the OpenAPI document; needs no database',
    async run() {
      const { describeApi } = await import('./reference/describe.ts')
      const { document } = describeApi(await openApiDocument(modules))
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    },
  },
  postman: {
    about: 'print the API as a collection of Postman; needs no database',
    async run() {
      const { describeApi } = await import('./reference/describe.ts')
      const { postmanCollection } = await import('./reference/postman.ts')
      const { document } = describeApi(await openApiDocument(modules))
      const { public_url, port } = readConfig()
      const base = `${public_url || `http://127.0.0.1:${port}`}/v1`
      process.stdout.write(`${JSON.stringify(postmanCollection(document, base), null, 2)}\n`)
    },
  },
  help: {
    about: 'this list, or more about one command',
    async run(_options, words) {
      const name = words.join(' ')
      const asked = commands[name]
      if (asked) return console.log(`quittance ${[name, ...(asked.args ?? [])].join(' ')}\n\n  ${asked.about}`)
      const close = nearest(name, Object.keys(commands))
      if (name !== '') throw new Error(`There is no command "${name}"${close ? `; did you mean "${close}"?` : ''}`)
      const lines = Object.entries(commands).map(([name, { about, args = [] }]) => [[name, ...args].join(' '), about] as const)
      const width = Math.max(...lines.map(([name]) => name.length))
      console.log('quittance COMMAND\n')
      for (const [name, about] of lines) console.log(`  ${name.padEnd(width)}  ${about}`)
      console.log('\n--cell NAME makes a command work on one cell of an installation that has several databases.')
      console.log('Settings are environment variables; .env.example lists them.')
    },
  },
}

let chosenCell: string | undefined
const ALL_CELLS = new Set(['serve', 'work', 'demo', 'restore', 'reset', 'cell add', 'cell list', 'partner move'])

/** The command works on the database of this cell, in the place of the home's. */
export function chooseCell(command: string, cell: string): void {
  if (ALL_CELLS.has(command)) throw new Error('--cell is for commands that work on the database of one cell')
  chosenCell = cell
}

async function withDatabase(
  work: (db: Db, config: Config, applied: string[], connection: ClientConfig) => Promise<void>,
): Promise<void> {
  const config = readConfig()
  const log = createLog(config)
  const database = await openDatabase(config, log)
  const pool = openPool(config, database.connection, { max: 4, timeout_s: undefined })
  try {
    const { applied } = await migrate(database.direct, { dir: paths.migrations, log: () => {} })
    const db = databaseOf(config, pool)
    if (chosenCell !== undefined) {
      const { inCell, cellNamed } = await import('./cells/commands.ts')
      const home = { db, config, direct: database.direct }
      return await inCell(home, await cellNamed(home, chosenCell), (there, direct) => work(there, config, applied, direct))
    }
    await readClocks(db)
    await work(db, config, applied, database.direct)
  } finally {
    await pool.end()
    await database.close()
  }
}

type Clocks = typeof import('./modules/test-clocks/test-clocks.service.ts')
type Clock = Pick<Options, 'entity' | 'partner' | 'days' | 'to'>

/** Everything but HTTP, for work on the entity, or on the entities of the partner, that is named. */
async function withOwner(
  { entity, partner }: Pick<Options, 'entity' | 'partner'>,
  work: (machinery: Machinery, owner: Owner) => Promise<void>,
): Promise<void> {
  if ((entity === undefined) === (partner === undefined)) throw new Error('Say whose: --entity ID, or --partner ID')
  await withDatabase(async (db, config) => {
    const owner = await ownerNamed(db, entity, partner)
    const { machinery, app } = await assemble({ config, log: createLog(config), pool: db.pool })
    try {
      await work(machinery, owner)
    } finally {
      await app.close()
      await closeMachinery(machinery)
    }
  })
}

const PARTNER = sql(
  `select id as partner_id, '00000000-0000-0000-0000-000000000000'::uuid as "entity_id!" from partners where id = :id`,
)
const ENTITY = sql(`select partner_id, id as "entity_id!" from entities where id = :id and deleted_at is null`)
async function ownerNamed(db: Db, entity?: string, partner?: string): Promise<Owner> {
  const id = checkId(entity ?? partner ?? '')
  const found = await asSystem(db, (ctx) => (entity === undefined ? PARTNER : ENTITY).maybe(ctx, { id }))
  if (!found) throw new Error(`There is no ${entity === undefined ? 'partner' : 'entity'} ${id}`)
  return found
}

async function withClock(
  options: Clock,
  work: (clocks: Clocks, machinery: Machinery, owner: Owner) => Promise<void>,
): Promise<void> {
  const clocks = await import('./modules/test-clocks/test-clocks.service.ts')
  await withOwner(options, (machinery, owner) => work(clocks, machinery, owner))
}

type Snapshots = typeof import('./modules/snapshots/snapshots.service.ts')
type Snapshot = Awaited<ReturnType<Snapshots['takeSnapshot']>>

/** What commands about the snapshots of one entity work with. */
interface Shelf {
  readonly service: Snapshots
  readonly machinery: Machinery
  readonly who: Who
  list(): Promise<readonly Snapshot[]>
  take(name: string): Promise<Snapshot>
  /** The id of the snapshot of that name. */
  find(name: string): Promise<string>
}

async function withSnapshots(options: Options, work: (shelf: Shelf) => Promise<void>): Promise<void> {
  if (options.entity === undefined) throw new Error('Say of which entity: --entity ID')
  const service = await import('./modules/snapshots/snapshots.service.ts')
  await withOwner({ entity: options.entity }, async (machinery, owner) => {
    const { db } = machinery
    const who = { partnerId: owner.partner_id, entityId: owner.entity_id, userId: null }
    const list = () => asEntity(db, who, service.listSnapshots)
    await work({
      service,
      machinery,
      who,
      list,
      take: (name) => service.takeSnapshot(machinery, who, name, (keep) => asEntity(db, who, keep)),
      async find(name) {
        const found = (await list()).find((one) => one.name === name)
        if (!found) throw new Error(`There is no snapshot "${name}"; \`quittance snapshot list\` shows them`)
        return found.id
      },
    })
  })
}

function targetOf({ days, to }: Clock): { days?: number; to?: string } {
  if ((days === undefined) === (to === undefined)) throw new Error('Say how far: --days N, or --to MOMENT')
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new Error(`--days ${days} is not a number of days; write one from 1 to 9999`)
  if (to !== undefined && Number.isNaN(Date.parse(to))) throw new Error(`--to ${to} is not a moment; write 2027-01-31T09:00:00Z`)
  return { ...(days !== undefined && { days: Number(days) }), ...(to !== undefined && { to: new Date(to).toISOString() }) }
}

const spanOf = (ahead_s: number) =>
  `${(Math.abs(ahead_s) / 86_400).toFixed(1)} days ${ahead_s < 0 ? 'behind' : 'ahead of'} this machine`

function tellMove({ from, now, complete, events, mails, has_more }: Awaited<ReturnType<Clocks['advance']>>): void {
  const lines = [
    ...events.map(({ created_at, object_type, event, object_id }) => ({
      created_at,
      text: `${object_type}.${event}  ${object_id}`,
    })),
    ...mails.map(({ created_at, subject, to }) => ({ created_at, text: `mail to ${to.join(', ')}: ${subject}` })),
  ].sort((a, b) => a.created_at.localeCompare(b.created_at))
  for (const { created_at, text } of lines) console.log(`${created_at.slice(0, 16)}  ${text}`)
  if (has_more) console.log('… and more')
  console.log(`${from.slice(0, 16)} → ${now.slice(0, 16)}: ${events.length} events, ${mails.length} mails`)
  if (!complete) console.log('Not everything that was due was done within the time of one move: move again')
}

/** Lines about long work: one that is written over at a terminal, else one every five seconds. */
function tellProgress(): (step: string, done: number, of: number) => void {
  let shownAt = performance.now()
  return (step, done, of) => {
    const line = `${step}: ${done} of ${of}`
    if (process.stderr.isTTY) return void process.stderr.write(`\r${line.padEnd(60)}\r`)
    if (performance.now() - shownAt < 5_000) return
    shownAt = performance.now()
    console.error(line)
  }
}

function checkId(id: string): string {
  if (!UUID.test(id)) throw new Error(`${id} is not an id; \`quittance partner list\` shows them`)
  return id
}

/** Nobody wants to send everything again by a slip of the fingers: at least one choice, and each readable. */
function checkReplay({ since, until, type, event, subscription, failed }: ReplayFilter): void {
  if (!since && !until && !type && !event && !subscription && !failed)
    throw new Error('Say which events: --since, --until, --type, --event, --subscription or --failed')
  for (const [name, time] of Object.entries({ since, until }))
    if (time && Number.isNaN(Date.parse(time)))
      throw new Error(`--${name} ${time} is not a date; write 2026-03-01 or 2026-03-01T09:30:00Z`)
  for (const [name, id] of Object.entries({ event, subscription }))
    if (id && !UUID.test(id)) throw new Error(`--${name} ${id} is not an id`)
  if (type && !Object.keys(catalog).some((object) => type === object || type.startsWith(`${object}.`)))
    throw new Error(`--type ${type} is not an object type; these are: ${Object.keys(catalog).join(', ')}`)
}

const LOCK_FIRST_PARTNER = sql(`select pg_advisory_xact_lock(7300)`)
const ANY_PARTNER = sql(`select 1 from partners union all select 1 from cells limit 1`)

/** On an empty database of an installation that has no others: the first partner. Two servers that start at once make one. */
const firstPartner = ({ db, config }: Machinery): Promise<Welcome | null> =>
  asSystem(db, async (ctx) => {
    await LOCK_FIRST_PARTNER(ctx)
    const some = await ANY_PARTNER(ctx)
    return some.length > 0 ? null : introduce(config, await addPartner(ctx, 'My platform'))
  })

/** `payable.line_item.created` → `payable.line_item`, `created`. */
function splitEvent(name: string): [type: string, event: string] {
  const type = Object.keys(catalog)
    .filter((one) => name.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0]
  return type ? [type, name.slice(type.length + 1)] : [name, '']
}

const written = ({ client_id, client_secret }: NewClient) => `client_id      ${client_id}\nclient_secret  ${client_secret}`

/** How a new client is told of: its two lines, and what curl sends to get a token. */
interface Welcome {
  readonly lines: string
  readonly data: string
}

/** At a terminal the secret is shown. Elsewhere the output is kept as a log, so it goes into a file that only the user of the server reads. */
async function introduce({ data_dir }: Config, { client_id, client_secret }: NewClient): Promise<Welcome> {
  const data = JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret })
  if (process.stdout.isTTY) return { lines: indented(written({ client_id, client_secret })), data: `'${data}'` }
  const path = await keepSecret(data_dir, `${client_id}.json`, `${data}\n`)
  return { lines: indented(written({ client_id, client_secret: `in ${path}` })), data: `'@${path.replaceAll("'", `'\\''`)}'` }
}

const indented = (text: string) => text.replace(/^/gm, '  ')

const DEMO_PARTNER = sql(`select 1 from partners where name = 'Demo platform'`)

/** The demo company, once: a second `--demo` finds it there. */
async function fillWithDemo({ machinery, url }: Running): Promise<void> {
  const there = await asSystem(machinery.db, (ctx) => DEMO_PARTNER(ctx))
  if (there.length > 0) {
    const text = await readFile(demoNote(machinery.config), 'utf8').catch(() => null)
    return void process.stdout.write(text ?? 'The demo company is there already.\n\n')
  }
  const { fillDemo } = await import('./demo/demo.ts')
  const { client_id, client_secret, entity_id, user_id } = await fillDemo(machinery, (line) =>
    process.stdout.write(`  ${line}\n`),
  )
  const { lines, data } = await introduce(machinery.config, { client_id, client_secret })
  const text = `
The demo company Nordlicht Studio GmbH is ready. Its platform:
${lines}
  entity         ${entity_id}
  user (owner)   ${user_id}

Look at its overdue invoices:
  ${tokenCommand(url, data)}
  curl -s "${url}/v1/receivables?status=overdue" -H "Authorization: Bearer $TOKEN" -H 'x-monite-entity-id: ${entity_id}'
Its bills, quotes, payments and bank statement are there too (\`/v1/payables\`, \`/v1/x/bank_transactions\`), and its sisters in France and the United
States (\`/v1/entities\` with the same token).

`
  // Each later start shows it again: the demo's secrets protect nothing.
  await keepSecret(machinery.config.data_dir, DEMO_NOTE, text)
  process.stdout.write(text)
}

const DEMO_NOTE = 'demo.txt'
const demoNote = ({ data_dir }: Config) => join(data_dir, 'secrets', DEMO_NOTE)

/** Puts a token into `TOKEN`, as the examples of all pages expect it. */
const tokenCommand = (url: string, data: string) =>
  `TOKEN=$(curl -s ${url}/v1/auth/token -H 'Content-Type: application/json' -d ${data} | sed 's/.*access_token":"\\([^"]*\\).*/\\1/')`

function greeting(url: string, partner: Welcome | null): string {
  if (!partner) return `\nQuittance listens on ${url} (API reference: ${url}/docs)\n\n`
  return `
Quittance listens on ${url}
API reference    ${url}/docs

Your first partner. Keep the secret, there is no second copy:
${partner.lines}

Get a token:
  ${tokenCommand(url, partner.data)}

`
}

/** A process that was told to end does so, whatever it waits for. */
const END_MS = 14_000

function stopOnSignal(stop: () => Promise<void>) {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      setTimeout(() => process.exit(1), END_MS).unref()
      stop().then(
        () => process.exit(0),
        (error: Error) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
}
