import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closedFolder, PRIVATE_FILE } from '../files/private.ts'
import { once } from '../once.ts'

/**
 * Credentials of other systems lie in the database sealed (AES-256-GCM), by a key that is not in the database: whoever gets hold of a
 * backup has nothing of them. A sealed text belongs to what it was sealed for (`about`), and opens nowhere else.
 */
export interface Sealing {
  seal(text: string, about: string): Buffer
  /** The same of a file. */
  sealBytes(bytes: Buffer, about: string): Buffer
  openBytes(sealed: Buffer, about: string): Buffer
  /** Throws when the text was sealed by a key that is not here, for something else, or was changed. */
  open(sealed: Buffer, about: string): string
  /** Whether the first key sealed it. If not, it is to be sealed anew before the older key is taken away. */
  isCurrent(sealed: Buffer): boolean
  /** Which key seals, without telling anything of it. */
  readonly mark: Buffer
  /** Whether a key of this mark is here. */
  knows(mark: Buffer): boolean
}

const VERSION = 1
const KEY = 32
const MARK = 8
const NONCE = 12
const TAG = 16
const HEAD = 1 + MARK + NONCE + TAG

/** Which key it is, without telling anything of it. */
const markOf = (key: Buffer) => createHash('sha256').update('quittance sealing key').update(key).digest().subarray(0, MARK)

/** Seals by the first key, and opens what any of them sealed. */
export function sealingBy(keys: readonly Buffer[]): Sealing {
  const [first] = keys
  if (!first) throw new Error('There is no key to seal with')
  const marked = keys.map((key) => ({ key, mark: markOf(key) }))
  const keyOf = (sealed: Buffer) => {
    const mark = sealed.subarray(1, 1 + MARK)
    const found = sealed[0] === VERSION && sealed.length >= HEAD ? marked.find((one) => one.mark.equals(mark)) : undefined
    if (!found) throw new Error('This was sealed by a key that is not among SECRETS_KEY')
    return found.key
  }
  const sealBytes = (bytes: Buffer, about: string) => {
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', first, nonce, { authTagLength: TAG }).setAAD(Buffer.from(about))
    const body = Buffer.concat([cipher.update(bytes), cipher.final()])
    return Buffer.concat([Buffer.of(VERSION), markOf(first), nonce, cipher.getAuthTag(), body])
  }
  const openBytes = (sealed: Buffer, about: string) => {
    const nonce = sealed.subarray(1 + MARK, 1 + MARK + NONCE)
    const decipher = createDecipheriv('aes-256-gcm', keyOf(sealed), nonce, { authTagLength: TAG }).setAAD(Buffer.from(about))
    decipher.setAuthTag(sealed.subarray(HEAD - TAG, HEAD))
    return Buffer.concat([decipher.update(sealed.subarray(HEAD)), decipher.final()])
  }
  return {
    sealBytes,
    openBytes,
    seal: (text, about) => sealBytes(Buffer.from(text), about),
    open: (sealed, about) => openBytes(sealed, about).toString('utf8'),
    isCurrent: (sealed) => keyOf(sealed) === first,
    mark: markOf(first),
    knows: (mark) => marked.some((one) => one.mark.equals(mark)),
  }
}

/** The keys of a setting: 32 bytes each, base64, separated by commas; the first one seals. */
export function keysIn(setting: string): Buffer[] {
  return setting
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
    .map((key) => {
      const bytes = Buffer.from(key, 'base64')
      if (bytes.length !== KEY)
        throw new Error(`Configuration: SECRETS_KEY takes keys of ${KEY} bytes in base64, e.g. from: openssl rand -base64 ${KEY}`)
      return bytes
    })
}

/** The key in the data folder, made when it is asked for first. Two processes that start at once end with the same one. */
async function keyInFolder(data_dir: string): Promise<Buffer> {
  const path = join(await closedFolder(join(data_dir, 'secrets')), 'sealing.key')
  const made = await open(path, 'wx', PRIVATE_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    return null
  })
  if (made) {
    await made.writeFile(`${randomBytes(KEY).toString('base64')}\n`)
    await made.sync()
    await made.close()
  }
  // Whoever came second may read before the first has written.
  for (let attempt = 0; attempt < 50; attempt++) {
    const [key] = keysIn(await readFile(path, 'utf8'))
    if (key) return key
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`${path} holds no key`)
}

/** Seals by the keys of the settings; without them, by one that lies in the data folder. */
export function sealingOf({ secrets_key, data_dir }: { secrets_key: string; data_dir: string }): () => Promise<Sealing> {
  const keys = keysIn(secrets_key)
  return once(async () => sealingBy(keys.length > 0 ? keys : [await keyInFolder(data_dir)]))
}
