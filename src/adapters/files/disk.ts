import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../platform/files/private.ts'
import type { Storage } from '../../ports/files.ts'

/** A name is on the disk once its folder is, and a folder once the one above it is: up to `top`. Windows flushes no folders. */
async function flushNames(folder: string, top: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
  if (folder !== top) await flushNames(dirname(folder), top)
}

/** The local disk. A file appears whole or not at all: it is written beside its place, flushed, then moved there. */
export function diskStorage(folder: string): Storage {
  const root = resolve(folder)
  const at = (key: string) => {
    const path = resolve(root, key)
    if (!path.startsWith(root + sep)) throw new Error(`${key} leads out of the storage`)
    return path
  }
  async function place(key: string, fill: (draft: string) => Promise<void>) {
    const path = at(key)
    const made = await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
    const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}`)
    try {
      await fill(draft)
      await rename(draft, path)
      await flushNames(dirname(path), made ? dirname(made) : dirname(path))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }
  return {
    put: (key, bytes) =>
      place(key, async (draft) => {
        const file = await open(draft, 'wx', PRIVATE_FILE)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
      }),
    putFile: (key, path) =>
      place(key, async (draft) => {
        await copyFile(path, draft)
        await chmod(draft, PRIVATE_FILE)
        const file = await open(draft, 'r+')
        try {
          await file.sync()
        } finally {
          await file.close()
        }
      }),
    get: (key) => readFile(at(key)),
    async stream(key) {
      const { size } = await stat(at(key))
      return { stream: createReadStream(at(key)), size }
    },
    remove: (key) => rm(at(key), { force: true }),
  }
}
