// Holds our OpenAPI document against the reference: npm run contract -- [--area receivables] [--all] [any other option of check-static.mjs].
// Looks at the operations we serve; --all also lists those that are missing. Meant differences stand in test/contract/differences.json.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const checker = join(root, '..', 'shared', 'contract', 'check-static.mjs')
const meant = JSON.parse(readFileSync(join(root, 'test', 'contract', 'differences.json'), 'utf8'))

export const referenceIsHere = () => existsSync(checker)

/** What differs from the reference in the operations we serve, apart from what is meant; and what is meant but no longer differs. */
export function compare(document, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-contract-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, JSON.stringify(document))
    // By its real path: as a link it would take itself for imported, and do nothing.
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [realpathSync(checker), file, '--json', '--max-lines', '0', ...options],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    )
    if (status === 2 || !stdout) throw new Error(stderr)
    const { operations, failures } = JSON.parse(stdout)
    const served = operations.filter(({ present }) => present)
    const differences = served.flatMap(({ id, differences }) =>
      differences.map((difference) => ({ operation: id, ...difference })),
    )
    const isSame = (a) => (b) => a.operation === b.operation && a.at === b.at && a.message === b.message
    const asked = new Set(operations.map(({ id }) => id))
    return {
      served: served.length,
      missing: operations.filter(({ present }) => !present).map(({ id }) => id),
      meant: meant.filter((known) => differences.some(isSame(known))),
      unmeant: differences.filter((found) => !meant.some(isSame(found))),
      // What only values show stands in no document: the tests hold it against each answer.
      settled: meant.filter((known) => !known.seen && asked.has(known.operation) && !differences.some(isSame(known))),
      failures: failures ?? [],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const idsIn = (path) => Object.values(path).map(({ operationId }) => operationId)

function main(args) {
  if (!referenceIsHere()) return console.log(`There is no reference at ${checker}: nothing to compare with`)
  const all = args.includes('--all')
  const options = args
    .filter((arg) => arg !== '--all' && arg !== '--')
    .flatMap((arg, i, list) => (i === 0 && list.length === 1 && !arg.startsWith('-') ? ['--operation', arg] : [arg]))
  const document = JSON.parse(
    execFileSync(process.execPath, [join(root, 'bin', 'quittance.js'), 'openapi'], { encoding: 'utf8', maxBuffer: 1 << 28 }),
  )
  const [option, id] = options
  const paths = Object.entries(document.paths)
  if (option === '--operation' && paths.some(([path, of]) => path.startsWith('/x/') && idsIn(of).includes(id)))
    return console.log(`${id} is our own: the reference has nothing under /x/`)
  const { served, missing, meant, unmeant, settled, failures } = compare(document, options)
  for (const { operation, at, reason } of meant) console.log(`meant    ${operation}  ${at}: ${reason}`)
  for (const { operation, at } of settled)
    console.log(`settled  ${operation}  ${at}: take it out of test/contract/differences.json`)
  if (all) for (const id of missing) console.log(`missing  ${id}`)
  for (const { operation, at, severity, message } of unmeant) console.log(`${severity.padEnd(8)} ${operation}  ${at}: ${message}`)
  for (const failure of failures) console.log(`failed   ${failure}`)
  console.log(
    `${served} operations served, ${missing.length} of the reference missing; ${meant.length} meant differences, ${unmeant.length} others`,
  )
  if (unmeant.length + settled.length + failures.length > 0) process.exitCode = 1
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2))
