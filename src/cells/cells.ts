import pg from 'pg'
import type { Config } from '../platform/config.ts'
import { type Sealing, sealingOf } from '../platform/connections/sealing.ts'
import { asSystem, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'

/** The database that knows of all others. It serves partners, too. */
export const HOME = 'home'

/** A database that serves a part of the partners. */
export interface Cell {
  readonly name: string
  /** A URL of PostgreSQL; it may hold a password. */
  readonly address: string
}

const ALL = sql(`select name, address from cells order by name`)
const ADD = sql(`insert into cells (name, address) values (:name, :address)
  on conflict (name) do update set address = excluded.address`)

const sealedFor = (name: string) => `cell ${name}`

/** The cells beside the home. Opens no seal where there are none. */
export async function readCells(db: Db, sealing: () => Promise<Sealing>): Promise<Cell[]> {
  const rows = await asSystem(db, (ctx) => ALL(ctx))
  if (rows.length === 0) return []
  const key = await sealing()
  return rows.map(({ name, address }) => ({ name, address: key.open(address, sealedFor(name)) }))
}

/** The home database, as a command has it open. */
export interface Home {
  readonly db: Db
  readonly config: Config
  readonly direct: pg.ClientConfig
}

export const cellsOf = ({ db, config }: Home): Promise<Cell[]> => readCells(db, sealingOf(config))

/** Keeps a cell's address, sealed; a second call changes it. */
export async function keepCell(db: Db, sealing: Sealing, { name, address }: Cell): Promise<void> {
  await asSystem(db, (ctx) => ADD(ctx, { name, address: sealing.seal(address, sealedFor(name)) }))
}

/** Seals by the first key what an older one sealed. Answers how many there were. */
export async function resealCells(db: Db, sealing: Sealing): Promise<number> {
  const old = (await asSystem(db, (ctx) => ALL(ctx))).filter(({ address }) => !sealing.isCurrent(address))
  for (const { name, address } of old) await keepCell(db, sealing, { name, address: sealing.open(address, sealedFor(name)) })
  return old.length
}

/** An address that may be shown: without its password. */
export const shownAddress = (address: string): string =>
  address.replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:***@').replace(/([?&]password=)[^&]*/g, '$1***')

/** What all databases of one installation have in common: who signs links, and who seals. */
interface Installation {
  readonly secret: Buffer
  readonly sealing_mark: Buffer | null
}

async function connectedTo<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: 'quittance cells' })
  client.on('error', () => {})
  await client.connect()
  return work(client).finally(() => client.end())
}

async function asMachinery<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  await client.query('begin')
  await client.query('set local role quittance_system')
  const { rows } = await client.query<Row>(text, values)
  await client.query('commit')
  return rows
}

const installationIn = async (client: pg.Client): Promise<Installation | null> =>
  (await asMachinery<Installation>(client, 'select secret, sealing_mark from installation'))[0] ?? null

/** Any number will do: whoever can't have a lock that another connection has is in the same database. */
const LOCK = 7_311

/** Makes a migrated database a part of the installation, if it is not yet. Refuses one that is a part of another, and the home itself. */
export const joinInstallation = (home: pg.ClientConfig, cell: pg.ClientConfig): Promise<void> =>
  connectedTo(home, (atHome) =>
    connectedTo(cell, async (there) => {
      const ours = await installationIn(atHome)
      if (!ours) throw new Error('The home database was never served: start `quittance serve` once')
      await atHome.query('select pg_advisory_lock_shared($1)', [LOCK])
      const { rows } = await there.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [LOCK])
      if (!rows[0]!.free) throw new Error('That is the home database itself')
      const theirs = await installationIn(there)
      if (theirs && !theirs.secret.equals(ours.secret))
        throw new Error('That database belongs to another installation: name an empty one')
      if (theirs) return
      await asMachinery(there, 'insert into installation (secret, sealing_mark) values ($1, $2)', [
        ours.secret,
        ours.sealing_mark,
      ])
    }),
  )
