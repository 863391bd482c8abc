// What `enableCompileCache` does, for a Node older than 22.8: keeps what V8 made of the bundle for the next start.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

/** Parts whose names say what they hold: what was made of another part never meets them. */
const PART = /-[A-Z0-9]{8}\.cjs$/

/** Keeps in `folder` what V8 makes of the parts in `dist`. What can't be read or written there is made again at each start. */
export function keepCode(dist, folder) {
  const made = new Map()
  // By then V8 has made what a start needs, function by function.
  process.once('exit', () => {
    for (const [file, script] of made) keep(file, script.createCachedData())
  })
  const compile = Module.prototype._compile
  Module.prototype._compile = function (source, file, ...rest) {
    if (dirname(file) !== dist || !PART.test(file)) return compile.call(this, source, file, ...rest)
    const kept = join(folder, `${basename(file)}.${process.version}-${process.arch}`)
    const script = new Script(Module.wrap(source), {
      filename: file,
      cachedData: readKept(kept),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    if (script.cachedDataRejected !== false) made.set(kept, script)
    script.runInThisContext().call(this.exports, this.exports, createRequire(file), this, file, dist)
  }
}

function readKept(file) {
  try {
    return readFileSync(file)
  } catch {}
}

function keep(file, data) {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.${process.pid}.tmp`, data)
    renameSync(`${file}.${process.pid}.tmp`, file)
  } catch {}
}
