import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const log = new URL('./log.ts', import.meta.url).href
function program(source: string): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'quittance-log-')), 'program.ts')
  writeFileSync(
    file,
    `import { createLog } from '${log}'\nconst log = createLog({ log_level: 'info', log_pretty: false })\n${source}`,
  )
  return ['--import', 'tsx', file]
}

test('lines that wait to be written together are written when the process ends', () => {
  const said = execFileSync(process.execPath, program(`for (let i = 0; i < 3; i++) log.info({ i }, 'a line')`), {
    encoding: 'utf8',
  })
  expect(said.split('\n').filter((line) => line.includes('a line'))).toHaveLength(3)
})

test('a warning is written at once, with all that waited before it', { timeout: 15_000 }, async () => {
  const child = spawn(
    process.execPath,
    program(`log.info('before'); log.warn('now'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 60)`),
  )
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise((done) => child.on('close', done))
  expect(said.match(/before|now/g)).toEqual(['before', 'now'])
})
