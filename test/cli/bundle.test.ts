import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { programBeside } from '../../src/platform/programs.ts'

// Modules of the build are plain JavaScript.
beforeAll(async () => {
  const { buildIfStale } = await import(join(paths.root, 'scripts/build.mjs'))
  await buildIfStale()
}, 60_000)

test('every program and worker that is started by its name is in the bundle', () => {
  const started = readdirSync(join(paths.root, 'src'), { recursive: true, withFileTypes: true })
    .map(({ name }) => name)
    .filter((name) => /\.(program|worker)\.ts$/.test(name) && !name.startsWith('faulty'))
  const built = new Set(readdirSync(join(paths.root, 'dist')))
  expect(started.length).toBeGreaterThan(6)
  expect(started.filter((name) => !built.has(name.replace(/ts$/, 'js')))).toEqual([])
})

test('a program lies beside the part of the bundle that starts it, whatever form that part has', () => {
  for (const part of ['chunk-1A2B3C4D.cjs', 'reading.js'])
    expect(programBeside(`file:///opt/quittance/dist/${part}`, 'pdf.worker').pathname).toBe('/opt/quittance/dist/pdf.worker.js')
})

const dist = join(paths.root, 'dist')
const read = (name: string) => readFileSync(join(dist, name), 'utf8')
/** Parts of an older bundle may lie beside: only what leads from where programs start counts. */
function reached(): string[] {
  const names = new Set(readdirSync(dist).filter((name) => /^(cli\.cjs|(reading|[\w-]+\.(program|worker))\.js)$/.test(name)))
  for (const name of names)
    for (const [, part = ''] of read(name).matchAll(/(?:from|import|require) ?\(?"\.\/([^"]+\.c?js)"/g)) names.add(part)
  return Array.from(names)
}

test('what is loaded by its name when it is needed is in the part that is loaded', () => {
  const exported = (name: string) =>
    [...read(name).matchAll(/^export \{([^}]*)\}|\b__export\(\w+,\{([^}]*)\}/gm)]
      .flatMap(([, names, getters = '']) => (names ?? getters).split(','))
      .map((one) => one.trim().split(' as ').pop()!.split(':')[0]!)
      // A package in the older form has one export.
      .concat(/^export default /m.test(read(name)) ? ['default'] : [])
  const asked = reached()
    .flatMap((name) => [
      ...read(name).matchAll(/\{([^{}]+)\} ?= ?await (?:import|Promise\.resolve\(\)\.then\(\(\) => require)\("\.\/([^"]+)"\)/g),
    ])
    .flatMap(([, names = '', part = '']) => names.split(',').map((one) => ({ name: one.trim().split(':')[0]!.trim(), part })))
  expect(asked.length).toBeGreaterThan(15)
  expect(asked.filter(({ name, part }) => !exported(part).includes(name))).toEqual([])
})

test('no character of the server is beyond U+00FF: one would double the memory that its source takes', () => {
  expect(reached().filter((name) => name.endsWith('.cjs') && /[^\0-\xff]/.test(read(name)))).toEqual([])
})

test('where an escape would be shown such a character is refused', async () => {
  const { inOneByte } = await import(join(paths.root, 'scripts/build.mjs'))
  expect(inOneByte('/[\u0142]/.test(`\u20ac 5`) // \u2013')).toBe('/[\\u0142]/.test(`\\u20ac 5`) // \\u2013')
  expect(() => inOneByte('String.raw`\u2192`')).toThrow('String.raw')
})

test('modules of Node are required: an import reads all of their names, and some load a client of HTTP', () => {
  const imported = reached().flatMap((name) =>
    [...read(name).matchAll(/^import .* from "([^"./][^"]*)";$/gm)].map(([, from]) => from!),
  )
  expect(imported.filter((from) => isBuiltin(from) && from !== 'node:module')).toEqual([])
})

test('a package that an update asks for and nobody installed is named, with what to do', async () => {
  const { explained } = await import(join(paths.root, 'scripts/build.mjs'))
  const { build } = await import('esbuild')
  const stdin = { contents: "import 'never-installed'; import '@never/installed/part'", resolveDir: paths.root }
  const failed = await build({ stdin, bundle: true, platform: 'node', write: false, logLevel: 'silent' }).catch((error) => error)
  expect(explained(failed).message).toBe('Not installed: never-installed, @never/installed/part. Run npm ci, then try again.')
  const other = new Error('Syntax error')
  expect(explained(other)).toBe(other)
})
