import { type Node, readEInvoice } from '../../core/reading/read-einvoice.ts'
import type { ReadBill } from '../../core/reading/types.ts'
import { xmlText } from './xml-text.ts'

/** The bill in an XML document, or why there is none. */
export async function billFromXml(xml: Buffer): Promise<ReadBill | { refused: string }> {
  const text = xmlText(xml)
  // A document type could make a small file large, or name other files: electronic invoices have none.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return { refused: 'XML with a document type is not read' }
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    htmlEntities: true,
  })
  let document: Record<string, unknown>
  try {
    document = parser.parse(text.replace(/^\ufeff/, ''), true) as Record<string, unknown>
  } catch {
    return { refused: 'The XML is not well-formed: it was cut off or damaged' }
  }
  const [found] = Object.entries(document).filter(
    ([name, root]) => !/^[#?@]/.test(name) && typeof root === 'object' && root !== null,
  )
  if (!found) return { refused: 'The XML holds no element' }
  const [name, root] = found as [string, Record<string, unknown>]
  const [prefix, local] = name.includes(':') ? (name.split(':', 2) as [string, string]) : ['', name]
  return readEInvoice(local, String(root[prefix ? `@xmlns:${prefix}` : '@xmlns'] ?? ''), withoutPrefixes(root))
}

/** Elements by their local names; those that get the same one stand in one list, in their order. */
function withoutPrefixes(node: Record<string, unknown>): Node {
  const bare: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(node)) {
    const local = name.startsWith('@') ? name : name.slice(name.indexOf(':') + 1)
    const inner = Array.isArray(value) ? value.map(bareValue) : bareValue(value)
    bare[local] = local in bare ? [bare[local], inner].flat() : inner
  }
  return bare
}
const bareValue = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? withoutPrefixes(value as Record<string, unknown>) : value
