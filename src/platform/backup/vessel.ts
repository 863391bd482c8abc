import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import yazl from 'yazl'

/** Where a backup is written to: a folder, or one ZIP file. It has its name only once it is complete and flushed. */
export interface Sink {
  /** Adds a part under a name with slashes, and waits until it is taken in. */
  add(name: string, bytes: Readable): Promise<void>
  finish(): Promise<void>
  /** Removes what was written so far. */
  discard(): Promise<void>
}

/** Where a backup is read from. */
export interface Source {
  /** The names of all parts. */
  readonly names: readonly string[]
  open(name: string): Promise<Readable>
  close(): Promise<void>
}

const isZip = (path: string) => path.toLowerCase().endsWith('.zip')

/** A new backup at this path: a ZIP file if its name ends so, else a folder. Refuses a path that is taken. */
export async function createSink(path: string): Promise<Sink> {
  const taken = await stat(path).catch(() => null)
  if (taken && !(taken.isDirectory() && (await readdir(path)).length === 0))
    throw new Error(`${path} is there already. Name a new file or folder`)
  await mkdir(dirname(path), { recursive: true })
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  await rm(draft, { recursive: true, force: true })
  return isZip(path) ? zipSink(path, draft) : folderSink(path, draft)
}

async function flush(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

/** Gives the finished draft its name, on the disk too. */
async function settle(draft: string, path: string): Promise<void> {
  await rename(draft, path)
  if (process.platform !== 'win32') await flush(dirname(path))
}

function zipSink(path: string, draft: string): Sink {
  const zip = new yazl.ZipFile()
  const written = pipeline(zip.outputStream, createWriteStream(draft, { mode: 0o600 }))
  written.catch(() => {})
  return {
    add: (name, bytes) =>
      Promise.race([
        new Promise<void>((done, failed) => {
          bytes.on('end', done).on('error', failed)
          // What comes is compressed already, or does not get smaller.
          zip.addReadStream(bytes, name, { compress: false, mode: 0o100600 })
        }),
        written.then(() => {
          throw new Error('The file was closed too early')
        }),
      ]),
    async finish() {
      zip.end()
      await written
      await flush(draft)
      await settle(draft, path)
    },
    discard: () => rm(draft, { force: true }),
  }
}

function folderSink(path: string, draft: string): Sink {
  return {
    async add(name, bytes) {
      const file = join(draft, ...name.split('/'))
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await pipeline(bytes, createWriteStream(file, { mode: 0o600, flush: true }))
    },
    async finish() {
      await rm(path, { recursive: true, force: true })
      await settle(draft, path)
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  }
}

/** Opens what `createSink` made. */
export async function openSource(path: string): Promise<Source> {
  const there = await stat(path).catch(() => null)
  if (!there) throw new Error(`There is nothing at ${path}`)
  return there.isDirectory() ? folderSource(path) : zipSource(path)
}

async function folderSource(path: string): Promise<Source> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return { names, open: async (name) => createReadStream(join(path, ...name.split('/'))), close: async () => {} }
}

async function zipSource(path: string): Promise<Source> {
  const zip = await new Promise<yauzl.ZipFile>((done, failed) =>
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? failed(new Error(`${path} is not a whole backup: ${error.message}`)) : done(file!),
    ),
  )
  const entries = new Map<string, yauzl.Entry>()
  await new Promise<void>((done, failed) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry)
      zip.readEntry()
    })
    zip.on('end', done).on('error', failed)
    zip.readEntry()
  })
  return {
    names: [...entries.keys()],
    open: (name) =>
      new Promise((done, failed) =>
        zip.openReadStream(entries.get(name)!, (error, stream) => (error ? failed(error) : done(stream!))),
      ),
    close: async () => zip.close(),
  }
}

/** All bytes of a part. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

export const textOf = (text: string): Readable => Readable.from([Buffer.from(text)])
