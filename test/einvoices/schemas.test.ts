import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generate } from '../../bench/einvoices/generate.ts'
import { profileOf, syntaxes, write } from '../../bench/einvoices/round-trip.ts'
import { composeEInvoice } from '../../src/core/einvoice/compose.ts'
import { paths } from '../../src/platform/paths.ts'

/** Every document we write is valid by the published schemas of its syntax. Skipped where the schemas or xmllint are not there. */

const folder = join(paths.root, '../shared/schemas')
const there = existsSync(join(folder, 'ubl-2.1')) && spawnSync('xmllint', ['--version']).status === 0
if (!there) console.log('skipped: the schemas of UBL and CII, or xmllint, are not there')
const schemas = {
  Invoice: 'ubl-2.1/maindoc/UBL-Invoice-2.1.xsd',
  CreditNote: 'ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd',
  'rsm:CrossIndustryInvoice': 'cii-d16b/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd',
} as const

test.runIf(there).each(Object.entries(schemas))('generated documents are valid by the schema: %s', (root, schema) => {
  const files = mkdtempSync(join(tmpdir(), 'quittance-schemas-'))
  const written: string[] = []
  for (const syntax of syntaxes)
    for (let seed = 1; seed <= 60; seed++) {
      const xml = write(composeEInvoice(generate(seed), profileOf[syntax]), syntax)
      if (!xml.includes(`<${root} `)) continue
      written.push(join(files, `${syntax}-${seed}.xml`))
      writeFileSync(written.at(-1)!, xml)
    }
  expect(written.length).toBeGreaterThan(10)
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', join(folder, schema), ...written])
  const faults = String(stderr)
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith('validates'))
  expect(faults).toEqual([])
  expect(status).toBe(0)
})
