import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { conflict } from '../../core/refusal.ts'
import { Exceeded, runBounded } from '../bounded/bounded.ts'
import { programBeside } from '../programs.ts'

/** The official rules of e-invoices, where an operator brought them: compiled style sheets, and the engine that runs them (saxon-js). */

export interface OfficialFinding {
  readonly rule: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** An XPath into the document. */
  readonly location: string
}

/** The rules of EN 16931 alone are read in half a second and need 200 MB. */
const BOUNDS = { timeout_ms: 60_000, memory_mb: 1024 }
const program = () => programBeside(import.meta.url, 'rules.program')

/**
 * Holds an e-invoice against the rules in the folder `format` of `rules_dir`. Refuses (`conflict`) where no rules are there for it, where the
 * engine is not installed, and where the rules can't be run.
 */
export async function officialFindings(xml: string, rules_dir: string, format: string): Promise<OfficialFinding[]> {
  if (rules_dir === '')
    throw conflict('There are no official rules here: EINVOICE_RULES_DIR names no folder (docs/e-invoices.md)')
  const folder = resolve(join(rules_dir, format))
  const names = await access(folder).then(
    () => readdir(folder),
    () => [],
  )
  if (!names.some((name) => name.endsWith('.sef.json')))
    throw conflict(`There are no official rules for ${format} here: EINVOICE_RULES_DIR has no ${format}/*.sef.json`)
  try {
    const files = await runBounded(program(), Buffer.from(xml), BOUNDS, [folder])
    const found: unknown = JSON.parse(files.get('findings.json')?.toString() ?? 'null')
    if (Array.isArray(found)) return found
  } catch (error) {
    if (!(error instanceof Exceeded)) throw error
    throw conflict(`The official rules for ${format} could not be run: ${error.message.slice(0, 300)}`)
  }
  throw conflict('The engine of the official rules is not installed: npm install saxon-js in EINVOICE_RULES_DIR')
}
