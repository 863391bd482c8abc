import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { organization, VERSION } from '../support/world.ts'
import { ask, invoiceBy, machine, type Server, signIn } from './process.ts'

/** A server that 8 writers write to for as long as the tests of a file run, and machines that its backups are brought to. */
export function underWriters() {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-backups-'))
  const machines: ReturnType<typeof machine>[] = []
  const newMachine = (settings: Record<string, string> = {}, bare = false) => {
    const one = machine(settings, { bare })
    machines.push(one)
    return one
  }
  const home = newMachine()
  let server: Server
  let headers: Record<string, string>
  const acknowledged: string[] = []
  let writing = true
  /** Between two backups nothing is written, as it would only take the time of what is tested. */
  let resting = false
  let writers: Promise<unknown>

  const send = async (path: string, body?: unknown): Promise<Record<string, string>> => {
    const answer = await ask(`${server.url}/v1${path}`, headers, 'POST', body)
    if (!answer || answer.status >= 300) throw new Error(`${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
    return answer.body
  }
  async function upload(text: string): Promise<string> {
    const form = new FormData()
    // A table, of which the server draws no pictures: they would take the processor's time from what is tested.
    form.append('file', new Blob([`written by,${text}`], { type: 'text/csv' }), 'written.csv')
    form.append('file_type', 'attachments')
    const answer = await fetch(`${server.url}/v1/files`, {
      method: 'POST',
      headers: { 'x-monite-version': VERSION, ...headers },
      body: form,
    })
    expect(answer.status).toBe(201)
    return ((await answer.json()) as { id: string }).id
  }

  beforeAll(async () => {
    server = await home.start()
    headers = await signIn(server)
    headers['x-monite-entity-id'] = (await send('/entities', organization)).id!
    const draft = await invoiceBy(send, headers['x-monite-entity-id'])
    const write = async (writer: number) => {
      for (let n = 0; writing; n++) {
        await sleep(80)
        if (resting) continue
        if (n % 5 === 4) acknowledged.push(await upload(`${writer} ${n}`))
        else if (n % 5 === 0) {
          const { id } = await send('/receivables', draft)
          await send(`/receivables/${id}/issue`)
          acknowledged.push(id!)
        } else acknowledged.push((await send('/tags', { name: `${writer} ${n} ${Math.random()}` })).id!)
      }
    }
    writers = Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
    while (acknowledged.length < 60) await Promise.race([sleep(50), writers])
    resting = true
  }, 120_000)

  afterAll(async () => {
    writing = false
    await writers
    await server?.kill('SIGTERM')
    for (const one of machines) await one.remove()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  /** Makes a backup under the writers; answers what was acknowledged before it began. */
  async function made(path: string): Promise<string[]> {
    resting = false
    const many = acknowledged.length + 20
    while (writing && acknowledged.length < many) await Promise.race([sleep(20), writers])
    const before = [...acknowledged]
    const { code, output } = await home.run('backup', path)
    resting = true
    expect(code, output).toBe(0)
    expect(output).toMatch(/\d+ rows of \d+ tables and \d+ files/)
    return before
  }

  return { folder, newMachine, home, made, headers: () => headers }
}

/** Whether a database has all that was acknowledged before its backup began. */
export async function nothingLost(there: Pick<ReturnType<typeof machine>, 'sql'>, before: string[]) {
  const rows = await there.sql<{ id: string }>(
    'select id from tags union all select id from receivables union all select id from files',
  )
  const ids = new Set(rows.map(({ id }) => id))
  expect(before.filter((id) => !ids.has(id))).toEqual([])
  // What comes next does not take the number of a job that was waiting.
  const NEXT = 'select is_called and last_value >= (select coalesce(max(id), 0) from jobs) as is_free from jobs_id_seq'
  expect(await there.sql(NEXT)).toEqual([{ is_free: true }])
}
export async function booksHold(there: ReturnType<typeof machine>) {
  const { code, output } = await there.run('audit')
  expect(code, output).toBe(0)
}
