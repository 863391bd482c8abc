import type pg from 'pg'
import { sealingOf } from '../platform/connections/sealing.ts'
import { readClocks } from '../platform/database/clocks.ts'
import { asSystem, type Db } from '../platform/database/context.ts'
import { migrate } from '../platform/database/migrate.ts'
import { sql } from '../platform/database/sql.ts'
import { paths } from '../platform/paths.ts'
import { databaseOf, openPool } from '../server.ts'
import { type Cell, cellsOf, HOME, type Home, joinInstallation, keepCell, shownAddress } from './cells.ts'

const NAME = /^[a-z][a-z0-9-]{0,39}$/

/** Makes a database a cell, or changes where a cell is found. */
export async function addCell({ db, config, direct }: Home, name: string, address: string): Promise<void> {
  if (!NAME.test(name) || name === HOME)
    throw new Error(`${name} is not a name for a cell: small letters, digits and hyphens, and not "${HOME}"`)
  if (!/^postgres(ql)?:\/\/./.test(address))
    throw new Error(`${shownAddress(address)} is not an address of a database; write postgresql://user:password@host/database`)
  const connection = { connectionString: address }
  await migrate(connection, { dir: paths.migrations })
  await joinInstallation(direct, connection)
  await keepCell(db, await sealingOf(config)(), { name, address })
}

/** Runs `work` on the database of a cell, which may be the home itself. */
export async function inCell<T>(
  home: Home,
  cell: Cell | typeof HOME,
  work: (db: Db, direct: pg.ClientConfig) => Promise<T>,
): Promise<T> {
  if (cell === HOME) return work(home.db, home.direct)
  const config = { ...home.config, database_pooler: false }
  const direct = { connectionString: cell.address }
  const pool = openPool(config, direct, { max: 4, timeout_s: undefined })
  try {
    await migrate(direct, { dir: paths.migrations })
    const db = databaseOf(config, pool)
    await readClocks(db)
    return await work(db, direct)
  } finally {
    await pool.end()
  }
}

export async function cellNamed(home: Home, name: string): Promise<Cell | typeof HOME> {
  if (name === HOME) return HOME
  const found = (await cellsOf(home)).find((cell) => cell.name === name)
  if (!found) throw new Error(`There is no cell ${name}; \`quittance cell list\` shows them`)
  return found
}

const COUNT = sql(`
  select count(*) filter (where a.state is null or a.state = 'resting') as "living!", count(*) filter (where a.state = 'arriving') as "arriving!",
    count(*) filter (where a.state in ('leaving', 'left')) as "left!"
  from partners p left join partners_away a on a.partner_id = p.id`)

/** A line for each cell: who lives there, and who is on the way. */
export async function listCells(home: Home): Promise<string[]> {
  const lines: string[] = []
  for (const cell of [HOME, ...(await cellsOf(home))] as const) {
    const name = cell === HOME ? HOME : cell.name
    const where = cell === HOME ? 'this database' : shownAddress(cell.address)
    const said = await inCell(home, cell, (db) => asSystem(db, (ctx) => COUNT.one(ctx))).then(
      ({ living, arriving, left }) =>
        [`${living} partners`, arriving > 0 && `${arriving} arriving`, left > 0 && `${left} moved and not yet removed`]
          .filter(Boolean)
          .join(', '),
      (error: Error) => `does not answer: ${error.message}`,
    )
    lines.push(`${name.padEnd(20)}  ${said}  ${where}`)
  }
  return lines
}
