import { randomBytes } from 'node:crypto'

/** A new key: spread over folders, and nothing about the owner or the name in it. */
export function storageKey(): string {
  const id = randomBytes(16).toString('hex')
  return `${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`
}

/** Where a picture of a file lies: beside the file, under a name that a second attempt writes again. */
export const pictureKey = (storage_key: string, name: string) => `${storage_key}.${name}`
