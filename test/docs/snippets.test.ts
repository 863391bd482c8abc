import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { type Body, house, world } from '../support/world.ts'

/**
 * The shell examples of all pages are run by a shell, with a `curl` that writes down what it was asked and answers something. Then each request
 * is sent: its address has to be an operation, its query known, and its body of the shape that is asked for.
 */

const folder = mkdtempSync(join(tmpdir(), 'quittance-snippets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What pages mean by an id without saying where it comes from. */
const IDS =
  'INVOICE BILL ID FILE ACCOUNT CUSTOMER THEIR_ACCOUNT VAT_ID COUNTERPART QUOTE DRAFT NOTE PRODUCT USER USER_TOKEN MAIL_IN_SECRET'.split(
    ' ',
  )

const pages = readdirSync(join(paths.root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(paths.root, 'docs', name), 'utf8') }))
  .concat({ name: 'README.md', text: readFileSync(join(paths.root, 'README.md'), 'utf8') })
const snippets = pages
  .map(({ name, text }) => ({ name, blocks: [...text.matchAll(/```(?:sh|bash)\n([\s\S]*?)```/g)].map(([, code = '']) => code) }))
  // A page that asks nothing of the API is about commands, which `npm run first-hour` and the lanes try.
  .map(({ name, blocks }) => ({ name, code: blocks.filter((code) => /\bcurl |^(api|post|call) /m.test(code)).join('\n') }))
  .filter(({ code }) => code !== '')

const ANSWER = {
  id: '7d6f2c1e-4a53-4f0e-9c55-2f6f7f1f5b10',
  status: 'done',
  default_billing_address_id: '7d6f2c1e-4a53-4f0e-9c55-2f6f7f1f5b10',
  source_url: 'http://files/export.zip',
  file_url: 'http://files/note.pdf',
  dns_records: { sending_dns_records: [], receiving_dns_records: [] },
  data: [{ id: '7d6f2c1e-4a53-4f0e-9c55-2f6f7f1f5b10', value: 1900 }],
}
const asked = join(folder, 'asked.jsonl')
writeFileSync(
  join(folder, 'curl.mjs'),
  `import { appendFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(asked)}, JSON.stringify(process.argv.slice(2)) + '\\n')
console.log(${JSON.stringify(JSON.stringify(ANSWER))})`,
)
const PREAMBLE = `
curl() { node ${folder}/curl.mjs "$@"; }
sleep() { :; }
API=http://api/v1 TOKEN=token ENTITY=${ANSWER.id} ${IDS.map((name) => `${name}=${ANSWER.id}`).join(' ')}
H=(-H "Authorization: Bearer $TOKEN" -H "x-monite-entity-id: $ENTITY")
field() { node -pe "JSON.parse(require('fs').readFileSync(0))$1"; }
`

interface Request {
  readonly method: string
  readonly url: string
  readonly body: string | undefined
  readonly type: string | undefined
}

/** What a call of curl asks for. */
function requestOf(args: readonly string[]): Request {
  const after = (flag: string) => args.filter((_, i) => args[i - 1] === flag)
  const [body] = [...after('-d'), ...after('--data-binary')]
  const url = args.find((arg, i) => /^http/.test(arg) && !/^-[a-zA-Z]$/.test(args[i - 1] === '-s' ? '' : (args[i - 1] ?? '')))
  const [method] = after('-X')
  const type = after('-H').find((header) => /^content-type:/i.test(header))
  return {
    method: method ?? (body !== undefined || args.includes('-F') ? 'POST' : 'GET'),
    url: url ?? args.find((arg) => /^http/.test(arg)) ?? '',
    body: args.includes('-F') ? undefined : body,
    type: type?.split(':')[1]?.trim(),
  }
}

const SHAPE =
  /^(missing|extra_forbidden|enum|literal_error|string_.*|greater_.*|less_.*|too_.*|.*_type|none_required|.*_parsing)$/

test.each(snippets)('$name', async ({ code }) => {
  rmSync(asked, { force: true })
  execFileSync('bash', ['-euc', `${PREAMBLE}\n${code}`], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const requests = readFileSync(asked, 'utf8')
    .trim()
    .split('\n')
    .map((line) => requestOf(JSON.parse(line) as string[]))
  expect(requests.length).toBeGreaterThan(0)
  const w = await world()
  const { app } = await house()
  const wrong: string[] = []
  for (const { method, url, body, type } of requests) {
    // Files, and a door that is there only with a setting.
    if (/^http:\/\/(files\/|api\/v1\/inbound\/)/.test(url)) continue
    const { pathname, search } = new URL(url)
    const path = pathname.replace(/^\/v1/, '')
    const inBerlin = { 'x-monite-entity-id': w.berlin.entityId!, authorization: `Bearer ${w.partner.token}` }
    const answer = await app.inject({
      method: method as 'GET',
      url: `${path.replaceAll(ANSWER.id, () => crypto.randomUUID())}${search}`,
      headers: { ...inBerlin, ...(body !== undefined && { 'content-type': type ?? 'application/x-www-form-urlencoded' }) },
      ...(body !== undefined && { payload: body }),
    })
    const told = `${method} ${path}${search}: ${answer.statusCode} ${answer.body.slice(0, 300)}`
    if (answer.headers['x-unknown-query'] !== undefined) wrong.push(`${told} does not know ${answer.headers['x-unknown-query']}`)
    if (answer.statusCode === 404 && answer.body.includes('unknown_address')) wrong.push(told)
    if (answer.statusCode === 405 || answer.statusCode >= 500) wrong.push(told)
    // What a page leaves out can't be right.
    if (answer.statusCode !== 422 || body?.includes('…')) continue
    const { detail } = JSON.parse(answer.body) as Body
    // Files are sent by `-F`, which is not repeated here.
    const faults = detail.filter(({ type, loc }: Body) => SHAPE.test(type) && !(body === undefined && loc[0] === 'body'))
    if (faults.length > 0) wrong.push(told)
  }
  expect(wrong).toEqual([])
})
