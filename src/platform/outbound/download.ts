import { lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { failedDependency, misdirected, tooLarge } from '../../core/refusal.ts'
import { parseUrl } from '../url.ts'
import { guarded, NotPublic, type Resolve, refuseUrl } from './outbound.ts'

interface Bounds {
  readonly max_bytes: number
  readonly allowPrivate: boolean
  readonly timeout_ms?: number
  readonly resolve?: Resolve
}

const TOTAL_MS = 20_000
const REDIRECTS_MAX = 3

/**
 * Fetches a file from an address that a caller named, by http or https. Each redirect is looked at like the address itself. A host that may
 * not be called is a 421, more bytes than allowed a 413, anything else than the file within 20 s a 424.
 */
export async function download(target: string, bounds: Bounds): Promise<Buffer> {
  const file = await downloadIfThere(target, bounds)
  if (!file) throw failedDependency('The file could not be downloaded: its server says that it is not there')
  return file
}

/** The same; null where the server says that there is no such file (404, 410). */
export async function downloadIfThere(target: string, bounds: Bounds): Promise<Buffer | null> {
  const deadline = performance.now() + (bounds.timeout_ms ?? TOTAL_MS)
  let url = target
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answer = await get(allowed(url, bounds), bounds, Math.max(1, deadline - performance.now()))
    if (answer === null || Buffer.isBuffer(answer)) return answer
    url = answer.location
  }
  throw failedDependency(`The file could not be downloaded: more than ${REDIRECTS_MAX} redirects`)
}

/** The URL, unless it may not be called. A file may also come by http, which webhooks may not. */
function allowed(target: string, { allowPrivate }: Bounds): URL {
  const url = parseUrl(target)
  if (!url) throw misdirected('The URL is not valid')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw misdirected('The URL must begin with http:// or https://')
  const refused = refuseUrl(url.href.replace(/^http:/, 'https:'), allowPrivate)
  if (refused) throw misdirected(refused)
  return url
}

function get(url: URL, { allowPrivate, max_bytes, resolve: resolveName = lookup }: Bounds, timeout_ms: number) {
  const client = url.protocol === 'https:' ? https : http
  return new Promise<Buffer | { location: string } | null>((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(total)
      request.destroy()
      settle()
    }
    const fail = (why: string) => end(() => reject(failedDependency(`The file could not be downloaded: ${why}`)))
    const request = client.request(url, {
      headers: { 'user-agent': 'Quittance', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
      agent: false,
      ...(!allowPrivate && { lookup: guarded(resolveName) }),
    })
    const total = setTimeout(() => fail('it took too long'), timeout_ms)
    request.on('error', (error) =>
      error instanceof NotPublic ? end(() => reject(misdirected(error.message))) : fail('its server can not be reached'),
    )
    request.on('response', (response) => {
      const { statusCode = 0, headers } = response
      const next = [301, 302, 303, 307, 308].includes(statusCode) && headers.location && parseUrl(headers.location, url.href)
      if (next) return end(() => resolve({ location: next.href }))
      if (statusCode === 404 || statusCode === 410) return end(() => resolve(null))
      if (statusCode !== 200) return fail(`its server answers ${statusCode}`)
      const full = () => end(() => reject(tooLarge('The file is too large')))
      if (Number(headers['content-length'] ?? 0) > max_bytes) return full()
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > max_bytes) return full()
        chunks.push(chunk)
      })
      response.on('end', () => end(() => resolve(Buffer.concat(chunks))))
      response.on('error', () => fail('its server broke off'))
      response.on('aborted', () => fail('its server broke off'))
    })
    request.end()
  })
}
