import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, invoiceBy, machine } from '../test/faults/process.ts'
import { organization } from '../test/support/world.ts'
import { keepResults } from './results.ts'

/**
 * How long one partner waits for another one's work: `npx tsx bench/fairness.ts [rounds]`. A real server process, its own database and a
 * mail server that never answers after DATA. Under each dose of the loud partner the quiet one makes a tag (whose webhook is awaited)
 * and issues an invoice (whose PDF is awaited), again and again.
 */
const { build } = await import('../scripts/build.mjs' as string)
await build()
const ROUNDS = Number(process.argv[2] ?? 40)
const BOUND_MS = 2_000

const servers: (TcpServer | HttpServer)[] = []
async function listen(server: TcpServer | HttpServer): Promise<number> {
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
const silentMails = await listen(
  createServer((socket) => {
    socket.on('error', () => {}).write('220 silent\r\n')
    socket.on('data', (piece) => {
      if (/^EHLO/i.test(String(piece))) socket.write('250 silent\r\n')
      else if (/^(MAIL|RCPT)/i.test(String(piece))) socket.write('250 ok\r\n')
      else if (/^DATA/i.test(String(piece))) socket.write('354 go on\r\n')
    })
  }),
)
const silentHooks = await listen(createHttpServer(() => {}))
const heard = new Map<string, number>()
const goodHooks = await listen(
  createHttpServer((request, response) => {
    let text = ''
    request.on('data', (piece) => (text += piece))
    request.on('end', () => {
      heard.set(JSON.parse(text).object_id, performance.now())
      response.end()
    })
  }),
)

const computer = machine({ SMTP_URL: `smtp://127.0.0.1:${silentMails}` })
const server = await computer.start()

type Body = Record<string, string>
interface Partner {
  post(path: string, body?: unknown): Promise<Body>
  get(path: string): Promise<Body>
  draft: Record<string, unknown>
}
async function partner(name: string): Promise<Partner> {
  const { output } = await computer.run('partner', 'create', '--name', name)
  const secret = (word: string) => new RegExp(`${word} +(\\S+)`).exec(output)![1]!
  const grant = { grant_type: 'client_credentials', client_id: secret('client_id'), client_secret: secret('client_secret') }
  const { body: token } = (await ask(`${server.url}/v1/auth/token`, {}, 'POST', grant))!
  const headers: Record<string, string> = { authorization: `Bearer ${token.access_token}` }
  const send = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await ask(`${server.url}/v1${path}`, headers, method, body)
    if (!answer || answer.status >= 300)
      throw new Error(`${name} ${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
    return answer.body
  }
  const post = (path: string, body?: unknown) => send('POST', path, body)
  headers['x-monite-entity-id'] = (await post('/entities', organization)).id!
  return { post, get: (path) => send('GET', path), draft: await invoiceBy(post, headers['x-monite-entity-id']) }
}
const many = async (count: number, at_once: number, work: (nth: number) => Promise<unknown>) => {
  let nth = 0
  const hand = async () => {
    while (nth < count) await work(nth++)
  }
  await Promise.all(Array.from({ length: at_once }, hand))
}
const issued = async ({ post }: Partner, draft: object) => {
  const { id } = await post('/receivables', draft)
  await post(`/receivables/${id}/issue`)
  return id!
}
const lines = (count: number, draft: Record<string, unknown>) => ({
  ...draft,
  line_items: Array.from({ length: count }, () => (draft.line_items as unknown[])[0]),
})

const quiet = await partner('Quiet')
await quiet.post('/webhook_subscriptions', { object_type: 'tag', url: `http://127.0.0.1:${goodHooks}/` })

/** Milliseconds until the webhook of a tag arrived, and until the PDF of an invoice was there. */
async function once(nth: number): Promise<[hook: number, pdf: number]> {
  const began = performance.now()
  const hook = quiet.post('/tags', { name: `Tag ${began} ${nth}` }).then(async ({ id }) => {
    const made = performance.now()
    while (!heard.has(id!)) {
      if (performance.now() - made > 120_000) return 120_000
      await sleep(2)
    }
    return heard.get(id!)! - made
  })
  const pdf = issued(quiet, quiet.draft).then(async (id) => {
    const made = performance.now()
    while (!(await quiet.get(`/receivables/${id}/pdf_link`)).file_url) await sleep(10)
    return performance.now() - made
  })
  return Promise.all([hook, pdf])
}

async function measure(dose: string, prepare: (loud: Partner) => Promise<void>): Promise<string[]> {
  await prepare(await partner(dose))
  const hooks: number[] = []
  const pdfs: number[] = []
  for (let nth = 0; nth < ROUNDS; nth++) {
    const [hook, pdf] = await once(nth)
    hooks.push(hook)
    pdfs.push(pdf)
    await sleep(50)
  }
  const at = (all: number[], share: number) => Math.round(all.sort((a, b) => a - b)[Math.ceil(all.length * share) - 1]!)
  const row = [dose, `${at(hooks, 0.5)} / ${at(hooks, 0.99)}`, `${at(pdfs, 0.5)} / ${at(pdfs, 0.99)}`]
  console.log(row.join(' | '))
  if (Math.max(at(hooks, 0.99), at(pdfs, 0.99)) > BOUND_MS) process.exitCode = 1
  return row
}

const doses: [string, (loud: Partner) => Promise<void>][] = [
  ['nothing', async () => {}],
  [
    '40 silent endpoints of one partner, 800 deliveries',
    async ({ post }) => {
      await many(40, 4, (n) =>
        post('/webhook_subscriptions', { object_type: 'tag', url: `http://127.0.0.1:${silentHooks}/${n}` }),
      )
      await many(20, 4, (n) => post('/tags', { name: `Loud ${n}` }))
    },
  ],
  [
    'a mail server that is silent after DATA, 40 mails',
    async (loud) => {
      const id = await issued(loud, loud.draft)
      const recipients = { to: ['a@example.com'], cc: [], bcc: [] }
      await many(40, 4, () => loud.post(`/receivables/${id}/send`, { subject_text: 'S', body_text: 'B', recipients }))
    },
  ],
  [
    '300 issues of one entity at once',
    async (loud) => {
      const ids: string[] = []
      await many(300, 16, async () => ids.push((await loud.post('/receivables', loud.draft)).id!))
      await many(300, 50, (n) => loud.post(`/receivables/${ids[n]}/issue`))
    },
  ],
  ['ten invoices of 400 lines', async (loud) => many(10, 10, () => issued(loud, lines(400, loud.draft)))],
  [
    '10,000 deliveries to an endpoint that refuses connections',
    async ({ post }) => {
      await post('/webhook_subscriptions', { object_type: 'tag', url: 'http://127.0.0.1:9/' })
      await many(10_000, 16, (n) => post('/tags', { name: `Loud ${n}` }))
    },
  ],
]
const rows: string[][] = []
for (const [dose, prepare] of doses) rows.push(await measure(dose, prepare))
const audit = await computer.run('audit')
if (audit.code !== 0) {
  console.log(audit.output)
  process.exitCode = 1
}
await server.kill('SIGTERM')
for (const one of servers) {
  one.close()
  if ('closeAllConnections' in one) one.closeAllConnections()
}
await computer.remove()

const text = `Made by \`npx tsx bench/fairness.ts ${ROUNDS}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, 2 cores that other work used at the same time. While one
partner gives the dose, another one makes a tag and issues an invoice, ${ROUNDS} times; milliseconds until its webhook arrived and its PDF
was there. Aim: 2,000 at most. \`quittance audit\` afterwards: ${audit.code === 0 ? 'finds nothing' : 'finds something'}.

| dose | webhook of the other, median / p99 | PDF of the other, median / p99 |
|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`
keepResults('## Nobody waits for a stranger', `## Nobody waits for a stranger\n\n${text}`, 'docs/reliability/results.md')
process.exit()
