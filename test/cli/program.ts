import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { paths } from '../../src/platform/paths.ts'

const bin = join(paths.root, 'bin', 'quittance.js')

/** How the program is started from the command line, over a data folder and with other settings. */
export function program(folder: string, settings: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'warn', PORT: '0', ...settings }
  const command = (...args: string[]) => [process.execPath, [bin, ...args], { env, maxBuffer: 1e7 }] as const
  /** Runs it to its end; fails with what it said when that is not 0. */
  return { command, run: (...args: string[]) => promisify(execFile)(...command(...args)) }
}
