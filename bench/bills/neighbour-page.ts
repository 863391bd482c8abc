import { fileURLToPath } from 'node:url'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { Page, Pair } from './neighbours.ts'
import { Random } from './random.ts'

/** Gives a neighbour a face: where its parts stand, which lines are drawn, which type is used. */

/** How tables are drawn. */
const rulings = ['none', 'below the head', 'rows', 'all'] as const
export type Ruling = (typeof rulings)[number]

const text = (value: string) =>
  value
    .split('\n')
    .map((line) => `#${JSON.stringify(line)}`)
    .join(' \\ ')
const lines = (values: readonly string[]) => values.map(text).join(' \\\n')
const strokes: Readonly<Record<Ruling, string>> = {
  none: 'none',
  'below the head': '(_, y) => if y == 0 { (bottom: 0.7pt) }',
  rows: '(_, y) => (bottom: 0.5pt + gray)',
  all: '0.6pt',
}

const grid = (pairs: readonly Pair[], { stroke = 'none', gap = '9pt', align = 'left', end = '' } = {}) =>
  `#table(columns: 2, stroke: ${stroke}, inset: (x: 4pt, y: 3pt), column-gutter: ${stroke === 'none' ? gap : '0pt'}, align: (left, ${align}),
${pairs.map(([label, value]) => `[${text(label + end)}], [${text(value)}],`).join('\n')})`

function metaOf(meta: readonly Pair[], above: boolean, random: Random): string {
  if (above) {
    const stroke = random.pick(['none', '0.5pt', '(_, y) => if y == 0 { (bottom: 0.5pt) }'])
    const columns = random.chance(0.5) ? `(1fr,) * ${meta.length}` : `${meta.length}`
    return `#text(size: 8.5pt)[#table(columns: ${columns}, stroke: ${stroke}, inset: (x: 6pt, y: 4pt), align: ${random.pick(['left', 'center'])},
${meta.map(([label]) => `[${text(label)}],`).join(' ')}
${meta.map(([, value]) => `[${text(value)}],`).join(' ')})]`
  }
  return random.pick([
    () => lines(meta.map(([label, value]) => `${label}: ${value}`)),
    () => grid(meta, { end: random.pick(['', ':']) }),
    () => grid(meta, { stroke: '0.5pt' }),
    () => grid(meta, { align: 'right' }),
  ])()
}

function itemsOf({ columns, rows }: Page, ruling: Ruling, random: Random): string {
  const right = new Set(['quantity', 'price', 'rate', 'amount'])
  const side = random.chance(0.2) ? 'center' : 'right'
  const align = columns
    .map(({ key }) => (key === 'amount' || key === 'price' ? 'right' : right.has(key) ? side : 'left'))
    .join(', ')
  const widths = columns.map(({ key }) => (key === 'name' ? '1fr' : 'auto')).join(', ')
  const head = random.pick([(label: string) => `[*${text(label)}*]`, (label: string) => `[${text(label)}]`])
  const fill = ruling !== 'all' && random.chance(0.3) ? ', fill: (_, y) => if y == 0 { gray.lighten(70%) }' : ''
  return `#table(columns: (${widths}), align: (${align}), stroke: ${strokes[ruling]}, inset: (x: ${random.int(4, 7)}pt, y: ${random.int(3, 6)}pt)${fill},
${columns.map(({ label }) => head(label)).join(', ')},
${rows.map((row) => row.map((cell) => `[${text(cell)}]`).join(', ')).join(',\n')})`
}

function sumsOf(sums: readonly Pair[], ruling: Ruling, random: Random, inRow: boolean): string {
  if (inRow)
    return `#table(columns: (1fr,) * ${sums.length}, align: ${random.pick(['right', 'center', 'left'])}, stroke: ${ruling === 'all' ? '0.6pt' : 'none'}, inset: 5pt,
${sums.map(([label]) => `[${text(label)}],`).join(' ')}
${sums.map(([, value]) => `[${text(value)}],`).join(' ')})`
  const strong = sums.map(([label, value], at) =>
    at === sums.length - 1 && random.chance(0.7)
      ? `[*${text(label)}*], [*${text(value)}*],`
      : `[${text(label)}], [${text(value)}],`,
  )
  const stroke =
    ruling === 'all' ? random.pick(['0.6pt', 'none']) : ruling === 'rows' ? '(_, y) => (bottom: 0.4pt + gray)' : 'none'
  const wide = random.chance(0.15)
  const table = `#table(columns: ${wide ? '(1fr, auto)' : '2'}, align: (${random.pick(['left', 'right'])}, right), stroke: ${stroke}, inset: (x: 5pt, y: 4pt), column-gutter: ${stroke === 'none' ? `${random.int(6, 40)}pt` : '0pt'},
${strong.join('\n')})`
  return wide || random.chance(0.15) ? table : `#align(right)[${table}]`
}

