import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storageKey } from '../../platform/files/keys.ts'
import type { Storage } from '../../ports/files.ts'
import { diskStorage } from './disk.ts'
import { s3Storage } from './s3.ts'

const folder = mkdtempSync(join(tmpdir(), 'quittance-storage-'))
const KEYS = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const objects = new Map<string, Buffer>()
let busy = 0
let endpoint = ''

const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()

/** The signature that a request should carry (AWS Signature Version 4), computed from the specification, not by our signer. */
function signatureOf(request: http.IncomingMessage): string {
  const { headers } = request
  const [, scope = '', signed = ''] = headers.authorization!.match(/Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/) ?? []
  const canonical = [
    request.method,
    request.url,
    '',
    ...signed.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    signed,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n')
  const [date, region, service, end] = scope.split('/') as [string, string, string, string]
  const key = [region, service, end].reduce<Buffer>((k, part) => hmac(k, part), hmac(`AWS4${KEYS.secret_access_key}`, date))
  return hmac(key, text).toString('hex')
}

/** As much of an object store as we use; it checks each signature. */
const store = http.createServer(async (request, response) => {
  const refuse = (status: number, code: string) => response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`)
  const body = await buffer(request)
  if (!request.headers.authorization?.endsWith(`Signature=${signatureOf(request)}`)) return refuse(403, 'SignatureDoesNotMatch')
  if (!request.url!.startsWith('/files/')) return refuse(404, 'NoSuchBucket')
  if (busy-- > 0) return refuse(503, 'SlowDown')
  if (request.method === 'PUT') {
    if (request.headers['content-length'] === undefined) return refuse(411, 'MissingContentLength')
    objects.set(request.url!, body)
    return response.end()
  }
  if (request.method === 'DELETE') {
    objects.delete(request.url!)
    return response.writeHead(204).end()
  }
  const object = objects.get(request.url!)
  if (!object) return refuse(404, 'NoSuchKey')
  response.writeHead(200, { 'content-length': object.length }).end(object)
})
beforeAll(async () => {
  await new Promise<void>((done) => store.listen(0, '127.0.0.1', done))
  endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const s3 = (changes: object = {}) => s3Storage({ endpoint, region: 'eu-central-1', bucket: 'files', ...KEYS, ...changes })

describe.each<[string, () => Storage]>([
  ['the local disk', () => diskStorage(join(folder, 'disk'))],
  ['an object store', () => s3()],
])('%s', (_name, open) => {
  test('gives back the bytes it got, whole or as a stream, until they are removed', async () => {
    const storage = open()
    for (const bytes of [Buffer.alloc(0), Buffer.from('Grüße'), randomBytes(3_000_000)]) {
      const key = storageKey()
      await storage.put(key, bytes)
      expect((await storage.get(key)).equals(bytes)).toBe(true)
      const { stream, size } = await storage.stream(key)
      expect(size).toBe(bytes.length)
      expect((await buffer(stream)).equals(bytes)).toBe(true)
      await storage.put(key, Buffer.from('again'))
      expect((await storage.get(key)).toString()).toBe('again')
      await storage.remove(key)
      await expect(storage.get(key)).rejects.toThrow()
      await expect(storage.stream(key)).rejects.toThrow()
      await storage.remove(key)
    }
  })

  test('takes in a file and leaves it where it is', async () => {
    const storage = open()
    const bytes = randomBytes(5_000_000)
    const path = join(folder, 'export.zip')
    writeFileSync(path, bytes)
    const key = storageKey()
    await storage.putFile(key, path)
    expect((await storage.get(key)).equals(bytes)).toBe(true)
    expect(readdirSync(folder)).toContain('export.zip')
    await expect(storage.putFile(storageKey(), join(folder, 'missing'))).rejects.toThrow()
  })
})

test('the local disk keeps to its folder', async () => {
  const storage = diskStorage(join(folder, 'walled'))
  for (const key of ['../outside', '/etc/passwd', 'a/../../outside'])
    await expect(storage.put(key, Buffer.from('x'))).rejects.toThrow(/leads out/)
})

test('an object store that is busy is asked again, one that refuses is quoted', async () => {
  busy = 3
  const key = storageKey()
  await s3().put(key, Buffer.from('x'))
  expect(objects.get(`/files/${key}`)?.toString()).toBe('x')
  await expect(s3({ secret_access_key: 'wrong' }).put(key, Buffer.from('y'))).rejects.toThrow(/403 SignatureDoesNotMatch/)
  await expect(s3({ bucket: 'missing' }).get(key)).rejects.toThrow(/404 NoSuchBucket/)
  expect(objects.get(`/files/${key}`)?.toString()).toBe('x')
})
