import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import pg from 'pg'
import type { Config } from '../platform/config.ts'

/** Deletes everything: companies, documents, files. The next start makes the tables again. */

/** Whether whoever sits at the terminal types `yes`; without a terminal nobody can. */
export async function isMeant(where: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) throw new Error(`This takes away everything in ${where}. Say --yes if that is meant`)
  const asked = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (
      (await asked.question(
        `This takes away everything in ${where}: companies, documents, files. Type yes if that is meant: `,
      )) === 'yes'
    )
  } finally {
    asked.close()
  }
}

const OTHERS = `select distinct application_name as name from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name like 'quittance%'`

/** Takes the tables away, and the files of the data folder. Refuses while a server or a worker uses the database. */
export async function reset(config: Pick<Config, 'data_dir'>, connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, application_name: 'quittance reset' })
  await client.connect()
  try {
    const others: { name: string }[] = (await client.query(OTHERS)).rows
    if (others.length > 0) throw new Error(`Stop what uses the database first: ${others.map(({ name }) => name).join(', ')}`)
    await client.query('begin')
    await client.query('drop schema public cascade')
    await client.query('create schema public')
    await client.query('commit')
  } finally {
    await client.end()
  }
  for (const folder of ['files', 'einvoices']) await rm(join(config.data_dir, folder), { recursive: true, force: true })
  // Secrets of partners that are gone; the key that seals credentials stays.
  const secrets = join(config.data_dir, 'secrets')
  for (const name of await readdir(secrets).catch(() => []))
    if (/\.json$|^demo\.txt$/.test(name)) await rm(join(secrets, name), { force: true })
}
