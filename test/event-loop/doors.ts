import { afterAll, expect } from 'vitest'
import type { Owner } from '../isolation/resources.ts'
import { house, world } from '../support/world.ts'
import { longestBlock } from './watch.ts'

const BLOCK_MS = 200

interface Asked {
  readonly method?: 'POST' | 'PUT'
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer
}

/** Requests that are no JSON, of an owner: how long the thread is busy with each is held against a limit, and said at the end. */
export async function doors() {
  const { app } = await house()
  const own = await world()
  const berlin: Owner = { user: own.berlin, entityId: own.berlin.entityId!, partner: own.partnerIn(own.berlin.entityId!) }
  const seen: string[] = []

  async function hold(about: string, asked: Asked): Promise<number> {
    let status = 0
    const measure = () =>
      longestBlock(async () => {
        status = (await app.inject(asked)).statusCode
      })
    let blocked_ms = await measure()
    for (let again = 0; blocked_ms > BLOCK_MS && again < 3; again++) blocked_ms = Math.min(blocked_ms, await measure())
    seen.push(`${blocked_ms.toFixed(0).padStart(4)} ms  ${about} → ${status}`)
    expect(blocked_ms, about).toBeLessThan(BLOCK_MS)
    expect(status, about).toBeLessThan(500)
    // What a process of its own reads is read in its time.
    expect(status, about).not.toBe(429)
    return status
  }

  afterAll(() => {
    const slowest = seen.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10)).slice(0, 10)
    console.log(`${seen.length} requests; the thread was busy longest with:\n${slowest.join('\n')}`)
  })

  return { app, own, berlin, hold }
}

export const repeated = (piece: string, length: number) => piece.repeat(Math.floor(length / piece.length))
