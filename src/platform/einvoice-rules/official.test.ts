import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generate } from '../../../bench/einvoices/generate.ts'
import { composeEInvoice } from '../../core/einvoice/compose.ts'
import { checkEInvoice, isValid } from '../../core/einvoice/rules.ts'
import { writeUbl } from '../../core/einvoice/write-ubl.ts'
import { officialFindings } from './official.ts'

const conflict = (message: RegExp) => expect.objectContaining({ kind: 'conflict', message: expect.stringMatching(message) })
const made = () => mkdtempSync(join(tmpdir(), 'quittance-rules-'))

test('without rules, and without an engine, it is said what is missing', async () => {
  await expect(officialFindings('<Invoice/>', '', 'cii')).rejects.toEqual(conflict(/EINVOICE_RULES_DIR names no folder/))
  const empty = made()
  await expect(officialFindings('<Invoice/>', empty, 'cii')).rejects.toEqual(conflict(/has no cii\/\*\.sef\.json/))
  mkdirSync(join(empty, 'cii'))
  writeFileSync(join(empty, 'cii', 'rules.sef.json'), '{}')
  const isThere = hasEngine(join(empty, 'cii'))
  await expect(officialFindings('<Invoice/>', empty, 'cii')).rejects.toEqual(
    conflict(isThere ? /could not be run/ : /npm install saxon-js/),
  )
})

test('an engine beside the rules is used, and what its report says is read', async () => {
  const rules = made()
  mkdirSync(join(rules, 'cii'))
  writeFileSync(join(rules, 'cii', 'rules.sef.json'), '{}')
  // An engine that says what the real one would: reports are in SVRL.
  mkdirSync(join(rules, 'node_modules', 'saxon-js'), { recursive: true })
  writeFileSync(
    join(rules, 'node_modules', 'saxon-js', 'index.js'),
    `module.exports = { transform: ({ sourceText, stylesheetFileName, destination }, way) => ({ principalResult:
      '<?xml version="1.0" encoding="UTF-8"?><svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl"><svrl:fired-rule context="/"/>' +
      '<svrl:failed-assert id="BR-01" flag="fatal" location="/*"><svrl:text>[BR-01]-It  has\\n &lt;none&gt; ' + sourceText.length + '</svrl:text></svrl:failed-assert>' +
      '<svrl:failed-assert id="W-2" flag="warning" location="/a"><svrl:text>' + [way, destination, stylesheetFileName.slice(-14)] + '</svrl:text></svrl:failed-assert></svrl:schematron-output>' }) }`,
  )
  expect(await officialFindings('<Invoice/>', rules, 'cii')).toEqual([
    { rule: 'BR-01', severity: 'error', message: '[BR-01]-It has <none> 10', location: '/*' },
    { rule: 'W-2', severity: 'warning', message: 'sync,serialized,rules.sef.json', location: '/a' },
  ])
  const broken = made()
  cpSync(rules, broken, { recursive: true })
  writeFileSync(
    join(broken, 'node_modules', 'saxon-js', 'index.js'),
    `module.exports = { transform() { throw new Error('no such rules') } }`,
  )
  await expect(officialFindings('<Invoice/>', broken, 'cii')).rejects.toEqual(conflict(/could not be run/))
})

function hasEngine(folder: string): boolean {
  try {
    createRequire(join(folder, 'x.js')).resolve('saxon-js')
    return true
  } catch {
    return false
  }
}

const brought = process.env.EINVOICE_RULES_DIR ?? ''
test.skipIf(brought === '')(
  'what we call valid is valid by the official rules (EINVOICE_RULES_DIR)',
  { timeout: 600_000 },
  async () => {
    const documents = Array.from({ length: 60 }, (_, seed) => generate(seed)).filter((sold) =>
      isValid(checkEInvoice(composeEInvoice(sold, 'peppol'), 'peppol')),
    )
    expect(documents.length).toBeGreaterThan(20)
    for (const sold of documents) {
      const found = await officialFindings(writeUbl(composeEInvoice(sold, 'peppol'), 'peppol'), brought, 'peppol_bis_3')
      expect([sold.number, found.filter(({ severity }) => severity === 'error')]).toEqual([sold.number, []])
    }
  },
)
