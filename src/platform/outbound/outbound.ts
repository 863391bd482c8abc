import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { parseUrl } from '../url.ts'

/** Addresses inside the house: this machine, its networks, and what cloud providers hide there (IANA's special-purpose registries). */
const inside = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // The address at which Azure's machines find their host.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inside.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  inside.addSubnet(net, bits, 'ipv6')

/** The part of IPv6 that is routed on the internet; everything else is local, reserved, or IPv4 in other clothes. */
const internet6 = new BlockList()
internet6.addSubnet('2000::', 3, 'ipv6')

/** Whether an address may be called. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !inside.check(address, 'ipv4')
  return family === 6 && internet6.check(address, 'ipv6') && !inside.check(address, 'ipv6')
}

/** Why this URL may not be called, or null. The address behind its name is checked again when it is called. */
export function refuseUrl(text: string, allowPrivate: boolean): string | null {
  const url = parseUrl(text)
  if (!url) return 'The URL is not valid'
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'The URL must begin with https://'
  if (url.username || url.password) return 'The URL may not hold a user name or password'
  if (allowPrivate) return null
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '')
  if (isIP(host) ? !isPublicAddress(host) : LOCAL_NAME.test(host) || !host.includes('.'))
    return 'The URL must lead to a public address'
  return null
}

/** Names that never belong to the internet (RFC 6761, 6762, 8375 and what networks use in their place). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|localdomain|lan|corp|home|private|home\.arpa|test|invalid|onion)$/i

export interface OutboundAnswer {
  readonly status: number | null
  readonly body: string
}

const CONNECT_MS = 5_000
const TOTAL_MS = 30_000
const ANSWER_BYTES = 4_096

/** How names become addresses; Node's own `dns.lookup` outside tests. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** A name that leads inside the house. */
export class NotPublic extends Error {}

/** Name resolution that refuses private addresses at the moment of connecting, so that a changed DNS record can't slip through. */
export const guarded =
  (resolve: Resolve): LookupFunction =>
  (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 4)
      const [first] = addresses
      if (!first) return done(new Error(`${host} has no address`), '', 4)
      const bad = addresses.find(({ address }) => !isPublicAddress(address))
      // The caller learns no more than that: what our own name servers know is nobody's business.
      if (bad) return done(new NotPublic(`${host} does not lead to a public address`), '', 4)
      if (options.all) return (done as unknown as (e: null, all: LookupAddress[]) => void)(null, addresses)
      done(null, first.address, first.family)
    })
  }

/**
 * The only way out: one POST, no redirects followed, bounded in time and size. A network failure answers status null and says why; a signal
 * that is aborted rejects.
 */
export function post(
  target: string,
  body: string,
  headers: Record<string, string>,
  {
    allowPrivate,
    timeout_ms = TOTAL_MS,
    resolve: resolveName = lookup,
    signal,
  }: { allowPrivate: boolean; timeout_ms?: number; resolve?: Resolve; signal?: AbortSignal },
): Promise<OutboundAnswer> {
  const refused = refuseUrl(target, allowPrivate)
  if (refused) return Promise.resolve({ status: null, body: refused })
  if (signal?.aborted) return Promise.reject(signal.reason)
  const url = new URL(target)
  const client = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    let settled = false
    const settle = (answer: OutboundAnswer) => {
      if (settled) return
      settled = true
      end()
      resolve(answer)
    }
    const end = () => {
      clearTimeout(total)
      clearTimeout(connecting)
      signal?.removeEventListener('abort', abort)
      request.destroy()
    }
    const abort = () => {
      settled = true
      end()
      reject(signal!.reason)
    }
    const request = client.request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
      agent: false,
      ...(!allowPrivate && { lookup: guarded(resolveName) }),
    })
    const total = setTimeout(() => settle({ status: null, body: `No answer within ${timeout_ms / 1000} s` }), timeout_ms)
    const connecting = setTimeout(
      () => settle({ status: null, body: `No connection within ${CONNECT_MS / 1000} s` }),
      Math.min(CONNECT_MS, timeout_ms),
    )
    request.on('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)))
    request.on('error', (error) => settle({ status: null, body: error.message || String(error) }))
    request.on('response', (response) => {
      clearTimeout(connecting)
      const chunks: Buffer[] = []
      let size = 0
      const answer = () =>
        settle({
          status: response.statusCode ?? null,
          body: Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8').replaceAll('\0', ''),
        })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size >= ANSWER_BYTES) answer()
      })
      response.on('end', answer)
      response.on('error', answer)
    })
    signal?.addEventListener('abort', abort)
    request.end(body)
  })
}
