// Reads every import of src and says when one points the wrong way; the rules stand in .dependency-cruiser.cjs. Statements are looked at, too.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise } from 'dependency-cruiser'
import { faultsOfImports, faultsOfTables } from './areas.mjs'
import { faultsOfCasts } from './casts.mjs'
import { faultsOfRooms } from './rooms.mjs'
import { faultsOfStatements } from './statements.mjs'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs')

const { output } = await cruise(['src'], { ...options, ruleSet: { forbidden }, validate: true })
const { violations: wrong, totalCruised } = output.summary
const ours = output.modules.filter(({ source }) => source.startsWith('src/'))
const imports = ours.flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => [source, resolved]))

// Without a parser for TypeScript dependency-cruiser reads nothing and is content: an empty answer is a broken check.
const between = imports.filter(([, to]) => to.startsWith('src/')).length
if (ours.length < 50 || between < 100) fail(`Only ${ours.length} files and ${between} imports were read: is @swc/core installed?`)

const comments = new Map(forbidden.map(({ name, comment }) => [name, comment]))
for (const rule of new Set(wrong.map(({ rule }) => rule.name))) {
  console.error(`\n${rule}: ${comments.get(rule)}`)
  for (const { from, to, cycle } of wrong.filter((violation) => violation.rule.name === rule))
    console.error(`  ${from} → ${cycle ? cycle.map(({ name }) => name).join(' → ') : to}`)
}

const faults = [...faultsOfStatements(), ...faultsOfCasts(), ...faultsOfImports(imports), ...faultsOfTables(), ...faultsOfRooms()]
if (faults.length > 0) fail(faults.join('\n'))
if (wrong.length > 0) fail(`${wrong.length} imports point the wrong way`)
console.log(`${ours.length} files and ${between} imports between them; every one points the right way (${totalCruised} read)`)

function fail(message) {
  console.error(`\n${message}`)
  process.exit(1)
}
