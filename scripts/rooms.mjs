// The table of docs/architecture.md that says which file decides what: each file is there, and has the functions that the table names.
import { existsSync, readFileSync } from 'node:fs'

const PAGE = 'docs/architecture.md'
const ROW = /^\| [^|`]+ \| `([\w./-]+\.ts)` \| ((?:`\w+`(?:, )?)+) \|$/gm

/** What is wrong, a line for each. */
export function faultsOfRooms() {
  const rows = [...readFileSync(PAGE, 'utf8').matchAll(ROW)]
  if (rows.length < 22) return [`${PAGE}: the table of what decides has ${rows.length} rows that can be read`]
  return rows.flatMap(([, file, names]) => {
    const path = `src/${file}`
    if (!existsSync(path)) return [`${PAGE}: there is no ${path}`]
    const source = readFileSync(path, 'utf8')
    const missing = names
      .match(/\w+/g)
      .filter((name) => !new RegExp(`^(export )?(async )?(function|const) ${name}\\b`, 'm').test(source))
    return missing.map((name) => `${PAGE}: ${path} has no ${name}`)
  })
}
