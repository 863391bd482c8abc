// A program of its own: holds the e-invoice on its standard input against rules that an operator brought. See official.ts.
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { XMLParser } from 'fast-xml-parser'
import { isObject, type Json } from '../../core/json.ts'

interface Saxon {
  transform(options: object, way: 'sync'): { readonly principalResult: string }
}

const [folder = '', rules = ''] = process.argv.slice(2)

/** The engine is none of ours: whoever wants it installs it beside the rules, or beside us. */
function engine(): Saxon | null {
  for (const near of [join(rules, 'of-the-rules.js'), import.meta.url]) {
    try {
      const found: unknown = createRequire(near)('saxon-js')
      if (isSaxon(found)) return found
    } catch {}
  }
  return null
}
const isSaxon = (value: unknown): value is Saxon =>
  typeof value === 'object' && value !== null && 'transform' in value && typeof value.transform === 'function'

const all = (value: unknown): Json[] => (Array.isArray(value) ? value : [value]).filter(isObject)
const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
})
/** All text below an element, in one line. */
const said = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map(said).join(' ')
      : isObject(value)
        ? Object.entries(value)
            .filter(([name]) => !name.startsWith('@'))
            .map(([, inner]) => said(inner))
            .join(' ')
        : ''

/** What a report in SVRL (ISO 19757-3) found, under the numbers of the rules. */
function findingsIn(report: string) {
  const parsed: unknown = parser.parse(report)
  const root = isObject(parsed) ? parsed['schematron-output'] : null
  if (!isObject(root)) throw new Error('The rules answer with something else than a report (SVRL)')
  return all(root['failed-assert']).map((one) => ({
    rule: String(one['@id'] ?? '?'),
    severity: /warn|info/i.test(String(one['@flag'] ?? one['@role'] ?? '')) ? 'warning' : 'error',
    message: said(one.text).replace(/\s+/g, ' ').trim().slice(0, 1000),
    location: String(one['@location'] ?? ''),
  }))
}

const sourceText = await text(process.stdin)
const saxon = engine()
const files = readdirSync(rules)
  .filter((name) => name.endsWith('.sef.json'))
  .sort()
const answer = saxon
  ? files.flatMap((name) => {
      const options = { stylesheetFileName: join(rules, name), sourceText, destination: 'serialized' }
      return findingsIn(saxon.transform(options, 'sync').principalResult)
    })
  : null
writeFileSync(join(folder, 'findings.json'), JSON.stringify(answer))
