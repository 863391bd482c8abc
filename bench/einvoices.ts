import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isValid } from '../src/core/einvoice/rules.ts'
import { paths } from '../src/platform/paths.ts'
import { generate } from './einvoices/generate.ts'
import { type Syntax, syntaxes, writeAndRead } from './einvoices/round-trip.ts'

/**
 * Generated documents of every kind in every syntax: checked by our rules, written, read again by our own reader, and compared to the cent and
 * line. `npx tsx bench/einvoices.ts 5000`; with `schemas` also valid by the published schemas, where they and xmllint are there.
 */
const many = Number(process.argv[2] ?? 500)
const schemas = process.argv.includes('schemas')
const folder = mkdtempSync(join(tmpdir(), 'einvoices-'))
const schemaOf = (syntax: Syntax, credit: boolean) =>
  join(
    paths.root,
    '../shared/schemas',
    syntax.includes('cii')
      ? 'cii-d16b/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd'
      : `ubl-2.1/maindoc/UBL-${credit ? 'CreditNote' : 'Invoice'}-2.1.xsd`,
  )

const refusals = new Map<string, number>()
const files = new Map<string, string[]>()
const p50 = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
let wrong = 0
for (const syntax of syntaxes) {
  let [valid, refused, lines] = [0, 0, 0]
  const [written, checked]: [number[], number[]] = [[], []]
  for (let seed = 1; seed <= many; seed++) {
    const sold = generate(seed)
    const { findings, differences, xml, write_ms, check_ms } = await writeAndRead(sold, syntax)
    written.push(write_ms)
    checked.push(check_ms)
    lines += sold.lines.length
    if (!isValid(findings)) {
      refused++
      for (const { rule, severity } of findings)
        if (severity === 'error') refusals.set(`${syntax} ${rule}`, (refusals.get(`${syntax} ${rule}`) ?? 0) + 1)
      continue
    }
    valid++
    for (const difference of differences) {
      wrong++
      if (wrong < 20) console.log(`${syntax} ${seed}: ${difference}`)
    }
    if (!schemas) continue
    const schema = schemaOf(syntax, sold.type === 'credit_note')
    const file = join(folder, `${syntax}-${seed}.xml`)
    writeFileSync(file, xml)
    files.set(schema, [...(files.get(schema) ?? []), file])
  }
  console.log(
    `${syntax}: ${valid} valid, ${refused} refused with a reason, ${lines} lines; written in ${p50(written).toFixed(2)} ms (p50), ${written.at(-Math.ceil(many / 100))?.toFixed(2)} ms (p99); checked in ${p50(checked).toFixed(2)} ms, ${checked.at(-Math.ceil(many / 100))?.toFixed(2)} ms`,
  )
}
console.log(`differences after reading: ${wrong}`)
console.log(
  [...refusals]
    .sort((a, b) => b[1] - a[1])
    .map(([rule, count]) => `${rule} ${count}`)
    .join('\n'),
)
for (const [schema, list] of files) {
  if (!existsSync(schema)) continue
  for (let from = 0; from < list.length; from += 500)
    try {
      execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, ...list.slice(from, from + 500)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    } catch (error) {
      const said = String((error as { stderr?: Buffer }).stderr).split('\n')
      console.log(
        said
          .filter((one) => !one.endsWith('validates'))
          .slice(0, 10)
          .join('\n'),
      )
      wrong++
    }
  console.log(`${list.length} files held against ${schema.split('/').at(-1)}`)
}
rmSync(folder, { recursive: true })
process.exitCode = wrong > 0 ? 1 : 0
