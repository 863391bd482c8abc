import type { Readable } from 'node:stream'

/** Where the bytes of files lie. Keys are made by us, never by a caller. */
export interface Storage {
  put(key: string, bytes: Buffer): Promise<void>
  /** Takes in a file of this machine, however large; the file itself stays where it is. */
  putFile(key: string, path: string): Promise<void>
  get(key: string): Promise<Buffer>
  stream(key: string): Promise<{ stream: Readable; size: number }>
  remove(key: string): Promise<void>
}
