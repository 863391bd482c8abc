import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { program } from './program.ts'

/** What the program says where it needs no database. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
const { run } = program(folder)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Each starts the program and waits for it.
describe.concurrent('the command line', () => {
  test('help lists every command', async () => {
    const { stdout } = await run('help')
    for (const name of [
      'serve',
      'work',
      'migrate',
      'demo',
      'partner create',
      'partner list',
      'partner rotate',
      'partner revoke',
      'client create',
      'audit',
      'openapi',
    ])
      expect(stdout).toContain(`  ${name}`)
  })

  test('an unknown command says so and exits with 2', async () => {
    await expect(run('fly')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown command "fly"') })
  })

  test.each([
    [['restor', 'x'], 'Did you mean "restore"?'],
    [['backup'], 'quittance backup FILE|DIR'],
    [['snapshot', 'fork', 'a', 'b'], 'quittance snapshot fork [NAME]'],
    [['clock'], 'there are clock show, clock advance, clock next, clock rewind, clock reset'],
    [['--hepl'], 'Did you mean --help?'],
    [['--sincee', '2026-01-01'], 'Did you mean --since?'],
  ])('%j is answered with what was meant', async (args, why) => {
    await expect(run(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(why) })
  })

  test('help explains a command, and the version is told', async () => {
    expect((await run('help', 'restore')).stdout).toContain('quittance restore FILE|DIR')
    expect((await run('restore', '--help')).stdout).toContain('quittance restore FILE|DIR')
    expect((await run('--version')).stdout).toMatch(/^quittance \d+\.\d+\.\d+ \(API 2024-05-25, Node /)
  })

  test.each([
    [{ PORT: 'many' }, 'PORT=many does not fit: a whole number from 0 to 65535'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud does not fit: fatal, error'],
    [{ DATABSE_URL: 'x' }, 'DATABSE_URL is not a setting; did you mean DATABASE_URL?'],
    [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'DATABASE_URL leads nowhere'],
    [{ SMTP_URL: 'smtp://127.0.0.1:1' }, "can't be reached"],
  ])('doctor says of %j what to do', async (changes, why) => {
    await expect(program(folder, changes).run('doctor')).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(why) })
  })

  test('doctor finds nothing wrong here, and changes nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
    const { stdout } = await program(empty).run('doctor')
    expect(stdout).not.toContain('FAULT')
    expect(readdirSync(empty)).toEqual([])
    rmSync(empty, { recursive: true })
  })

  test('the OpenAPI document is printed without a database', async () => {
    const { stdout } = await program(folder, { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }).run('openapi')
    const document = JSON.parse(stdout)
    expect(document.openapi).toBe('3.1.0')
    expect(document.paths['/receivables/{receivable_id}/issue'].post.operationId).toBe('post_receivables_id_issue')
  })

  test('a wrong setting stops the start with its name', async () => {
    await expect(program(folder, { PORT: 'many' }).run('serve')).rejects.toMatchObject({
      stderr: expect.stringContaining('PORT'),
    })
  })
})
