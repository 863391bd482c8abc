import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { booksHold, nothingLost, underWriters } from './backups.ts'
import { ask, invoiceBy } from './process.ts'

/** Backups of a server that is being written to, as a folder, and what comes back of them on another machine. */

const writers = underWriters()
const { folder, newMachine, home, made } = writers
const path = join(folder, 'as-folder')

test('a folder made under 8 writers brings everything back elsewhere, and life goes on there', { timeout: 180_000 }, async () => {
  const before = await made(path)
  const there = newMachine({}, true)
  const { code, output } = await there.run('restore', path)
  expect(code, output).toBe(0)
  await nothingLost(there, before)
  const headers = writers.headers()
  const other = await there.start()
  const tag = (await ask(`${other.url}/v1/tags`, headers, 'POST', { name: 'There' }))!
  expect(tag.status).toBe(201)
  const [file] = await there.sql<{ id: string }>(`select id from files where name = 'written.csv' limit 1`)
  const { body } = (await ask(`${other.url}/v1/files/${file!.id}`, headers))!
  const path_ = new URL(body.url!).pathname
  expect(await fetch(`${other.url}${path_}`).then((answer) => answer.text())).toContain('written by,')
  const draft = await invoiceBy(
    async (to, what) => (await ask(`${other.url}/v1${to}`, headers, 'POST', what))!.body,
    headers['x-monite-entity-id']!,
  )
  const { body: invoice } = (await ask(`${other.url}/v1/receivables`, headers, 'POST', draft))!
  const { body: issued } = (await ask(`${other.url}/v1/receivables/${invoice.id}/issue`, headers, 'POST'))!
  expect(issued.document_id).toMatch(/^INV-\d+$/)
  await booksHold(there)
  await other.kill('SIGTERM')
})

test('a backup that is not whole, or was touched, is refused and leaves an empty database empty', {
  timeout: 120_000,
}, async () => {
  const refused = async (what: string) => {
    const there = newMachine()
    const { code, output } = await there.run('restore', path)
    expect([code, output]).toEqual([1, expect.stringContaining(what)])
    const [{ count } = { count: 0 }] = await there
      .sql<{ count: number }>('select count(*)::int as count from partners')
      .catch(() => [{ count: 0 }])
    expect(count).toBe(0)
  }
  const manifest = readFileSync(join(path, 'backup.json'), 'utf8')
  writeFileSync(join(path, 'backup.json'), manifest.replace(/("name": "tags",[^}]*"sha256": ")[0-9a-f]{8}/, '$100000000'))
  await refused('table tags is not what was written')
  writeFileSync(join(path, 'backup.json'), manifest)
  const files = readdirSync(join(path, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  rmSync(join(files[0]!.parentPath, files[0]!.name))
  await refused('is not whole')
  const taken = await home.run('backup', path)
  expect([taken.code, taken.output]).toEqual([1, expect.stringContaining('is there already')])
})
