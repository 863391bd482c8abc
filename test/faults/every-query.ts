import type { ClientBase } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'
import { fileFor, situation } from '../isolation/places.ts'
import { filled, type Owner } from '../isolation/resources.ts'
import { type Area, areaOf } from '../support/areas.ts'
import { lookAtAll } from '../support/books.ts'
import type { Body, Client } from '../support/world.ts'

/** Every operation of an area that changes something, with the database failing at its first query, its second … until it gets through. */
export async function everyQueryFails(area: Area): Promise<void> {
  const house = await ownHouse()
  const owner: Owner = await house.owner()

  afterAll(async () => {
    const findings = await house.findings()
    await house.close()
    expect(findings).toEqual([])
  })

  /**
   * Counts down with each query; the one at zero fails in the database. What opens a transaction can only fail with its connection, so
   * that is cut instead.
   */
  let left = Number.POSITIVE_INFINITY
  const FAIL = `do $$ begin raise exception 'As the test wanted' using errcode = 'XX000'; end $$`
  house.pool.on('connect', (client: ClientBase & { connection?: { stream: { destroy(): void } } }) => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = ((...args: unknown[]) => {
      if (--left !== 0) return query(...args)
      if (!String(args[0]).startsWith('begin')) return query(FAIL)
      client.connection!.stream.destroy()
      return query(...args)
    }) as never
  })
  /** Connections made before know nothing of the fault. */
  await house.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'quittance'`,
  )

  const look = await lookAtAll(house.admin)

  /**
   * Operations that are refused here whatever is sent: only companies in the United States pay in batches, nobody lends on invoices, and no
   * assistant answers. Clocks are moved in many transactions, on purpose, and keep others from moving them for a while when they are cut off; a
   * copy of an entity is committed before the transaction that holds the key of the request.
   */
  const APART =
    /^(post_(batch_payments|financing_\w+|ai_conversations_id_messages|ai_message_feedbacks\w*)|(post|delete)_x_(test_clock\w*|forks))$/
  /** Who may put an entity back is written down first, in a transaction of its own. */
  const PREPARED = /^post_x_snapshots$/

  const operations = house.app.operations
    .filter(
      ({ method, url, operation }) =>
        areaOf({ url }) === area &&
        method !== 'GET' &&
        operation.may !== 'anyone' &&
        operation.id !== 'post_auth_revoke' &&
        !APART.test(operation.id),
    )
    .map(({ method, url, operation: { id, may, status, form }, schema }) => ({
      method,
      url,
      id,
      may,
      status,
      form: form !== undefined,
      body: schema.body as Body,
    }))

  let failures = 0

  test.each(operations)('$method $url leaves no trace of a failure, and can be sent again', { timeout: 60_000 }, async (op) => {
    const { ids, body } = await situation(owner, op, 'fails')
    const as: Client = op.may === 'partner' ? owner.partner : owner.user
    const path = filled(op.url, ids)
    const form = new FormData()
    const { bytes, name } = fileFor(op)
    form.append('file', new Blob([new Uint8Array(bytes)]), name)
    form.append('file_type', 'attachments')
    const encoded = op.form && op.method !== 'DELETE' ? new Response(form) : null
    const payload = encoded ? Buffer.from(await encoded.arrayBuffer()) : body === undefined ? undefined : JSON.stringify(body)
    const type = encoded ? encoded.headers.get('content-type')! : payload === undefined ? null : 'application/json'
    const headers = {
      authorization: `Bearer ${as.token}`,
      'x-monite-entity-id': owner.entityId,
      ...(type && { 'content-type': type }),
    }
    // What is remembered about the caller is asked for once beforehand.
    await house.app.inject({
      method: 'GET',
      url: '/tags?limit=1',
      headers: { authorization: headers.authorization, 'x-monite-entity-id': owner.entityId },
    })

    const beside = PREPARED.test(op.id) ? 'restorable_entities' : ''
    const before = await look(beside)
    for (let n = 1; n < 60; n++) {
      left = n
      const answer = await house.app.inject({
        method: op.method as 'POST',
        url: path,
        headers,
        ...(payload !== undefined && { payload }),
      })
      const failed = left <= 0
      left = Number.POSITIVE_INFINITY
      if (!failed) {
        expect(answer.statusCode, answer.body).toBe(op.status)
        expect(n).toBeGreaterThan(2)
        return
      }
      failures++
      // A connection that is cut says that the database is away; any other failure is a fault of the server.
      expect([500, 503], answer.body).toContain(answer.statusCode)
      expect(JSON.parse(answer.body).error.message).toMatch(/^(Internal server error|The service is not available)/)
      expect(await look(beside), `the failure of query ${n} left something behind`).toBe(before)
    }
    throw new Error('It never got through')
  })

  test('no connection was lost on the way', () => {
    expect(house.pool.waitingCount).toBe(0)
    expect(house.pool.idleCount).toBe(house.pool.totalCount)
    console.log(`${failures} failures at every query of ${operations.length} operations`)
  })
}
