import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export const freePort = () =>
  new Promise<number>((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('There is no port'))))
    })
  })

/** The JSON that an address answers, once it does; fails after a minute. */
export async function until(url: string): Promise<unknown> {
  for (let left = 120; left > 0; left--) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return answer.json()
    await pause(500)
  }
  throw new Error(`${url} did not answer within a minute`)
}
