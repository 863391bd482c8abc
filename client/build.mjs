// Writes dist/: the types of the API as this checkout describes it, and the client over them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const here = dirname(fileURLToPath(import.meta.url))
const bin = join(here, '..', 'bin', 'quittance.js')
const document = JSON.parse(execFileSync(process.execPath, [bin, 'openapi'], { encoding: 'utf8', maxBuffer: 1 << 28 }))
rmSync(join(here, 'dist'), { recursive: true, force: true })
mkdirSync(join(here, 'dist'))
const types = astToString(await openapiTS(document))
writeFileSync(join(here, 'src', 'api.d.ts'), types)
execFileSync(process.execPath, [join(here, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', here], { stdio: 'inherit' })
writeFileSync(join(here, 'dist', 'api.d.ts'), types)
