import type { FastifyRequest } from 'fastify'

export const isLoopback = (host: string) => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** A request from this machine: by a local name, so no page from elsewhere got it resolved here, and through no proxy. */
export const isLocal = ({ headers, ip }: FastifyRequest): boolean =>
  isLoopback(ip.replace(/^::ffff:/, '')) &&
  isLoopback((headers.host ?? '').replace(/:\d+$/, '')) &&
  !['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'].some((name) => name in headers)
