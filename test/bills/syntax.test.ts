import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeEinvoice } from '../../bench/bills/make.ts'
import { einvoices } from '../../bench/bills/plan.ts'
import { Random } from '../../bench/bills/random.ts'
import { rewritten } from '../../bench/bills/syntax.ts'
import { paths } from '../../src/platform/paths.ts'
import { billFromXml } from '../../src/platform/reading/xml-bill.ts'
import { xmlText } from '../../src/platform/reading/xml-text.ts'

/** Whatever prefixes, order, quotes, blanks, references and encoding an electronic invoice has: it says the same. */

const WAYS = 12
const folder = join(paths.root, 'test', 'bills', 'field')
const kept = readdirSync(folder)
  .filter((name) => /\.xml$/.test(name) && !/^(?:not|ends)-/.test(name))
  .map((name) => [name, readFileSync(join(folder, name))] as const)
const made = [...einvoices.keys()].flatMap((at) => {
  const { truth, bytes } = makeEinvoice(at, 'syntax')
  return truth.file.endsWith('.xml') ? [[truth.file, Buffer.from(bytes)] as const] : []
})

describe('an electronic invoice says the same, however it is written', () => {
  test.each([...kept, ...made])('%s', async (name, bytes) => {
    const right = await billFromXml(bytes)
    expect('refused' in right).toBe(false)
    for (let way = 0; way < WAYS; way++) {
      const other = rewritten(xmlText(bytes), new Random(`${name} ${way}`))
      expect({ way, bill: await billFromXml(other) }).toEqual({ way, bill: right })
    }
  })
})
