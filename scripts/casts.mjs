// Counts where the modules overrule the compiler: `as X`, `as never`, `as unknown` and `!`. Each is a place that a wrong column or a missing row can hide behind.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'

/** How many an area may have. The counts only get smaller. */
const allowed = {
  'test-clocks': { as: 1 },
  accounting: { as: 1 },
  approvals: { as: 2, 'as unknown': 1 },
  audit: { as: 3 },
  catalog: { as: 1 },
  common: { as: 8, 'as never': 1, 'as unknown': 2, '!': 3 },
  counterparts: { as: 2, 'as never': 1, '!': 5 },
  documents: { '!': 1 },
  einvoicing: { as: 1 },
  entities: { as: 12, 'as never': 2, 'as unknown': 2, '!': 8 },
  expenses: { as: 2, 'as unknown': 1 },
  exports: { as: 1, '!': 1 },
  inbound: { as: 4 },
  mail: { as: 4, 'as unknown': 1, '!': 1 },
  onboarding: { as: 3 },
  partner: { as: 2, '!': 1 },
  payables: { as: 15, 'as never': 3, '!': 6 },
  payments: { as: 7, 'as unknown': 1, '!': 3 },
  receivables: { as: 22, 'as never': 1, 'as unknown': 1, '!': 24 },
}

const WORDS = { never: 'as never', unknown: 'as unknown', any: 'as any' }

/** Every place of a file: its kind, its line, and what stands there. `as const` and renames of imports are no casts. */
function castsOf(file) {
  const source = readFileSync(file, 'utf8')
  const bytes = Buffer.from(source)
  const found = []
  // The parser counts bytes over all files that it ever read: what comes first here says where this file begins.
  const { body } = parseSync(`0;${source}`, { syntax: 'typescript', target: 'es2022' })
  const start = body[0].span.start + 2
  look(body)
  return found

  function look(node) {
    if (Array.isArray(node)) for (const one of node) look(one)
    if (!node || typeof node !== 'object' || Array.isArray(node)) return
    if (node.type === 'TsAsExpression') note(WORDS[node.typeAnnotation.kind] ?? 'as', node.span)
    if (node.type === 'TsTypeAssertion') note('as', node.span)
    if (node.type === 'TsNonNullExpression') note('!', node.span)
    for (const [name, value] of Object.entries(node)) if (name !== 'span') look(value)
  }
  function note(kind, span) {
    const [from, to] = [span.start - start, span.end - start]
    const line = bytes.subarray(0, to).toString().split('\n').length
    found.push({ kind, line, text: bytes.subarray(from, to).toString().replace(/\s+/g, ' ') })
  }
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.types.ts'))

/** Counts by kind for each area of src/modules. */
function countsOf() {
  const areas = {}
  for (const file of filesOf('src/modules')) {
    const area = /^src\/modules\/([^/]+)\//.exec(file)?.[1] ?? 'modules'
    areas[area] ??= { as: 0, 'as never': 0, 'as unknown': 0, 'as any': 0, '!': 0 }
    const counts = areas[area]
    for (const { kind } of castsOf(file)) counts[kind]++
  }
  return areas
}

/** What is wrong, a line for each. */
export function faultsOfCasts() {
  const faults = []
  for (const [area, counts] of Object.entries(countsOf()))
    for (const [kind, count] of Object.entries(counts)) {
      const most = allowed[area]?.[kind] ?? 0
      if (count > most)
        faults.push(
          `src/modules/${area}: ${count} \`${kind}\`, and ${most} may be: \`node scripts/casts.mjs ${area}\` lists them`,
        )
      if (count < most)
        faults.push(`src/modules/${area}: ${count} \`${kind}\`, fewer than scripts/casts.mjs says: change it there`)
    }
  return faults
}

// By hand: the counts of all areas, or the places of one.
if (process.argv[1]?.endsWith('casts.mjs')) {
  const area = process.argv[2]
  const areas = countsOf()
  if (area)
    for (const file of filesOf(`src/modules/${area}`))
      for (const { kind, line, text } of castsOf(file)) console.log(`${file}:${line}\t${kind}\t${text.slice(-100)}`)
  else {
    const sum = {}
    for (const [name, counts] of Object.entries(areas)) {
      const some = Object.entries(counts).filter(([, count]) => count > 0)
      for (const [kind, count] of some) sum[kind] = (sum[kind] ?? 0) + count
      if (some.length > 0)
        console.log(
          `  ${/^\w+$/.test(name) ? name : `'${name}'`}: { ${some.map(([kind, count]) => `${/^\w+$/.test(kind) ? kind : `'${kind}'`}: ${count}`).join(', ')} },`,
        )
    }
    console.log(sum)
  }
}
