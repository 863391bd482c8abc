// The first hour of somebody new, as the pages tell it: clone, start, first invoice and its PDF, first webhook, the client in a project of its
// own, first answer of an assistant's tool. Every command is read from README.md, docs/ and client/README.md, or from what the server printed,
// so that none of them can go wrong unnoticed. `npm run first-hour`; needs git, bash, curl and the package registry.
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = await mkdtemp(join(tmpdir(), 'quittance-first-hour-'))
const clone = join(folder, 'quittance')
const began = performance.now()
const programs = []

/** The address that the pages name may be taken on this machine. */
const [port, hookPort] = [await freePort(), await freePort()]
const here = (text) =>
  text.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`).replaceAll('localhost:4000', `localhost:${hookPort}`)
/** What the pages call `quittance` is this, before it is installed. */
const QUITTANCE = `quittance() { node ${clone}/bin/quittance.js "$@"; }; npx() { [ "$1" = quittance ] && shift && quittance "$@"; }\n`
const env = { ...process.env, PORT: String(port), DATA_DIR: join(clone, 'data') }

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

function must(right, what) {
  if (!right) throw new Error(what)
}

/** Says what was done, and how long it took. */
async function step(what, work) {
  const from = performance.now()
  const result = await work()
  console.log(`${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s  ${what}`)
  return result
}

/** The block of code in a page of the clone that has `words` in it. */
async function block(page, words) {
  const text = await readFile(join(clone, page), 'utf8')
  const found = [...text.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, code]) => code).filter((code) => code.includes(words))
  must(found.length > 0, `${page} shows no code with "${words}"`)
  return found[0]
}
/** The line of a page that begins with `words`, without what is explained behind it. */
const line = async (page, words) =>
  (await block(page, words))
    .split('\n')
    .find((one) => one.startsWith(words))
    .split(/\s+#/)[0]

async function bash(script, cwd = clone) {
  try {
    const { stdout } = await promisify(execFile)('bash', ['-ec', script], { cwd, env, maxBuffer: 1 << 26 })
    return stdout
  } catch (error) {
    throw new Error(`${script}\nfailed: ${error.stderr || error.message}\n${error.stdout ?? ''}`)
  }
}

/** Starts a program, and waits until it says `words`. */
function start(script, words, more = {}) {
  const program = spawn('bash', ['-ec', script], { cwd: clone, env: { ...env, ...more }, detached: true })
  let said = ''
  programs.push({ program, script, said: () => said })
  const until = (pattern) =>
    new Promise((done, fail) => {
      const look = () => {
        const found = pattern.exec(said)
        if (!found) return
        clearTimeout(timer)
        done(found)
      }
      const timer = setTimeout(() => fail(new Error(`${script} did not say ${pattern} within two minutes:\n${said}`)), 120_000)
      for (const output of [program.stdout, program.stderr])
        output.on('data', (chunk) => {
          said += chunk
          look()
        })
      program.once('exit', (code) => fail(new Error(`${script} ended with ${code}:\n${said}`)))
      look()
    })
  return until(words).then((found) => ({ found, until }))
}

async function firstHour() {
  await step('git clone', () => promisify(execFile)('git', ['clone', '--quiet', root, clone]))

  const run = (await line('README.md', 'npm ci && npm start')).trim()
  const server = await step(`${run} (until it listens)`, () => start(run, /Get a token:\n {2}(TOKEN=.+)\n/))
  const [, token] = server.found

  const make = await line('examples/README.md', '(cd client')
  await step(make, () => bash(make))

  const hear = here(await line('docs/webhooks.md', 'quittance listen'))
  const listen = await step(hear, () => start(QUITTANCE + hear, /Signing secret +(\S+)/))
  const receiver = await line('examples/README.md', 'WEBHOOK_SECRET=')
  const shop = await step(receiver, () =>
    start(receiver.replace('whsec_…', listen.found[1]).replace('4000', hookPort), /listening/i),
  )

  const six = here(await block('README.md', '/issue'))
  const said = await step('an invoice in six calls', () => bash(`${token}\n${six}\necho $ENTITY`))
  const [, number, pdf, entity] = /^(INV-\d{5})\n(http\S+)\npaid\n(\S{36})$/m.exec(said) ?? []
  must(number, `The six calls said something else than a number, the address of a PDF, and paid:\n${said}`)
  await step(`its PDF (${number})`, async () => {
    const answer = await fetch(pdf)
    const bytes = Buffer.from(await answer.arrayBuffer())
    must(answer.ok && bytes.subarray(0, 5).toString() === '%PDF-', `${pdf} is no PDF`)
  })
  await step('the first webhook', () => shop.until(/receivable\.issued [0-9a-f-]{36}/))

  const secrets = join(clone, 'data', 'secrets')
  const file = (await readdir(secrets)).find((name) => name.endsWith('.json'))
  const { client_id, client_secret } = JSON.parse(await readFile(join(secrets, file), 'utf8'))
  const project = join(folder, 'project')
  await step('the client, packed and installed', async () => {
    await bash('npm pack --silent --ignore-scripts', join(clone, 'client'))
    await mkdir(project)
    await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}')
    await bash(`npm install --no-audit --no-fund "$(ls ${clone}/client/*.tgz)"`, project)
  })
  await step('the client in a project of its own', async () => {
    const program = here(await block('client/README.md', 'createQuittance('))
      .replace("clientId: '…'", `clientId: '${client_id}'`)
      .replace("clientSecret: '…'", `clientSecret: '${client_secret}'`)
    await writeFile(join(project, 'main.ts'), `${program}`)
    const out = await bash(`${clone}/node_modules/.bin/tsx main.ts`, project)
    must(out === 'Travel\n', `The client answered ${out}`)
  })

  await step("the first answer of an assistant's tool", async () => {
    const { args } = JSON.parse(await block('docs/mcp.md', '"mcpServers"')).mcpServers.quittance
    const from = (name) =>
      import(pathToFileURL(join(clone, 'node_modules', '@modelcontextprotocol', 'client', 'dist', name)).href)
    const [{ Client }, { StdioClientTransport }] = await Promise.all([from('index.mjs'), from('stdio.mjs')])
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [join(clone, 'bin', 'quittance.js'), ...args.slice(1)],
      env: {
        ...process.env,
        QUITTANCE_URL: here('http://127.0.0.1:3000'),
        QUITTANCE_CLIENT_ID: client_id,
        QUITTANCE_CLIENT_SECRET: client_secret,
        QUITTANCE_ENTITY_ID: entity,
      },
    })
    const client = new Client({ name: 'first-hour', version: '1' })
    await client.connect(transport)
    try {
      const answer = await client.callTool({ name: 'list_invoices', arguments: {} })
      must(!answer.isError && answer.content[0].text.includes(number), `The tool answered ${JSON.stringify(answer)}`)
    } finally {
      await client.close()
    }
  })
}

try {
  await firstHour()
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  from clone to the first answer of a tool`)
} catch (error) {
  console.error(error.message)
  for (const { script, said } of programs) console.error(`\n${script} said last:\n${said().slice(-2_000)}`)
  process.exitCode = 1
} finally {
  for (const { program } of programs) {
    const { pid, exitCode } = program
    if (exitCode === null)
      try {
        process.kill(-pid, 'SIGTERM')
      } catch {}
  }
  // The server ends its own database.
  await Promise.all(
    programs.map(({ program }) => program.exitCode ?? program.signalCode ?? new Promise((done) => program.once('exit', done))),
  )
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
}
