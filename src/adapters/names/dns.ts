import { Resolver } from 'node:dns/promises'
import type { DnsResolver, NameRule } from '../../ports/names.ts'

export interface ResolverOptions {
  /** Addresses of name servers, e.g. `127.0.0.1:5353`; those of the machine when left out. */
  readonly servers?: readonly string[]
  /** How long one question may take, repeats included. */
  readonly timeout_ms?: number
}

/** Answers that say: there is no such thing. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/** The name servers of this machine. Nothing is remembered between questions: whoever asks has just changed something. */
export function createResolver({ servers, timeout_ms = 5_000 }: ResolverOptions = {}): DnsResolver {
  async function ask<T>(question: (resolver: Resolver) => Promise<T[]>): Promise<T[] | null> {
    const resolver = new Resolver({ timeout: Math.ceil(timeout_ms / 3), tries: 2 })
    if (servers) resolver.setServers(servers)
    const timer = setTimeout(() => resolver.cancel(), timeout_ms)
    try {
      return await question(resolver)
    } catch (error) {
      return ABSENT.has((error as { code?: string }).code ?? '') ? [] : null
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    txt: (name) => ask(async (resolver) => (await resolver.resolveTxt(name)).map((parts) => parts.join(''))),
    mx: (name) => ask(async (resolver) => (await resolver.resolveMx(name)).map(({ exchange }) => plain(exchange))),
    cname: (name) => ask(async (resolver) => (await resolver.resolveCname(name)).map(plain)),
    naptr: (name) =>
      ask(async (resolver) =>
        (await resolver.resolveNaptr(name))
          .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
          .map(({ flags, service, regexp }): NameRule => ({ flags, service, regexp })),
      ),
  }
}

const plain = (host: string) => host.toLowerCase().replace(/\.$/, '')
