import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits as text: for tokens, client secrets and link keys. Nobody can guess them, so a plain hash protects them. */
export const randomSecret = () => randomBytes(32).toString('base64url')

export const sha256 = (text: string) => createHash('sha256').update(text).digest()

/** Compares two texts in a time that does not depend on where they differ. */
export const sameBytes = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)

/** Whether an `Authorization` header bears this secret. */
export const bears = (header: string | undefined, secret: string): boolean =>
  sameBytes(sha256(/^bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? ''), sha256(secret))
