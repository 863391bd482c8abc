import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'
import { asking, seconds } from './asking.ts'

/** A row or a table that somebody else holds: who waits for it gets a plain refusal, and the others go on. */

const house = await ownHouse({ pool: 8, timeout_s: 1 })
const owner = await house.owner()
afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  expect(findings).toEqual([])
})

const inject = asking(house.app, owner)

test('a row that somebody else holds is a 503 for who wants to change it, and nobody else waits', {
  timeout: 60_000,
}, async () => {
  const { id } = (await inject('POST', '/tags', { name: 'Held' })).json()
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query('begin')
  await client.query('select from tags where id = $1 for update', [id])
  try {
    const waiting = seconds(inject('PATCH', `/tags/${id}`, { name: 'Mine' }))
    await sleep(50)
    const [other, took] = await seconds(inject('POST', '/tags', { name: 'Other' }))
    expect([other.statusCode, took < 1]).toEqual([201, true])
    const [refused, waited] = await waiting
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(waited).toBeLessThan(8)
  } finally {
    await client.query('rollback')
    await client.end()
  }
  expect((await inject('PATCH', `/tags/${id}`, { name: 'Mine' })).statusCode).toBe(200)
})

test('a table that somebody else holds leaves readiness alone', { timeout: 60_000 }, async () => {
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query('begin')
  await client.query('lock table tags in access exclusive mode')
  try {
    const waiting = Array.from({ length: 20 }, () => inject('GET', '/tags'))
    await sleep(100)
    const [ready, took] = await seconds(house.app.inject({ url: '/readyz' }))
    expect([ready.statusCode, took < 1]).toEqual([200, true])
    for (const { statusCode } of await Promise.all(waiting)) expect(statusCode).toBe(503)
  } finally {
    await client.query('rollback')
    await client.end()
  }
  expect((await inject('GET', '/tags')).statusCode).toBe(200)
})

test('who runs into a deadlock again and again is asked to try later', async () => {
  const { id } = (await inject('POST', '/tags', { name: 'Crossed' })).json()
  const client = new pg.Client(house.connection)
  await client.connect()
  await client.query(`create function crossed() returns trigger language plpgsql as $$ begin raise exception 'crossed' using errcode = '40P01'; end $$;
    create trigger crossed before update on tags for each row execute function crossed()`)
  try {
    const refused = await inject('PATCH', `/tags/${id}`, { name: 'Uncrossed' })
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1'])
  } finally {
    await client.query('drop function crossed cascade')
    await client.end()
  }
  expect((await inject('PATCH', `/tags/${id}`, { name: 'Uncrossed' })).statusCode).toBe(200)
})
