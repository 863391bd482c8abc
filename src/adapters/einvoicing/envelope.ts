import { XMLParser } from 'fast-xml-parser'
import { group, leaf } from '../../core/einvoice/xml.ts'
import type { DocumentType, Outgoing, Participant } from '../../ports/einvoicing.ts'

/** The envelope of the Peppol network around a document: the Standard Business Document Header 1.3, as Peppol uses it (SBDH 2.0). */

const SBDH = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
const UBL = 'urn:oasis:names:specification:ubl:schema:xsd:'
export const PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
const CUSTOMIZATION = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'

const rootOf = (type: DocumentType) => (type === 'credit_note' ? 'CreditNote' : 'Invoice')
/** How the network calls the documents that we send: Peppol BIS Billing 3 in UBL 2.1. */
export const documentTypeOf = (type: DocumentType): string => `${UBL}${rootOf(type)}-2::${rootOf(type)}##${CUSTOMIZATION}::2.1`
/** A participant as the network writes it. */
export const written = ({ scheme, identifier }: Participant) => `${scheme}:${identifier.toLowerCase()}`

export function seal({ from, to, type, country, xml }: Outgoing, message_id: string, at: Date): string {
  const root = rootOf(type)
  const partner = (name: string, who: Participant) =>
    group(name, [leaf('Identifier', written(who), { Authority: 'iso6523-actorid-upis' })])
  const scope = (kind: string, value: string, scheme: string | null) =>
    group('Scope', [leaf('Type', kind), leaf('InstanceIdentifier', value), leaf('Identifier', scheme)])
  const header = group('StandardBusinessDocumentHeader', [
    leaf('HeaderVersion', '1.0'),
    partner('Sender', from),
    partner('Receiver', to),
    group('DocumentIdentification', [
      leaf('Standard', `${UBL}${root}-2`),
      leaf('TypeVersion', '2.1'),
      leaf('InstanceIdentifier', message_id),
      leaf('Type', root),
      leaf('CreationDateAndTime', at.toISOString()),
    ]),
    group('BusinessScope', [
      scope('DOCUMENTID', documentTypeOf(type), 'busdox-docid-qns'),
      scope('PROCESSID', PROCESS, 'cenbii-procid-ubl'),
      scope('COUNTRY_C1', country, null),
    ]),
  ])
  const document = xml.replace(/^<\?xml[^>]*\?>\s*/, '')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<StandardBusinessDocument xmlns="${SBDH}">${header}${document}</StandardBusinessDocument>\n`
}

export interface Opened {
  readonly message_id: string
  readonly from: Participant
  readonly to: Participant
  /** The document with its declaration, as it stood inside. */
  readonly xml: Buffer
}

/** Headers are short: what comes before the document's own root. */
const HEADER_BYTES = 16 * 1024

/** Opens an envelope. Throws what is wrong with one that can't be opened. */
export function open(bytes: Buffer): Opened {
  const text = bytes.toString('utf8')
  const head = /<(?:[\w.-]+:)?StandardBusinessDocumentHeader[\s>][\s\S]*?<\/(?:[\w.-]+:)?StandardBusinessDocumentHeader>/.exec(
    text.slice(0, HEADER_BYTES),
  )
  const end = /<\/(?:[\w.-]+:)?StandardBusinessDocument>\s*$/.exec(text.slice(-200))
  if (!head || !end) throw new Error('The envelope has no header, or was cut off')
  const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, ignoreAttributes: true, processEntities: true })
  const { StandardBusinessDocumentHeader: header } = parser.parse(head[0]) as { StandardBusinessDocumentHeader?: Header }
  const from = participant(header?.Sender?.Identifier)
  const to = participant(header?.Receiver?.Identifier)
  const message_id = header?.DocumentIdentification?.InstanceIdentifier
  if (!from || !to || typeof message_id !== 'string' || message_id === '')
    throw new Error('The envelope does not say who sends what to whom')
  const inside = text.slice(head.index + head[0].length, text.length - 200 < 0 ? end.index : text.length - 200 + end.index)
  const document = inside.trim()
  if (!document.startsWith('<')) throw new Error('The envelope is empty')
  return {
    message_id: message_id.slice(0, 255),
    from,
    to,
    xml: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${document}\n`),
  }
}

interface Header {
  readonly Sender?: { readonly Identifier?: unknown }
  readonly Receiver?: { readonly Identifier?: unknown }
  readonly DocumentIdentification?: { readonly InstanceIdentifier?: unknown }
}

/** `0208:0412345614`: numbers are compared without regard to case, and kept in capitals. */
function participant(text: unknown): Participant | null {
  const [, scheme, identifier] = /^(\d{4}):(\S{1,50})$/.exec(typeof text === 'string' ? text.trim() : '') ?? []
  return scheme && identifier ? { scheme, identifier: identifier.toUpperCase() } : null
}
