#!/usr/bin/env node
// In a checkout the bundle is made when a source is newer than it; an installed package brings its bundle along.
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Quittance needs Node 20.19 or newer, best 24; this is ${process.versions.node}. https://nodejs.org/en/download`)
  process.exit(1)
}

// As newer ones have it. Without it pg loads a client of HTTP, to see whether it runs at Cloudflare.
globalThis.navigator ??= { userAgent: `Node.js/${major}` }

if (existsSync(new URL('../src', import.meta.url))) {
  try {
    await (await import('../scripts/build.mjs')).buildIfStale()
  } catch (error) {
    const missing =
      error.code === 'ERR_MODULE_NOT_FOUND' ? 'The packages are not installed. Run npm ci, then try again.' : error.message
    console.error(missing)
    process.exit(1)
  }
}
// What V8 made of the bundle is kept beside it for the next start, where the folder can be written.
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const kept = join(dist, '.compiled')
if (modules.enableCompileCache) modules.enableCompileCache(kept)
else (await import('./kept-code.js')).keepCode(dist, kept)
modules.createRequire(import.meta.url)('../dist/cli.cjs')
