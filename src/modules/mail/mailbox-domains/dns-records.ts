import type { DnsResolver } from '../../../ports/names.ts'

/** The DNS records that make a domain ours to send and receive for, and whether they are there. */

/** The name under which the public key stands: `<selector>._domainkey.<domain>`. */
export const DKIM_SELECTOR = 'quittance'
const MX_PRIORITY = 10

const recordNames = ['spf', 'dkim', 'tracking', 'mx'] as const
export type RecordName = (typeof recordNames)[number]
/** Links need no tracking to work, so that record may be missing. */
const needed: readonly RecordName[] = ['spf', 'dkim', 'mx']

/** `unknown` as long as nobody has asked, or nobody could tell. */
type Finding = 'valid' | 'invalid' | 'unknown'
export type Findings = Partial<Record<RecordName, Finding>>

interface DnsEntry {
  readonly record_type: 'TXT' | 'MX' | 'CNAME'
  readonly record_purpose: 'SPF' | 'DKIM' | null
  readonly name: string
  readonly value: string
}

/** What has to be published for a domain whose mail goes through `host`. `publicKey` is the base64 of its SubjectPublicKeyInfo. */
export function recordsFor(domain: string, publicKey: string, host: string): Record<RecordName, DnsEntry> {
  return {
    spf: { record_type: 'TXT', record_purpose: 'SPF', name: domain, value: `v=spf1 include:${host} ~all` },
    dkim: {
      record_type: 'TXT',
      record_purpose: 'DKIM',
      name: `${DKIM_SELECTOR}._domainkey.${domain}`,
      value: `v=DKIM1; k=rsa; p=${publicKey}`,
    },
    tracking: { record_type: 'CNAME', record_purpose: null, name: `email.${domain}`, value: host },
    mx: { record_type: 'MX', record_purpose: null, name: domain, value: `${MX_PRIORITY} ${host}` },
  }
}

export const isComplete = (findings: Findings): boolean => needed.every((name) => findings[name] === 'valid')

/** Asks for all records at once. */
export async function check(resolver: DnsResolver, domain: string, publicKey: string, host: string): Promise<Findings> {
  const { dkim, tracking } = recordsFor(domain, publicKey, host)
  const [texts, keys, aliases, exchanges] = await Promise.all([
    resolver.txt(domain),
    resolver.txt(dkim.name),
    resolver.cname(tracking.name),
    resolver.mx(domain),
  ])
  const mailHost = host.toLowerCase()
  return {
    spf: found(texts, (all) => allowsSender(all, mailHost)),
    dkim: found(keys, (all) => publishesKey(all, publicKey)),
    tracking: found(aliases, (all) => all.includes(mailHost)),
    mx: found(exchanges, (all) => all.includes(mailHost)),
  }
}

const found = (answer: string[] | null, isRight: (all: string[]) => boolean): Finding =>
  answer === null ? 'unknown' : isRight(answer) ? 'valid' : 'invalid'

/**
 * One SPF record that includes ours. Two of them are an error (RFC 7208, 4.5), and what stands behind `all` is never read (5.1).
 */
export function allowsSender(texts: readonly string[], host: string): boolean {
  const [terms, ...more] = texts.map((text) => text.trim().toLowerCase().split(/\s+/)).filter(([version]) => version === 'v=spf1')
  if (!terms || more.length > 0) return false
  const end = terms.findIndex((term) => /^[+?~-]?all$/.test(term))
  return terms.slice(0, end === -1 ? undefined : end).some((term) => term === `include:${host}` || term === `+include:${host}`)
}

/** One key record that holds our key (RFC 6376, 3.6.1): providers break long texts in places of their own choice. */
export function publishesKey(texts: readonly string[], publicKey: string): boolean {
  const [tags, ...more] = texts.map(tagsOf).filter((tags) => tags.has('p'))
  if (!tags || more.length > 0) return false
  return tags.get('p') === publicKey && (tags.get('v') ?? 'DKIM1') === 'DKIM1' && (tags.get('k') ?? 'rsa') === 'rsa'
}

/** `v=DKIM1; k=rsa` → v, k. White space means nothing in a tag list. */
const tagsOf = (text: string): Map<string, string> =>
  new Map(
    text.split(';').flatMap((part) => {
      const [, tag, value] = /^\s*([a-z]+)\s*=(.*)$/s.exec(part) ?? []
      return tag ? [[tag, value!.replace(/\s+/g, '')] as const] : []
    }),
  )
