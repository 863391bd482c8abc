import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { audit } from '../../src/modules/audit/audit.ts'
import { createPartner } from '../../src/platform/auth/clients.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createPool } from '../../src/platform/database/pool.ts'
import { assemble, closeMachinery } from '../../src/server.ts'
import type { Owner } from '../isolation/resources.ts'
import { createChecks } from '../support/contract.ts'
import { freshDatabase } from '../support/database.ts'
import { dns } from '../support/dns.ts'
import { testLog } from '../support/log.ts'
import { client, type House, organization, permissions } from '../support/world.ts'

interface HouseOptions {
  readonly pool?: number
  readonly timeout_s?: number
  readonly silence_s?: number
  /** Where the server finds the database, if something stands between them. */
  readonly through?: (connection: pg.ClientConfig) => Promise<pg.ClientConfig>
}

/** A server over a database of the suite's own, where triggers can be installed and everything can be counted. */
export async function ownHouse({ pool: max = 20, timeout_s, silence_s, through = async (same) => same }: HouseOptions = {}) {
  const database = await freshDatabase()
  const config = readConfig(
    {},
    {
      data_dir: mkdtempSync(join(tmpdir(), 'quittance-files-')),
      rate_limit: 0,
      payments_sandbox: 'on',
      audit_log_reads: true,
      webhooks_allow_private: true,
    },
  )
  const pool = createPool(await through(database.connection), { max, timeout_s, silence_s })
  const health = createPool(database.connection, { max: 1, timeout_s })
  const assembled = await assemble({ config, log: testLog(), pool, health, resolver: dns })
  assembled.app.auditLog.hold()
  await assembled.app.ready()
  const house = { ...assembled, clock: null, check: await createChecks(assembled.app) } as unknown as House
  const admin = new pg.Client(database.connection)
  admin.on('error', () => {})
  await admin.connect()
  let count = 0

  async function token(grant: object): Promise<string> {
    const { body, status } = await client(house, '').post('/auth/token', grant)
    if (status !== 200) throw new Error(`No token: ${JSON.stringify(body)}`)
    return body.access_token
  }

  return {
    ...assembled,
    pool,
    connection: database.connection,
    admin,
    /** Asks the database itself, past all walls. */
    sql: <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
      admin.query(text, values).then(({ rows }) => rows as Row[]),
    /** A new partner with one entity, and a user in it who may do everything. */
    async owner(): Promise<Owner & { partnerId: string }> {
      const { client_id, client_secret, partner_id } = await createPartner(assembled.machinery.db, `Partner ${++count}`)
      const credentials = { client_id, client_secret }
      const partnerToken = await token({ grant_type: 'client_credentials', ...credentials })
      const { body: entity } = await client(house, partnerToken).post('/entities', organization)
      const partner = client(house, partnerToken, { entityId: entity.id })
      const { body: role } = await partner.post('/roles', { name: 'All', permissions: permissions() })
      const { body: user } = await partner.post('/entity_users', {
        login: `user ${count}`,
        first_name: 'Ada',
        last_name: 'Lovelace',
        role_id: role.id,
      })
      const userToken = await token({ grant_type: 'entity_user', entity_user_id: user.id, ...credentials })
      return {
        entityId: entity.id,
        partnerId: partner_id,
        partner,
        user: client(house, userToken, { entityId: entity.id, userId: user.id }),
        sql: (text, values) => admin.query(text, values).then(({ rows }) => rows),
      }
    },
    /** What the audit finds in the whole database. */
    findings: async () => (await audit(assembled.machinery.db)).filter(({ rows }) => rows.length > 0),
    async close() {
      await assembled.app.close()
      await closeMachinery(assembled.machinery)
      await admin.end()
      await Promise.all([pool.end(), health.end()])
      await database.drop()
    },
  }
}
export type OwnHouse = Awaited<ReturnType<typeof ownHouse>>
