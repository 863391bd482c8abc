import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from '../src/platform/paths.ts'

/** Puts a part of the measured figures in the place of the one with the same heading; the others stay. */
export function keepResults(heading: string, text: string, page = 'bench/results.md'): void {
  const file = join(paths.root, page)
  const parts = readFileSync(file, 'utf8').split(/^(?=#{1,2} )/m)
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`))
  const part = `${text.trim()}\n`
  if (at >= 0) parts[at] = part
  else parts.push(part)
  writeFileSync(
    file,
    parts
      .map((one) => one.trim())
      .join('\n\n')
      .concat('\n'),
  )
}
