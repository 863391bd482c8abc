import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'
import { asking, seconds } from './asking.ts'

/** A database that says nothing: who waits gets a plain refusal, and the next ones go on. */

const TIMEOUT_S = 1
const SILENCE_S = 1
/** Stands between the server and the database; what is said through it can be held back. */
function middleman(target: pg.ClientConfig) {
  const pairs = new Set<[Socket, Socket]>()
  const held = new Set<[Socket, Socket]>()
  const server = createServer((near) => {
    const path = join(String(target.host), `.s.PGSQL.${target.port}`)
    const far = String(target.host).startsWith('/') ? connect(path) : connect(Number(target.port), String(target.host))
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (piece) => {
        if (!held.has(pair)) to.write(piece)
      })
      from
        .on('error', () => {})
        .on('close', () => {
          pairs.delete(pair)
          to.destroy()
        })
    }
  })
  return {
    listen: () =>
      new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port))),
    /** The connections that are open now say nothing more, in either direction, and are not closed. New ones work. */
    silence() {
      for (const pair of pairs) held.add(pair)
      return held.size
    },
    close() {
      server.close()
      for (const [near, far] of pairs) {
        near.destroy()
        far.destroy()
      }
    },
  }
}

const between: ReturnType<typeof middleman>[] = []
const house = await ownHouse({
  pool: 8,
  timeout_s: TIMEOUT_S,
  silence_s: SILENCE_S,
  through: async (connection) => {
    const one = middleman(connection)
    between.push(one)
    return { ...connection, host: '127.0.0.1', port: await one.listen() }
  },
})
const owner = await house.owner()
afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  for (const one of between) one.close()
  expect(findings).toEqual([])
})

const inject = asking(house.app, owner)

test('connections that fall silent are given up, and requests succeed again within seconds', { timeout: 60_000 }, async () => {
  await Promise.all(Array.from({ length: 16 }, (_, n) => inject('POST', '/tags', { name: `Before ${n}` })))
  expect(between[0]!.silence()).toBeGreaterThanOrEqual(8)
  const [answers, took] = await seconds(
    Promise.all(Array.from({ length: 8 }, (_, n) => inject('POST', '/tags', { name: `In ${n}` }))),
  )
  expect([...new Set(answers.map(({ statusCode }) => statusCode))]).toEqual([503])
  expect(took).toBeLessThan(TIMEOUT_S + SILENCE_S + 4)
  const [after, then] = await seconds(inject('POST', '/tags', { name: 'After' }))
  expect(after.statusCode).toBe(201)
  expect(then).toBeLessThan(2)
  expect(house.pool.totalCount).toBeLessThanOrEqual(8)
})
