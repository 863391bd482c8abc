import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { organization } from '../support/world.ts'
import { ask, machine, signIn } from './process.ts'

/** A disk that fills up under a running server, and has room again later. Needs root on Linux, for a small disk of its own. */

const disk = mkdtempSync(join(tmpdir(), 'quittance-disk-'))
const mounted = mount()
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const home = mounted ? machine({}, { folder: join(disk, 'data'), bare: true }) : null
if (!mounted) console.log('skipped: no small disk can be mounted here')

afterAll(async () => {
  await home?.remove()
  if (mounted) execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
}, 60_000)

test.runIf(mounted)(
  'a full disk refuses writes plainly, loses nothing that was acknowledged, and is left behind without a hand',
  {
    timeout: 180_000,
  },
  async () => {
    const server = await home!.start()
    const headers = await signIn(server)
    const { body: entity } = (await ask(`${server.url}/v1/entities`, headers, 'POST', organization))!
    headers['x-monite-entity-id'] = entity.id!

    const ballast = join(disk, 'ballast')
    const acknowledged: string[] = []
    const statuses = new Set<number>()
    let n = 0
    const write = async () => {
      const answer = await ask(`${server.url}/v1/tags`, headers, 'POST', {
        name: `${++n} ${'x'.repeat(200)}`,
        description: 'y'.repeat(250),
      })
      statuses.add(answer?.status ?? 0)
      if (answer?.status === 201) acknowledged.push(answer.body.id!)
      return answer?.status
    }
    /** Takes what is free, but for so many MB. */
    const fill = (left_mb: number) => {
      const { bavail, bsize } = statfsSync(disk)
      const bytes = bavail * bsize - left_mb * 1_048_576
      try {
        if (bytes > 0) writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' })
      } catch {
        // Somebody else was quicker: it is full all the same.
      }
    }
    const writeUntil = async (enough: () => boolean | Promise<boolean>) => {
      for (let i = 0; i < 300 && !(await enough()); i++) await Promise.all(Array.from({ length: 20 }, write))
      expect(await enough()).toBe(true)
    }
    const comesBack = async () => {
      rmSync(ballast)
      await expect.poll(write, { timeout: 60_000, interval: 500 }).toBe(201)
    }

    for (let i = 0; i < 20; i++) await write()
    // There is no room for the tables.
    await writeUntil(() => {
      fill(0)
      return statuses.has(507)
    })
    await comesBack()
    // There is room for the tables, but not for the next piece of the log that all of it rests on: PostgreSQL gives up altogether.
    await writeUntil(async () => {
      fill(4)
      await home!.sql('select pg_switch_wal()').catch(() => {})
      return statuses.has(503)
    })
    await comesBack()
    expect([...statuses].filter((status) => ![201, 503, 507].includes(status))).toEqual([])
    const there = new Set((await home!.sql<{ id: string }>('select id from tags')).map(({ id }) => id))
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
    const { code, output } = await home!.run('audit')
    expect(code, output).toBe(0)
    await server.kill('SIGTERM')
    console.log(`a full disk: ${acknowledged.length} of ${n} acknowledged and kept; answers: ${[...statuses].join(', ')}`)
  },
)
