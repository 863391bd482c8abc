import { afterAll, expect, test } from 'vitest'
import { ask, machine } from './process.ts'

/** Several processes over one data folder: whoever ends, the others go on, and the last one ends the database. */

const machines: ReturnType<typeof machine>[] = []
afterAll(async () => {
  for (const one of machines) await one.remove()
}, 60_000)

function newMachine(settings: Record<string, string> = {}, bare = false) {
  const one = machine(settings, { bare })
  machines.push(one)
  return one
}

test('of two servers over one folder either may end first: the other one goes on, and the last one ends the database', {
  timeout: 120_000,
}, async () => {
  const home = newMachine()
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const servers = [await home.start(), await home.start()]
    const [first, last] = order.map((n) => servers[n]!)
    const database = home.databasePid()
    expect(database).toBeDefined()
    expect((await home.run('audit')).code).toBe(0)
    await first!.kill('SIGTERM')
    expect(home.databasePid()).toBe(database)
    expect((await ask(`${last!.url}/readyz`, {}))!.status).toBe(200)
    await last!.kill('SIGTERM')
    expect(home.databasePid()).toBeUndefined()
  }
})

test('a server whose neighbour was killed still ends the database when it goes', { timeout: 60_000 }, async () => {
  const home = newMachine()
  const killed = await home.start()
  const other = await home.start()
  await killed.kill('SIGKILL')
  await other.kill('SIGTERM')
  expect(home.databasePid()).toBeUndefined()
})

test('a first `work` makes the tables, and a server beside it finds them', { timeout: 60_000 }, async () => {
  const home = newMachine({ LOG_LEVEL: 'info' }, true)
  const worker = home.spawn('work')
  const ended = new Promise<number | null>((done) => worker.on('exit', done))
  let output = ''
  for (const stream of [worker.stdout!, worker.stderr!]) stream.on('data', (piece) => (output += piece))
  await expect.poll(() => output, { timeout: 30_000 }).toContain('working')
  const server = await home.start()
  expect((await ask(`${server.url}/readyz`, {}))!.status).toBe(200)
  worker.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect((await ask(`${server.url}/readyz`, {}))!.status).toBe(200)
  await server.kill('SIGTERM')
  expect(home.databasePid()).toBeUndefined()
})

test('a database that was stopped by somebody else comes back while a server runs', { timeout: 60_000 }, async () => {
  const home = newMachine()
  const server = await home.start()
  await home.stopDatabase('fast')
  await expect.poll(async () => (await ask(`${server.url}/readyz`, {}))?.status, { timeout: 20_000 }).toBe(200)
  await server.kill('SIGTERM')
})