/** The source of the page, for Typst. */
export function faceOf(page: Page, seed: number, asked?: Ruling): string {
  const random = new Random(seed)
  const ruling = asked ?? random.pick(rulings)
  const font = random.pick(['Inter', 'Inter', 'Libertinus Serif', 'New Computer Modern', 'DejaVu Sans Mono'])
  const size = font === 'DejaVu Sans Mono' ? 8 : random.pick([9, 9.5, 10, 10.5])
  const { seller, ids, bank, buyer, to, meta } = page
  const pairs = (list: readonly Pair[], between: string) =>
    list.map(([label, value]) => `${label}${random.chance(0.5) ? ':' : ''} ${value}`).join(between)
  const mark = random.pick([' · ', ' | ', ', ', ' – '])
  const footer = page.small_print
    ? random.pick([
        () => `${text(seller.join(mark))} \\\n${text([pairs(ids, mark), pairs(bank, mark)].filter(Boolean).join(mark))}`,
        () =>
          `#grid(columns: (1fr, 1fr, 1fr), [${lines(seller)}], [${lines(ids.map(([a, b]) => `${a} ${b}`))}], [${lines(bank.map(([a, b]) => `${a}: ${b}`))}])`,
        () => lines([...seller, pairs(ids, mark), pairs(bank, mark)].filter(Boolean)),
      ])()
    : text([pairs(ids, mark), pairs(bank, mark)].filter(Boolean).join(mark))
  const sender = random.pick([
    () => `[#text(${random.int(13, 19)}pt, weight: "bold")[${text(seller[0]!)}] \\\n${lines(seller.slice(1))}]`,
    () => `[*${text(seller[0]!)}* \\\n${lines(seller.slice(1))}]`,
    () => `[${lines(seller)}]`,
    () => `[#text(8pt)[${text(seller.join(', '))}]]`,
  ])()
  const receiver = `[${to ? `${random.chance(0.5) ? text(to) : `*${text(to)}*`} \\\n` : ''}${lines(buyer)}]`
  const details = metaOf(meta, page.labels_above, random)
  const title = `#text(${random.int(14, 22)}pt, weight: "bold")[${text(page.title)}]`
  const body: string[] = []
  const empty = '[]'
  const top = page.small_print ? empty : sender
  if (page.labels_above)
    body.push(
      `#grid(columns: (1fr, auto), ${random.chance(0.5) ? `${top}, [${title}]` : `[${title}], ${top}`})`,
      '#v(8mm)',
      receiver.slice(1, -1),
      '#v(6mm)',
      details,
    )
  else
    body.push(
      ...random.pick([
        () => [
          top === empty ? '' : top.slice(1, -1),
          '#v(10mm)',
          `#grid(columns: (1fr, auto), ${receiver}, [${details}])`,
          '#v(6mm)',
          title,
        ],
        () => [
          `#grid(columns: (1fr, auto), [${title}], align(right, ${top}))`,
          '#v(8mm)',
          `#grid(columns: (1fr, auto), ${receiver}, [${details}])`,
        ],
        () => [`#align(center, ${top})`, '#v(6mm)', title, '#v(3mm)', details, '#v(5mm)', receiver.slice(1, -1)],
        () => [`#grid(columns: (1fr, auto), ${top}, [${title} \\\n${details}])`, '#v(8mm)', receiver.slice(1, -1)],
        () => [`#grid(columns: (1fr, 1fr), column-gutter: 12mm, ${top}, ${receiver})`, '#v(7mm)', title, '#v(2mm)', details],
      ])(),
    )
  if (page.elsewhere.length > 0) body.push('#v(4mm)', lines(page.elsewhere))
  body.push(
    '#v(7mm)',
    itemsOf(page, ruling, random),
    `#v(${random.int(1, 4)}mm)`,
    sumsOf(page.sums, ruling, random, page.sums_in_row),
    '#v(6mm)',
    lines(page.notes),
  )
  return `#set page(paper: "a4", margin: (x: ${random.int(16, 24)}mm, top: 16mm, bottom: 28mm), footer: text(7.5pt)[${footer}])
#set text(font: ${JSON.stringify(font)}, size: ${size}pt, lang: "en", hyphenate: false)
${body.filter(Boolean).join('\n\n')}
`
}

const fonts = fileURLToPath(new URL('../../templates/fonts', import.meta.url))
let compiler: NodeCompiler | undefined

/** Prints the source of a page. */
export function printSource(source: string): Uint8Array {
  compiler ??= NodeCompiler.create({ fontArgs: [{ fontPaths: [fonts] }] })
  const compiled = compiler.compile({ mainFileContent: source })
  const fault = compiled.takeError()
  if (fault || !compiled.result) throw new Error(fault ? JSON.stringify(compiler.fetchDiagnostics(fault)) : 'no document')
  const pdf = compiler.pdf(compiled.result, { creationTimestamp: 1_793_491_200 })
  compiler.evictCache(1)
  return pdf
}
