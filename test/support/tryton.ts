import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Body } from './world.ts'

/** A real Tryton with a company and a chart of its own in a temporary folder; null where it isn't installed. */

export const trytonVersion = (() => {
  try {
    return execFileSync('trytond-admin', ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
})()

const PASSWORD = 'open sesame'
/** The accounts of its chart, by the words of the connection's page. */
export const trytonAccounts = {
  bank: '1200',
  fees: '4970',
  discounts: '8730',
  bad_debts: '2400',
  overpayments: '1701',
  withheld: '1530',
  deductions: '8700',
  rounding: '4990',
  gains: '2660',
  losses: '2150',
}

export async function startTryton(years: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tryton-'))
  const port = await freePort()
  const conf = join(folder, 'trytond.conf')
  writeFileSync(join(folder, 'books.sqlite'), '')
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`)
  writeFileSync(
    conf,
    `[database]\nuri = sqlite://\npath = ${folder}\n[web]\nlisten = 127.0.0.1:${port}\n[session]\ntimeout = 86400\n`,
  )
  const env = { ...process.env, TRYTONPASSFILE: join(folder, 'password') }
  const update = ['-c', conf, '-d', 'books', '-u', 'account_invoice', '--activate-dependencies', '--email', 'admin@example.com']
  execFileSync('trytond-admin', update, { env, stdio: 'pipe' })
  const server: ChildProcess = spawn('trytond', ['-c', conf], { env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`

  async function call(method: string, params: unknown[], authorization?: string): Promise<Body> {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
    const response = await fetch(`${url}/books/`, { method: 'POST', headers, body: JSON.stringify({ id: 1, method, params }) })
    const answer = JSON.parse(await response.text())
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error).slice(0, 1500)}`)
    return answer.result
  }
  for (let tries = 0; ; tries++) {
    try {
      await fetch(url)
      break
    } catch (error) {
      if (tries > 100) throw error
      await sleep(100)
    }
  }
  const [uid, key] = await call('common.db.login', ['admin', { password: PASSWORD }, 'en'])
  const header = `Session ${Buffer.from(`admin:${uid}:${key}`).toString('base64')}`
  let context: object = {}
  /** Calls a method of a model. */
  const rpc = (method: string, ...params: unknown[]): Promise<Body> => call(`model.${method}`, [...params, context], header)
  const make = async (model: string, values: object): Promise<number> => (await rpc(`${model}.create`, [values]))[0]
  const find = (model: string, domain: unknown[], fields: string[]): Promise<Body[]> =>
    rpc(`${model}.search_read`, domain, 0, null, null, fields)

  const currencies: Record<string, number> = {}
  for (const code of ['EUR', 'USD'])
    currencies[code] = await make('currency.currency', { name: code, code, symbol: code, digits: 2, rounding: decimal('0.01') })
  const party = await make('party.party', { name: 'Spreewerk GmbH' })
  const company = await make('company.company', { party, currency: currencies.EUR })
  await rpc('res.user.write', [uid], { companies: [['add', [company]]], company })
  context = { company }
  const typeOf = (name: string, statement: string, marks: object = {}) =>
    make('account.account.type', { name, company, statement, ...marks })
  const assets = await typeOf('Assets', 'balance', { assets: true })
  const owed = await typeOf('Receivables', 'balance', { assets: true, receivable: true })
  const owing = await typeOf('Payables', 'balance', { payable: true })
  const liabilities = await typeOf('Liabilities', 'balance')
  const revenue = await typeOf('Revenue', 'income', { revenue: true })
  const expense = await typeOf('Expenses', 'income', { expense: true })
  const accounts: Record<string, number> = {}
  const account = async (code: string, name: string, type: number, marks: object = {}) => {
    accounts[code] = await make('account.account', { code, name, company, type, ...marks })
  }
  await account('1400', 'Customers', owed, { party_required: true, reconcile: true })
  await account('1600', 'Vendors', owing, { party_required: true, reconcile: true })
  await account('1200', 'Bank', assets)
  await account('1530', 'Tax that customers withhold', assets)
  await account('1576', 'Input tax', assets)
  await account('1701', 'Overpayments', liabilities)
  await account('1776', 'Tax on sales', liabilities)
  await account('8400', 'Sales', revenue)
  await account('4980', 'Costs', expense)
  await account('2150', 'Losses by exchange rates', expense)
  await account('2400', 'Bad debts', expense)
  await account('2660', 'Gains by exchange rates', revenue)
  await account('4970', 'Fees', expense)
  await account('4990', 'Rounding', expense)
  await account('8700', 'Deductions', revenue)
  await account('8730', 'Discounts', revenue)
  await rpc('account.configuration.write', [1], {
    default_account_receivable: accounts['1400'],
    default_account_payable: accounts['1600'],
  })
  const tax = async (name: string, rate: string, kind: string, code: string) => {
    const group = await make('account.tax.group', { name, code: name, kind })
    const booked = { invoice_account: accounts[code], credit_note_account: accounts[code] }
    return make('account.tax', { name, description: name, company, type: 'percentage', rate: decimal(rate), group, ...booked })
  }
  await tax('Sales 19', '0.19', 'sale', '1776')
  await tax('Purchases 19', '0.19', 'purchase', '1576')
  const [sequenceType] = await find('ir.sequence.type', [['name', '=', 'Account Move']], ['name'])
  for (const year of years) {
    const sequence = await make('ir.sequence', { name: `Moves ${year}`, sequence_type: sequenceType.id, company })
    const dates = { start_date: date(year, 1, 1), end_date: date(year, 12, 31) }
    const fiscal = await make('account.fiscalyear', {
      name: String(year),
      company,
      post_move_sequence: sequence,
      invoice_sequences: [],
      ...dates,
    })
    await rpc('account.fiscalyear.create_period', [fiscal])
  }
  return {
    url,
    rpc,
    find,
    credentials: { database: 'books', user: 'admin', password: PASSWORD },
    /** Moves that bear our id. */
    moves: (id: string): Promise<Body[]> =>
      find('account.move', [['description', 'ilike', `% ${id}:%`]], ['description', 'state', 'date']),
    allMoves: (): Promise<Body[]> => find('account.move', [], ['description', 'state']),
    /** What lies on each account, in minor units, where that is something. */
    async balances(): Promise<Record<string, number>> {
      const found: Record<string, number> = {}
      for (const line of await find('account.move.line', [], ['account.code', 'debit', 'credit'])) {
        const code = line['account.'].code
        const amount = Math.round((Number(line.debit.decimal) - Number(line.credit.decimal)) * 100)
        found[code] = (found[code] ?? 0) + amount
      }
      return Object.fromEntries(
        Object.entries(found)
          .filter(([, amount]) => amount !== 0)
          .sort(),
      )
    },
    async closePeriod(day: [number, number, number]) {
      const domain = [
        ['start_date', '<=', date(...day)],
        ['end_date', '>=', date(...day)],
      ]
      for (const { id } of await find('account.period', domain, ['name'])) await rpc('account.period.close', [id])
    },
    async stop() {
      server.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Tryton = Awaited<ReturnType<typeof startTryton>>

const decimal = (text: string) => ({ __class__: 'Decimal', decimal: text })
const date = (year: number, month: number, day: number) => ({ __class__: 'date', year, month, day })

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('There is no port')
  return address.port
}
