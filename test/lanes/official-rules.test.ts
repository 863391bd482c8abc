import { expect, test } from 'vitest'
import { checkEInvoice } from '../../src/core/einvoice/rules.ts'
import { writeUbl } from '../../src/core/einvoice/write-ubl.ts'
import { officialFindings } from '../../src/platform/einvoice-rules/official.ts'
import { type Mutation, mutations } from '../support/einvoice-mutations.ts'

/**
 * Our rules beside the official ones: the same documents, each with one part taken out or one number changed, are held against both. Where
 * one of them says valid and the other doesn't, the test fails; where both refuse, but for other rules, it is said.
 */

const rules = process.env.EINVOICE_RULES_DIR ?? ''
if (rules === '') console.log('skipped: EINVOICE_RULES_DIR names no folder with the official rules')
/** A run of the official rules takes half a second: so many of the mutations are tried, evenly spread over all. */
const many = Number(process.env.MUTATIONS ?? 400)
/** Their folders in `EINVOICE_RULES_DIR`. */
const formats = { peppol: 'peppol_bis_3', xrechnung: 'xrechnung' } as const

type Verdict = ReadonlySet<string>
const errors = (findings: readonly { rule: string; severity: string }[]): Verdict =>
  new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))

/** What our rules say of it and how it is written; null for what is not even a document. */
function ours({ invoice, profile }: Mutation): { found: Verdict; xml: string } | null {
  try {
    return { found: errors(checkEInvoice(invoice, profile)), xml: writeUbl(invoice, profile) }
  } catch {
    return null
  }
}

test.skipIf(rules === '')('what is refused by one is refused by the other', { timeout: 3_600_000 }, async () => {
  const all = [...mutations()]
  const step = Math.max(1, Math.floor(all.length / many))
  const wrong: string[] = []
  const others = new Map<string, number>()
  let tried = 0
  for (let i = 0; i < all.length; i += step) {
    const mutation = all[i]!
    const own = ours(mutation)
    if (!own) continue
    tried++
    const theirs = errors(await officialFindings(own.xml, rules, formats[mutation.profile]))
    const named = (verdict: Verdict) => [...verdict].join(', ') || 'valid'
    if ((own.found.size === 0) !== (theirs.size === 0))
      wrong.push(`${mutation.what}: ours ${named(own.found)}, theirs ${named(theirs)}`)
    for (const rule of theirs) if (own.found.size > 0 && !own.found.has(rule)) others.set(rule, (others.get(rule) ?? 0) + 1)
    if (tried % 50 === 0) console.log(`${tried} documents, ${wrong.length} seen otherwise`)
  }
  console.log(`${tried} documents. Rules that only they name where both refuse: ${JSON.stringify(Object.fromEntries(others))}`)
  expect(wrong).toEqual([])
})
