import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import type { Storage } from '../../ports/files.ts'

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, or the address of any server that speaks S3. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly access_key_id: string
  readonly secret_access_key: string
}

/** How long the store may take to begin its answer. */
const ANSWER_MS = 30_000

/**
 * A bucket of any store that speaks S3, with the bucket in the path, as all of them understand it. What is busy (429, 5xx) or cut off
 * is tried again by the signer, up to four times with growing waits.
 */
export function s3Storage({ endpoint, region, bucket, access_key_id, secret_access_key }: S3Options): Storage {
  const client = new AwsClient({
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    region,
    service: 's3',
    retries: 4,
    initRetryMs: 100,
  })
  const at = (key: string) => `${endpoint.replace(/\/+$/, '')}/${bucket}/${key}`

  async function ask(method: string, key: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    const answer = await client.fetch(at(key), { ...init, method, signal: AbortSignal.timeout(ANSWER_MS) })
    if (answer.ok) return answer
    const reason = (await answer.text().catch(() => '')).match(/<Code>([^<]*)/)?.[1] ?? ''
    throw new Error(`The object store answered ${answer.status} ${reason} to ${method} ${key}`)
  }

  return {
    async put(key, bytes) {
      await ask('PUT', key, { body: new Uint8Array(bytes), headers: { 'content-length': String(bytes.length) } })
    },
    async putFile(key, path) {
      const { size } = await stat(path)
      const signed = await client.sign(at(key), {
        method: 'PUT',
        headers: { 'content-length': String(size), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      })
      // A stream can't be sent twice: whoever made the file tries again.
      const body = Readable.toWeb(createReadStream(path)) as ReadableStream
      const answer = await fetch(signed.url, { method: 'PUT', headers: signed.headers, body, duplex: 'half' } as RequestInit)
      if (!answer.ok) throw new Error(`The object store answered ${answer.status} to PUT ${key}`)
    },
    async get(key) {
      return Buffer.from(await (await ask('GET', key)).arrayBuffer())
    },
    async stream(key) {
      const answer = await ask('GET', key)
      const size = Number(answer.headers.get('content-length'))
      return { stream: Readable.fromWeb(answer.body as never), size }
    },
    async remove(key) {
      await ask('DELETE', key)
    },
  }
}
