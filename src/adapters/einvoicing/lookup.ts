import { createHash } from 'node:crypto'
import { XMLParser } from 'fast-xml-parser'
import { isObject, type Json } from '../../core/json.ts'
import { downloadIfThere } from '../../platform/outbound/download.ts'
import type { Resolve } from '../../platform/outbound/outbound.ts'
import { parseUrl } from '../../platform/url.ts'
import type { EinvoiceDirectory, Participant } from '../../ports/einvoicing.ts'
import type { DnsResolver, NameRule } from '../../ports/names.ts'
import { documentTypeOf, PROCESS, written } from './envelope.ts'

/**
 * The directory of the Peppol network: the DNS says who publishes for a participant (SML 1.3, by U-NAPTR records; the CNAME records of former
 * years are gone), and the publisher says what the participant takes (SMP 1.4). The signature of the publisher is not checked: nothing is
 * sent to the address that stands there, and the access point looks for itself.
 */
export interface LookupOptions {
  /** The zone of the participants, e.g. participant.sml.prod.tech.peppol.org. */
  readonly zone: string
  readonly resolver: DnsResolver
  /** Whether a publisher may be inside the house, and be asked by http. */
  readonly allowPrivate: boolean
  readonly now: () => Date
  readonly timeout_ms?: number
  readonly resolve?: Resolve
}

const SCHEME = 'iso6523-actorid-upis'
/** What a publisher says of one kind of documents; certificates make the most of it. */
const METADATA_BYTES = 256 * 1024
const ANSWER_MS = 8_000

export function peppolDirectory({
  zone,
  resolver,
  allowPrivate,
  now,
  timeout_ms = ANSWER_MS,
  resolve,
}: LookupOptions): EinvoiceDirectory {
  const bounds = { max_bytes: METADATA_BYTES, allowPrivate, timeout_ms, ...(resolve && { resolve }) }
  const metadataAt = async (url: string): Promise<ServiceMetadata | null> => {
    const found = await downloadIfThere(url, bounds)
    return found && metadataIn(found)
  }
  return {
    async takes(participant, type) {
      const rules = await resolver.naptr(nameOf(participant, zone))
      if (rules === null) throw new Error('The DNS can not be asked about the network for e-invoices')
      const publisher = publisherIn(rules)
      if (rules.length === 0) return false
      if (!publisher) throw new Error('The DNS names no publisher for this participant that could be asked')
      const wanted = documentTypeOf(type)
      const path = `${encodeURIComponent(`${SCHEME}::${written(participant)}`)}/services/${encodeURIComponent(`busdox-docid-qns::${wanted}`)}`
      const first = await metadataAt(`${publisher}/${path}`)
      // Another publisher may be named, which then has to know itself.
      const metadata = first?.redirect ? await metadataAt(first.redirect) : first
      if (!metadata) return false
      if (metadata.redirect) throw new Error('The publisher names another one, and that one another again')
      if (metadata.participant.toLowerCase() !== written(participant) || metadata.document !== wanted)
        throw new Error('The publisher answers about somebody else, or about other documents')
      return metadata.endpoints.some((endpoint) => isOpen(endpoint, now()))
    },
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Base 32 (RFC 4648) without padding. */
function base32(bytes: Buffer): string {
  let text = ''
  let left = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    left += 8
    while (left >= 5) {
      left -= 5
      text += LETTERS[(value >> left) & 31]
    }
    value &= (1 << left) - 1
  }
  return left > 0 ? text + LETTERS[(value << (5 - left)) & 31] : text
}

/** The name of a participant in the zone: the SHA-256 of its number in small letters, in base 32 (Peppol policy for identifiers 4.4, policy 7). */
export function nameOf(participant: Participant, zone: string): string {
  const hash = createHash('sha256').update(written(participant)).digest()
  return `${base32(hash)}.${SCHEME}.${zone}`
}

/** The address in the first rule for publishers: `!.*!https://smp.example!`, where any sign may stand in place of `!`. */
function publisherIn(rules: readonly NameRule[]): string | null {
  const rule = rules.find(({ flags, service }) => flags.toUpperCase() === 'U' && service.toLowerCase() === 'meta:smp')
  const [pattern, target] = rule ? rule.regexp.slice(1).split(rule.regexp.charAt(0)) : []
  const url = pattern === '.*' || pattern === '^.*$' ? parseUrl(target ?? '') : null
  return url && !url.search && !url.hash ? url.href.replace(/\/+$/, '') : null
}

// What publishers answer

interface Endpoint {
  readonly process: string
  readonly transport: string
  readonly from: string
  readonly until: string
}
interface ServiceMetadata {
  readonly redirect: string | null
  readonly participant: string
  readonly document: string
  readonly endpoints: readonly Endpoint[]
}

/** Whether documents of our process can be brought there now, in the way that the network uses. */
const isOpen = ({ process, transport, from, until }: Endpoint, now: Date): boolean =>
  process === PROCESS &&
  transport.startsWith('peppol-transport-as4-') &&
  !(Date.parse(from) > now.getTime()) &&
  !(Date.parse(until) < now.getTime())

const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: true,
})

/** Throws what is wrong with an answer that says nothing. */
function metadataIn(bytes: Buffer): ServiceMetadata {
  const text = bytes.toString('utf8')
  // A document type could make a small file large, or name other files.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Error('The publisher answers with XML that has a document type')
  const root = node(readXml(text))
  const service = within(within(root, 'SignedServiceMetadata') ?? root, 'ServiceMetadata')
  const redirect = within(service, 'Redirect')?.['@href']
  const information = within(service, 'ServiceInformation')
  if (!information && typeof redirect !== 'string') throw new Error('The publisher answers with something else than metadata')
  const processes = all(within(information, 'ProcessList')?.Process)
  return {
    redirect: typeof redirect === 'string' ? redirect : null,
    participant: textOf(information?.ParticipantIdentifier),
    document: textOf(information?.DocumentIdentifier),
    endpoints: processes.flatMap((process) =>
      all(within(process, 'ServiceEndpointList')?.Endpoint).map((endpoint) => ({
        process: textOf(process.ProcessIdentifier),
        transport: textOf(endpoint['@transportProfile']),
        from: textOf(endpoint.ServiceActivationDate),
        until: textOf(endpoint.ServiceExpirationDate),
      })),
    ),
  }
}

function readXml(text: string): unknown {
  try {
    return parser.parse(text, true)
  } catch {
    throw new Error('The publisher answers with something that is not XML')
  }
}

const node = (value: unknown): Json | null => (isObject(value) ? value : null)
const within = (parent: Json | null, name: string): Json | null => node(parent?.[name])
const all = (value: unknown): Json[] => (Array.isArray(value) ? value : [value]).filter(isObject)
/** The text of an element, which has attributes or not. */
const textOf = (value: unknown): string => {
  const text = isObject(value) ? value['#text'] : value
  return typeof text === 'string' ? text.trim() : ''
}
