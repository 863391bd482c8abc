import { Drop, type FilterImplOptions, Liquid, LiquidError } from 'liquidjs'
import { liquidOf, NotLiquid } from './jinja.ts'

/** A value that goes into HTML as it stands, because it was made by us; where text is wanted, its text. */
export class Markup {
  readonly #html: string
  readonly #text: string
  constructor(html: string, text: string) {
    this.#html = html
    this.#text = text
  }
  static of = (html: string, text: string): Markup | string => (html === '' && text === '' ? '' : new Markup(html, text))
  static html = (value: unknown): string => (value instanceof Markup ? value.#html : escapeHtml(textOf(value)))
  toString() {
    return this.#text
  }
}

/** What is wrong with a template: said for its author, with the line where it is known. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
}

const SOURCE_MAX = 100_000
const OUTPUT_MAX = 1_000_000
/** Characters and items that filters may handle in one rendering. */
const MEMORY_MAX = 2_000_000
const RENDER_MS = 200

const htmlEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => htmlEntities[char]!)

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(textOf).join('')
  if (typeof value === 'object' && !(value instanceof Markup)) return ''
  return typeof value === 'function' || typeof value === 'symbol' ? '' : String(value)
}

/** Renders one template. `html`: what it prints is escaped. Throws a `TemplateFault`. */
export function renderTemplate(source: string, values: Readonly<Record<string, unknown>>, html: boolean): string {
  if (source.length > SOURCE_MAX) throw new TemplateFault(`A template may have up to ${SOURCE_MAX} characters`)
  try {
    const engine = html ? htmlEngine : textEngine
    const text = String(engine.parseAndRenderSync(liquidOf(source), values))
    if (text.length > OUTPUT_MAX) throw new TemplateFault(`The rendered text may have up to ${OUTPUT_MAX} characters`)
    return text
  } catch (error) {
    throw error instanceof TemplateFault ? error : new TemplateFault(reasonOf(error as Error))
  }
}

const limits = [
  [/template render limit/, 'It takes too long'],
  [/memory alloc limit|Invalid string length|Invalid array length/, 'It makes too much text'],
  [/parse length limit/, 'It is too long'],
  [/call stack/, 'It is nested too deeply'],
] as const

/** One sentence for the author. Of an error that isn't Liquid's own nothing is passed on: it may tell of the machine. */
function reasonOf(error: Error): string {
  const limit = limits.find(([pattern]) => pattern.test(error.message))
  if (limit) return limit[1]
  if (error instanceof NotLiquid) return error.message
  if (!LiquidError.is(error)) return 'It can not be rendered'
  const message = error.message
    .replace(/,? ?(file:[^,]*, )?line:\d+, col:\d+$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 200)
  return `Line ${error.token?.getPosition()[0] ?? 1}: ${message}`
}

/** The tags and filters of Liquid that mails need: none that reads files, and none that reaches into objects. */
const TAGS = 'assign capture case comment cycle for if raw unless break continue'.split(' ')
const FILTERS =
  'abs append at_least at_most capitalize ceil compact default divided_by downcase first floor join last lstrip minus modulo plus prepend remove replace reverse round rstrip size slice split strip times truncate truncatewords uniq upcase url_encode'.split(
    ' ',
  )

/** Jinja's names for filters that Liquid has too. */
const ALIASES: Readonly<Record<string, string>> = {
  d: 'default',
  lower: 'downcase',
  upper: 'upcase',
  trim: 'strip',
  count: 'size',
  length: 'size',
  unique: 'uniq',
  urlencode: 'url_encode',
}

function createEngine(html: boolean): Liquid {
  const engine = new Liquid({
    ...(html && { outputEscape: Markup.html as never }),
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    jsTruthy: true,
    groupedExpressions: true,
    renderLimit: RENDER_MS,
    parseLimit: SOURCE_MAX * 2,
    memoryLimit: MEMORY_MAX,
    templates: {},
    relativeReference: false,
    cache: false,
  })
  keepOnly(engine.tags, TAGS)
  keepOnly(engine.filters, FILTERS)
  for (const [alias, name] of Object.entries(ALIASES)) engine.filters[alias] = engine.filters[name]!
  Object.assign(engine.filters, own)
  return engine
}

function keepOnly(registry: Record<string, unknown>, kept: readonly string[]): void {
  for (const name of Object.keys(registry)) if (!kept.includes(name)) delete registry[name]
  Object.setPrototypeOf(registry, null)
}

/** Liquid lets templates reach all members of its own helpers (`forloop`, `empty`): what these inherit from every object is hidden. */
for (const name of Object.getOwnPropertyNames(Object.prototype))
  if (!Object.hasOwn(Drop.prototype, name)) Object.defineProperty(Drop.prototype, name, { value: undefined })

/** Charges what a filter of ours makes to the rendering's memory. */
type Charging = { context: { memoryLimit: { use(count: number): void } } }
const charged = (self: unknown, text: string): string => {
  ;(self as Charging).context.memoryLimit.use(text.length)
  return text
}

function escapeFilter(this: unknown, value: unknown): Markup | string {
  const text = charged(this, textOf(value))
  return value instanceof Markup ? value : Markup.of(escapeHtml(text), text)
}
function lineBreaks(this: unknown, value: unknown): Markup | string {
  if (value instanceof Markup) return value
  const text = charged(this, textOf(value))
  return Markup.of(escapeHtml(text).replace(/\r\n?|\n/g, '<br>\n'), text)
}
/** Nothing becomes trusted by being called so: values print escaped, also when Jinja's authors say otherwise. */
const same = (value: unknown) => value

const own: Record<string, FilterImplOptions> = {
  e: escapeFilter,
  escape: escapeFilter,
  forceescape: escapeFilter,
  safe: same,
  raw: same,
  nl2br: lineBreaks,
  newline_to_br: lineBreaks,
  title(value: unknown) {
    return charged(this, textOf(value)).replace(/[\p{L}\p{N}]+/gu, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase())
  },
  int: (value: unknown) => Math.trunc(Number(textOf(value))) || 0,
  float: (value: unknown) => Number(textOf(value)) || 0,
  string(value: unknown) {
    return charged(this, textOf(value))
  },
}

const htmlEngine = createEngine(true)
const textEngine = createEngine(false)
