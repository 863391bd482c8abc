import { XMLParser } from 'fast-xml-parser'
import type { Random } from './random.ts'

/** The same XML document, written otherwise: nothing in it that a reader may go by is another. */

interface Element {
  name: string
  readonly attributes: Record<string, string>
  readonly content: readonly (Element | string)[]
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  trimValues: true,
})

type Parsed = Record<string, unknown>
function elementsOf(nodes: readonly Parsed[]): (Element | string)[] {
  return nodes.flatMap((node): (Element | string)[] => {
    if ('#text' in node) return [String(node['#text'])]
    const name = Object.keys(node).find((key) => key !== ':@' && !key.startsWith('?'))
    if (!name) return []
    return [
      {
        name,
        attributes: { ...(node[':@'] as Record<string, string> | undefined) },
        content: elementsOf(node[name] as Parsed[]),
      },
    ]
  })
}

/** Elements in another order; those of one name keep theirs. */
function shuffled(content: readonly (Element | string)[], random: Random): (Element | string)[] {
  const names = content.map((one) => (typeof one === 'string' ? '' : one.name))
  const left = new Map<string, (Element | string)[]>()
  for (const [at, one] of content.entries()) left.set(names[at]!, [...(left.get(names[at]!) ?? []), one])
  return random.shuffle(names).map((name) => left.get(name)!.shift()!)
}

/** A document in other words: other prefixes or none, another order, other quotes, blanks, comments, references and encoding. */
export function rewritten(xml: string, random: Random): Buffer {
  const [root] = elementsOf(parser.parse(xml.replace(/^\ufeff/, '')) as Parsed[]).filter((one) => typeof one !== 'string')
  if (!root || typeof root === 'string') throw new Error('The document holds no element')
  // Each namespace gets a prefix of its own, one of them none.
  const spaces = Object.entries(root.attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'))
  const bare = random.int(-1, spaces.length - 1)
  const renamed = new Map(
    spaces.map(([name], at) => [
      name.slice(6),
      at === bare ? '' : `${random.pick(['n', 'a', 'x', 'ns', 'q'])}${at}${random.pick(['', '-b', '_c'])}`,
    ]),
  )
  const called = (name: string): string => {
    const [prefix, local] = name.includes(':') ? (name.split(':', 2) as [string, string]) : ['', name]
    const other = renamed.get(prefix) ?? prefix
    return other ? `${other}:${local}` : local
  }
  const order = random.chance(0.7)
  const indent = random.chance(0.5)
  const comments = random.chance(0.5)
  const encoding = random.pick(['UTF-8', 'UTF-8', 'UTF-16', 'US-ASCII'])
  const reference = (letter: string) =>
    random.chance(0.5) ? `&#${letter.codePointAt(0)};` : `&#x${letter.codePointAt(0)!.toString(16)};`
  const escaped = (text: string) => {
    const plain = text
      .replace(/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/gi, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
    return encoding === 'US-ASCII' ? plain.replace(/[^\0-\x7f]/gu, reference) : plain
  }
  const attribute = (name: string, value: string) => {
    const quote = random.pick(['"', "'"])
    return ` ${name}${random.pick(['', '', ' '])}=${quote}${escaped(value).replaceAll(quote, quote === '"' ? '&quot;' : '&apos;')}${quote}`
  }
  const written = ({ name, attributes, content }: Element, depth: number): string => {
    const parts = Object.entries(attributes).map(([key, value]) =>
      key === 'xmlns' || key.startsWith('xmlns:')
        ? attribute(renamed.get(key.slice(6)) ? `xmlns:${renamed.get(key.slice(6))}` : 'xmlns', value)
        : attribute(key, value),
    )
    const own = called(name)
    const space = indent ? `\n${random.pick(['  ', '\t'])}` : ''
    const inner = (order ? shuffled(content, random) : content).map((one) => {
      if (typeof one !== 'string')
        return `${space}${comments && random.chance(0.1) ? '<!-- 12.00 -->' : ''}${written(one, depth + 1)}`
      // A section is for text that needs no references.
      return random.chance(0.15) && encoding !== 'US-ASCII' && !/[&<>]|\]\]/.test(one) ? `<![CDATA[${one}]]>` : escaped(one)
    })
    const start = `<${own}${(random.chance(0.5) ? parts.reverse() : parts).join('')}${random.pick(['', '', ' '])}`
    return inner.length === 0 && random.chance(0.5)
      ? `${start}/>`
      : `${start}>${inner.join('')}</${own}${random.pick(['', ' '])}>`
  }
  const head = encoding === 'UTF-8' && random.chance(0.3) ? '' : `<?xml version="1.0" encoding="${encoding}"?>\n`
  const text = `${head}${comments ? '<!-- a bill -->\n' : ''}${written(root, 0)}\n`
  if (encoding !== 'UTF-16') return Buffer.from(random.chance(0.3) && encoding === 'UTF-8' ? `\ufeff${text}` : text)
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  return random.chance(0.5) ? little : little.swap16()
}
