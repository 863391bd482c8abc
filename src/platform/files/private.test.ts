import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskStorage } from '../../adapters/files/disk.ts'
import { closeBelow, closedFolder, keepSecret, makeDataFolder } from './private.ts'

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe.skipIf(process.platform === 'win32')('what lies on the disk is for the user of the server alone', () => {
  let folder: string
  let umask: number
  beforeEach(async () => {
    umask = process.umask(0)
    folder = await mkdtemp(join(tmpdir(), 'quittance-private-'))
  })
  afterEach(async () => {
    process.umask(umask)
    await rm(folder, { recursive: true })
  })

  test('files of the storage, however they come in, and all folders above them', async () => {
    const storage = diskStorage(join(folder, 'files'))
    const source = join(folder, 'open to all')
    await writeFile(source, 'A', { mode: 0o666 })
    await storage.put('ab/cd/one', Buffer.from('A'))
    await storage.putFile('ab/ef/two', source)
    for (const path of ['files', 'files/ab', 'files/ab/cd', 'files/ab/ef'])
      expect([path, await modeOf(join(folder, path))]).toEqual([path, '700'])
    for (const path of ['files/ab/cd/one', 'files/ab/ef/two'])
      expect([path, await modeOf(join(folder, path))]).toEqual([path, '600'])
  })

  test('those of an earlier version, once they are found', async () => {
    const files = join(folder, 'files')
    await mkdir(join(files, 'ab', 'cd'), { recursive: true, mode: 0o755 })
    await writeFile(join(files, 'ab', 'cd', 'one'), 'A', { mode: 0o644 })
    await writeFile(join(files, 'two'), 'A', { mode: 0o644 })
    await closeBelow(await closedFolder(files))
    for (const path of ['', 'ab', 'ab/cd']) expect([path, await modeOf(join(files, path))]).toEqual([path, '700'])
    for (const path of ['two', 'ab/cd/one']) expect([path, await modeOf(join(files, path))]).toEqual([path, '600'])
    // What was closed is not gone through again: a server with a million files starts as fast as one with none.
    await chmod(join(files, 'ab', 'cd', 'one'), 0o644)
    await closeBelow(files)
    expect(await modeOf(join(files, 'ab', 'cd', 'one'))).toBe('644')
  })

  test('the data folder when it is made, but not one that was there', async () => {
    await makeDataFolder(join(folder, 'new'), false)
    await makeDataFolder(join(folder, 'passable'), true)
    await chmod(folder, 0o755)
    await makeDataFolder(folder, false)
    expect(await Promise.all(['new', 'passable', ''].map((name) => modeOf(join(folder, name))))).toEqual(['700', '711', '755'])
  })

  test('secrets, which are never written over', async () => {
    const path = await keepSecret(folder, 'a.json', 'secret')
    expect([await readFile(path, 'utf8'), await modeOf(path), await modeOf(join(folder, 'secrets'))]).toEqual([
      'secret',
      '600',
      '700',
    ])
    await expect(keepSecret(folder, 'a.json', 'other')).rejects.toThrow('EEXIST')
    expect(await readFile(path, 'utf8')).toBe('secret')
    await chmod(join(folder, 'secrets'), 0o755)
    await keepSecret(folder, 'b.json', 'secret')
    expect(await modeOf(join(folder, 'secrets'))).toBe('700')
  })
})
