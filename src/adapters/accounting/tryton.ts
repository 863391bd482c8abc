import { createHash } from 'node:crypto'
import { minorUnitsOf } from '../../core/currencies.ts'
import { type Json, objectOf, objectsIn, textOf } from '../../core/json.ts'
import {
  type Accounts,
  type BookedLine,
  documentLines,
  type EntryLine,
  endLines,
  type Open,
  paymentLines,
  type Side,
} from '../../core/ledger/entry.ts'
import { decimal } from '../../core/money.ts'
import {
  type AccountingProvider,
  type Choice,
  Deauthorized,
  type Found,
  type Holder,
  LedgerRefusal,
  type PulledAccount,
  type PulledTaxRate,
  type PushedDocument,
  type PushedEnd,
  type PushedParty,
  type PushedPayment,
  type PushedType,
  pushedTypes,
  StaleVersion,
  TooMany,
} from '../../ports/accounting.ts'

/**
 * Tryton 6 by JSON-RPC. Whatever happens is a posted move there, with the same lines as in our own books, so that both balances say the
 * same. A party bears our id as its code, which is unique there; a move bears it in its description, and is searched by that first. Moves
 * that were posted stay: an edit is the opposite of the old move, on its day, and a new one.
 */

export interface TrytonSettings {
  readonly url: string
}

const TIMEOUT_MS = 60_000
const DATABASE = /^[\w-]{1,63}$/

/** The accounts that nobody names in a document. Who has no use for one leaves it out. */
const ROLES = {
  bank: 'Account of the bank',
  fees: 'Account of fees that providers keep',
  discounts: 'Account of discounts',
  bad_debts: 'Account of what is written off',
  overpayments: 'Account of overpayments',
  withheld: 'Account of tax that customers withhold',
  deductions: 'Account of deductions',
  rounding: 'Account of rounding',
  gains: 'Account of gains by exchange rates',
  losses: 'Account of losses by exchange rates',
} as const
type Role = keyof typeof ROLES
const roles = Object.keys(ROLES) as Role[]

const CHOICES: readonly Choice[] = [
  { name: 'database', label: 'Database' },
  { name: 'user', label: 'User' },
  { name: 'password', label: 'Password', secret: true },
].concat(roles.map((name) => ({ name, label: `${ROLES[name]} (code or name)`, optional: true })))

type Condition = readonly unknown[]

interface Session {
  readonly header: string
  readonly company: number
}

export function trytonLedger({ url }: TrytonSettings): AccountingProvider {
  const sessions = new WeakMap<Holder, Promise<Session>>()
  const root = url.replace(/\/+$/, '')

  async function post(database: string, method: string, params: readonly unknown[], authorization: string | null) {
    const response = await fetch(`${root}/${encodeURIComponent(database)}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== null && { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    })
    if (response.status === 429) {
      await response.body?.cancel()
      throw new TooMany(Number(response.headers.get('retry-after')) || 60, 'minute')
    }
    if (response.status === 401) {
      await response.body?.cancel()
      return null
    }
    if (!response.ok) throw new Error(`Tryton answers ${response.status}`)
    return objectOf(await response.json())
  }

  /** What a method answers; null where nobody is let in. */
  async function called(database: string, method: string, params: readonly unknown[], authorization: string | null) {
    const answer = await post(database, method, params, authorization)
    if (answer === null) return null
    if (answer.error !== undefined) throw refusalOf(answer.error)
    return { result: answer.result }
  }

  async function login({ user = '', password = '', database = '' }: Holder['credentials']): Promise<Session> {
    const away = () => new Deauthorized('Tryton does not know this user, or the password is another one')
    const answer = await called(database, 'common.db.login', [user, { password }, 'en'], null)
    const [uid, key] = Array.isArray(answer?.result) ? answer.result : []
    if (typeof uid !== 'number' || typeof key !== 'string') throw away()
    const header = `Session ${Buffer.from(`${user}:${uid}:${key}`).toString('base64')}`
    const preferences = await called(database, 'model.res.user.get_preferences', [true, {}], header)
    const { company } = objectOf(preferences?.result)
    if (typeof company !== 'number') throw new LedgerRefusal('no_company', 'The user has no company in Tryton')
    return { header, company }
  }

  function sessionOf(holder: Holder): Promise<Session> {
    const known = sessions.get(holder)
    if (known) return known
    const opened = login(holder.credentials)
    sessions.set(holder, opened)
    opened.catch(() => sessions.delete(holder))
    return opened
  }

  /** Calls a method of a model, within the user's company. A session that has ended is opened anew, once. */
  async function rpc(holder: Holder, method: string, ...params: readonly unknown[]): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const session = await sessionOf(holder)
      const context = { company: session.company }
      const answer = await called(holder.credentials.database ?? '', `model.${method}`, [...params, context], session.header)
      if (answer) return answer.result
      sessions.delete(holder)
      if (tries === 2) throw new Deauthorized('Tryton does not let us in any more')
    }
  }

  const search = async (
    holder: Holder,
    model: string,
    domain: readonly Condition[],
    fields: readonly string[],
    limit: number | null = null,
  ) => objectsIn(await rpc(holder, `${model}.search_read`, domain, 0, limit, [['id', 'ASC']], fields))
  const create = async (holder: Holder, model: string, values: Json): Promise<number> => {
    const made = await rpc(holder, `${model}.create`, [values])
    const [id] = Array.isArray(made) ? made : []
    if (typeof id !== 'number') throw new Error('Tryton did not say what it made')
    return id
  }
  const ofCompany = async (holder: Holder): Promise<Condition> => ['company', '=', (await sessionOf(holder)).company]

  async function baseOf(holder: Holder): Promise<{ name: string | null; currency: string }> {
    const { company } = await sessionOf(holder)
    const [row] = await search(holder, 'company.company', [['id', '=', company]], ['party.name', 'currency.code'], 1)
    const currency = textOf(objectOf(row?.['currency.']).code)
    if (currency === null) throw new LedgerRefusal('no_company', 'The company in Tryton has no currency')
    return { name: textOf(objectOf(row?.['party.']).name), currency }
  }

  const ACCOUNT_FIELDS = ['name', 'code', 'closed', 'party_required', 'currency.code', 'type.statement', 'type.assets'].concat([
    'type.revenue',
    'type.expense',
    'type.receivable',
    'type.payable',
  ])
  // Accounts without a type only group others.
  const accountsIn = async (holder: Holder) =>
    search(holder, 'account.account', [await ofCompany(holder), ['type', '!=', null]], ACCOUNT_FIELDS)

  /** The accounts of a party, else those of the company. */
  async function partyAccounts(holder: Holder, party: number): Promise<Record<Side, string>> {
    const [row] = await search(holder, 'party.party', [['id', '=', party]], ['account_receivable', 'account_payable'], 1)
    const read = await rpc(holder, 'account.configuration.read', [1], ['default_account_receivable', 'default_account_payable'])
    const [usual = {}] = objectsIn(read)
    const receivable = row?.account_receivable ?? usual.default_account_receivable
    const payable = row?.account_payable ?? usual.default_account_payable
    return {
      sale: typeof receivable === 'number' ? String(receivable) : 'missing:receivables',
      purchase: typeof payable === 'number' ? String(payable) : 'missing:payables',
    }
  }

  const named = (holder: Holder): Record<string, unknown> => objectOf(holder.settings.accounts)

  function accountsOf(holder: Holder, party: string, bank: string | null): Accounts {
    const known = named(holder)
    const of = (role: Role) => textOf(known[role]) ?? `missing:${role}`
    const { fees, discounts, bad_debts, overpayments, withheld, deductions, rounding, gains, losses } = Object.fromEntries(
      roles.map((role) => [role, of(role)]),
    ) as Record<Role, string>
    return {
      party,
      bank: bank ?? of('bank'),
      fees,
      discounts,
      bad_debts,
      overpayments,
      withheld,
      deductions,
      rounding,
      gains,
      losses,
    }
  }

  // Moves

  const MOVE_FIELDS = ['description', 'state', 'date', 'journal']
  async function movesAbout(holder: Holder, mark: string): Promise<Move[]> {
    const rows = await search(
      holder,
      'account.move',
      [await ofCompany(holder), ['description', 'ilike', `%[${mark}:%`]],
      MOVE_FIELDS,
    )
    // A number or a name may say anything: what counts is the mark at the end.
    return rows.flatMap(moveOf).filter((move) => move.mark === mark)
  }
  /** The move that counts: the newest that was not taken back. */
  async function liveOf(holder: Holder, mark: string): Promise<{ live: Move | null; version: number }> {
    const moves = await movesAbout(holder, mark)
    const version = Math.max(0, ...moves.map((move) => move.version))
    const taken = new Set(moves.filter(({ fingerprint }) => fingerprint === REVERSED).map((move) => move.version))
    const live = moves.filter((move) => move.fingerprint !== REVERSED && !taken.has(move.version))
    return { live: live.sort((a, b) => b.version - a.version || a.id - b.id)[0] ?? null, version }
  }
  const posted = async (holder: Holder, { id, state }: Pick<Move, 'id' | 'state'>) => {
    if (state === 'posted') return
    await rpc(holder, 'account.move.post', [id]).catch(async (error: Error) => {
      // Somebody else may have posted it at this moment.
      const [now] = await search(holder, 'account.move', [['id', '=', id]], ['state'], 1)
      if (now?.state !== 'posted') throw error
    })
  }

  /** What is owed of a document so far. */
  async function openOf(holder: Holder, document: string, party: number, base: string, currency: string): Promise<Open> {
    const domain = [
      ['move.company', '=', (await sessionOf(holder)).company],
      ['move.description', 'ilike', `% of ${document}]`],
      ['party', '=', party],
    ]
    const rows = await search(holder, 'account.move.line', domain, ['debit', 'credit', 'amount_second_currency'])
    const sumOf = (field: string, code: string) => rows.reduce((all, row) => all + minorOf(row[field], code), 0)
    const amount = sumOf('debit', base) - sumOf('credit', base)
    return { amount, currency_amount: currency === base ? amount : sumOf('amount_second_currency', currency) }
  }

  async function periodOf(holder: Holder, day: string): Promise<number> {
    const domain = [
      await ofCompany(holder),
      ['type', '=', 'standard'],
      ['start_date', '<=', dateOf(day)],
      ['end_date', '>=', dateOf(day)],
    ]
    const [period] = await search(holder, 'account.period', domain, ['name', 'state'], 1)
    if (!period) throw new LedgerRefusal('period_missing', `Tryton has no period for ${day}`)
    if (period.state !== 'open')
      throw new LedgerRefusal('period_locked', `The period ${period.name} is closed in Tryton; this is of ${day}`)
    return Number(period.id)
  }
  async function journalOf(holder: Holder, type: 'revenue' | 'expense' | 'cash' | 'general'): Promise<number> {
    const rows = await search(holder, 'account.journal', [['type', 'in', [type, 'general']]], ['type'])
    const journal = rows.find((row) => row.type === type) ?? rows[0]
    if (!journal) throw new LedgerRefusal('journal_missing', `Tryton has no journal for ${type}`)
    return Number(journal.id)
  }

  /** Taxes with where they are booked. */
  async function taxesOf(holder: Holder, ids: readonly string[], credit: boolean): Promise<Map<string, string | null>> {
    if (ids.length === 0) return new Map()
    const field = credit ? 'credit_note_account' : 'invoice_account'
    const rows = await search(holder, 'account.tax', [['id', 'in', ids.map(Number)]], [field])
    return new Map(rows.map((row) => [String(row.id), typeof row[field] === 'number' ? String(row[field]) : null]))
  }

  async function linesOf(holder: Holder, pushed: PushedDocument | PushedPayment | PushedEnd, base: string): Promise<Booking> {
    const { currency } = pushed
    const rate = currency === base ? 1 : pushed.rate
    if (rate === null)
      throw new LedgerRefusal(
        'no_exchange_rate',
        `Nobody knows what ${currency} is worth in ${base}: add it to the exchange rates`,
      )
    const worth = { from: currency, to: base, rate }
    const party = Number(pushed.party.ledger_id)
    const own = await partyAccounts(holder, party)
    const open = () => openOf(holder, pushed.document_id, party, base, currency)
    if (pushed.type === 'payment_record') {
      const side: Side = pushed.document.type === 'receivable' ? 'sale' : 'purchase'
      const accounts = accountsOf(holder, own[side], pushed.account)
      return { side, journal: 'cash', text: pushed.text, lines: paymentLines({ ...pushed, side }, accounts, worth, await open()) }
    }
    const side: Side = ['receivable', 'credit_note', 'receivable_end'].includes(pushed.type) ? 'sale' : 'purchase'
    const credit = pushed.type === 'credit_note' || pushed.type === 'vendor_credit'
    const accounts = accountsOf(holder, own[side], null)
    const used = pushed.lines.flatMap(({ tax_rate }) => tax_rate ?? [])
    const taxes = await taxesOf(holder, [...new Set(used)], credit)
    const lines = pushed.lines.map(({ account, net, tax, tax_rate }): BookedLine => {
      const rated = tax_rate === null ? null : { code: tax_rate, account: taxes.get(tax_rate) ?? null }
      return { account, net, tax, tax_rate: rated }
    })
    if ('reason' in pushed) {
      const words = pushed.reason === null ? 'Paid beyond the total' : ENDS[pushed.reason]
      const made = endLines({ ...pushed, side, lines }, accounts, worth, await open())
      return { side, journal: 'general', text: `${words}: ${pushed.document.number}`, lines: made }
    }
    const { withheld, deducted, total, party: who, whole_number } = pushed
    const made = documentLines({ side, credit, lines, withheld, deducted, total }, accounts, worth, credit ? await open() : null)
    return { side, journal: side === 'sale' ? 'revenue' : 'expense', text: `${who.name}: ${whole_number}`, lines: made }
  }

  /**
   * Makes a move and posts it. Tryton has no keys: whoever else made the same one at this moment is seen before anything is posted, and the
   * older of both stays.
   */
  async function add(holder: Holder, mark: string, { move, lines }: { move: Json; lines: readonly Json[] }): Promise<number> {
    const { company } = await sessionOf(holder)
    const id = await create(holder, 'account.move', { company, ...move, lines: [['create', lines]] })
    const made = await movesAbout(holder, mark)
    const mine = made.find((one) => one.id === id)
    const older = made.find(
      (one) => one.id < id && one.version === mine?.version && (one.fingerprint === REVERSED) === (mine.fingerprint === REVERSED),
    )
    if (older) await rpc(holder, 'account.move.delete', [id])
    const kept = older ?? { id, state: 'draft' }
    await posted(holder, kept)
    if (older && older.fingerprint !== mine?.fingerprint) throw new StaleVersion('Somebody else books this at the moment')
    return kept.id
  }

  /** Books the opposite of a move, on its day. A draft, which nobody posted, just goes. */
  async function takeBack(holder: Holder, { id, state, date, journal, version, mark, document }: Move): Promise<void> {
    if (state !== 'posted') {
      await rpc(holder, 'account.move.delete', [id])
      return
    }
    const fields = ['account', 'party', 'debit', 'credit', 'second_currency', 'amount_second_currency', 'description']
    const lines = await search(holder, 'account.move.line', [['move', '=', id]], fields)
    const taxes = await search(
      holder,
      'account.tax.line',
      [['move_line', 'in', lines.map((line) => line.id)]],
      ['move_line', 'type', 'tax', 'amount'],
    )
    const description = `Reversal [${mark}:${version}:${REVERSED} of ${document}]`
    const opposite = lines.map(
      ({ id: line, debit, credit, second_currency, amount_second_currency, account, party, description: words }) => {
        const own = taxes.filter(({ move_line }) => move_line === line)
        return {
          account,
          party,
          description: words,
          debit: credit,
          credit: debit,
          second_currency,
          amount_second_currency: amount_second_currency === null ? null : negated(amount_second_currency),
          tax_lines: [['create', own.map(({ type, tax, amount }) => ({ type, tax, amount: negated(amount) }))]],
        }
      },
    )
    const day = dayOf(date)
    await add(holder, mark, { move: { journal, date, period: await periodOf(holder, day), description }, lines: opposite })
  }

  async function book(holder: Holder, pushed: PushedDocument | PushedPayment | PushedEnd): Promise<Found> {
    // By what rate it is worth something is fixed when it is booked.
    const { rate: _rate, party: _party, ...said } = pushed
    const fingerprint = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 20)
    const mark = markOf(pushed.type, pushed.id)
    const { live, version } = await liveOf(holder, mark)
    if (live?.fingerprint === fingerprint) {
      await posted(holder, live)
      return { id: String(live.id), version: fingerprint }
    }
    if (live) await takeBack(holder, live)
    const { name: _name, currency: base } = await baseOf(holder)
    const { side, journal, text: words, lines } = await linesOf(holder, pushed, base)
    // An invoice over nothing, or an end that ends nothing, is no entry.
    if (lines.length === 0) return { id: pushed.id, version: fingerprint }
    const missing = lines.find(({ account }) => account.startsWith('missing:'))?.account.slice('missing:'.length)
    if (missing !== undefined)
      throw new LedgerRefusal('account_missing', `Nobody named an account in Tryton for ${missing.replaceAll('_', ' ')}`)
    const foreign = pushed.currency === base ? null : await currencyId(holder, pushed.currency)
    const due = 'due_day' in pushed ? pushed.due_day : null
    const party = Number(pushed.party.ledger_id)
    const description = `${words.slice(0, 200)} [${mark}:${version + 1}:${fingerprint} of ${pushed.document_id}]`
    const move = {
      description,
      date: dateOf(pushed.day),
      period: await periodOf(holder, pushed.day),
      journal: await journalOf(holder, journal),
    }
    const rows = lines.map((line) => lineOf(line, { base, foreign, currency: pushed.currency, party, due, side }))
    return { id: String(await add(holder, mark, { move, lines: rows })), version: fingerprint }
  }

  async function currencyId(holder: Holder, code: string): Promise<number> {
    const [row] = await search(holder, 'currency.currency', [['code', '=', code]], ['code'], 1)
    if (!row) throw new LedgerRefusal('currency_missing', `Tryton does not know the currency ${code}`)
    return Number(row.id)
  }

  /** The party that bears our id. */
  async function partyOf(holder: Holder, code: string): Promise<Found | null> {
    const [row] = await search(holder, 'party.party', [['code', '=', code], ACTIVE_OR_NOT], ['name', 'active'], 1)
    if (!row) return null
    if (!isOn(row.active)) throw new LedgerRefusal('inactive', `The party ${row.name} is inactive in Tryton`)
    return { id: String(row.id), version: textOf(row.name) }
  }

  async function keepParty(holder: Holder, { id, name, vat_id }: PushedParty, there: Found | null): Promise<Found> {
    const known = there ?? (await partyOf(holder, id))
    if (known) {
      if (known.version !== name) await rpc(holder, 'party.party.write', [Number(known.id)], { name })
      return { id: known.id, version: name }
    }
    const identifiers = vat_id === null ? [] : [['create', [{ code: vat_id }]]]
    const made = await create(holder, 'party.party', { name, code: id, identifiers }).catch(async (error: Error) => {
      // Somebody made it at this moment: codes are unique.
      const twin = await partyOf(holder, id)
      if (twin) return Number(twin.id)
      throw error
    })
    return { id: String(made), version: name }
  }

  /** Two pushes of one object wait for each other: Tryton itself would make two moves. Other processes are kept out by whoever calls us. */
  const turns = new Map<string, Promise<unknown>>()
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    const kept = mine
      .catch(() => null)
      .then(() => {
        if (turns.get(name) === kept) turns.delete(name)
      })
    turns.set(name, kept)
    return mine
  }

  return {
    name: 'tryton',
    title: 'Tryton',
    platform: null,
    takes: new Set(pushedTypes.filter((type) => type !== 'product')),
    limits: { number: 200, text: 4000, name: 255, refused: /[\t\n[\]]/ },
    choices: () => CHOICES,
    async connect(holder, _facts, chosen) {
      const { database = '', user = '', password = '' } = chosen
      if (!DATABASE.test(database))
        throw new LedgerRefusal('no_database', 'The name of a database has letters, digits, - and _ only')
      const credentials = { database, user, password }
      const opened: Holder = { ...holder, credentials }
      const { name, currency } = await baseOf(opened).catch((error: Error) => {
        if (error instanceof Fault) throw new LedgerRefusal('no_database', `Tryton does not open the database ${database}`)
        throw error
      })
      const known = await accountsIn(opened)
      const accounts: Record<string, unknown> = { ...named(holder) }
      for (const role of roles) {
        const said = chosen[role]?.trim()
        if (!said) continue
        const found = known.filter((row) => row.code === said || row.name === said)
        const [only] = found
        if (!only || found.length > 1)
          throw new LedgerRefusal('account_missing', `${ROLES[role]}: Tryton has ${found.length} accounts ${said}`)
        accounts[role] = String(only.id)
      }
      return { credentials, settings: { accounts }, business: business(name, currency) }
    },
    async pull(holder) {
      const { name, currency } = await baseOf(holder)
      const rows = await accountsIn(holder)
      const bank = textOf(named(holder).bank)
      const accounts = rows.map((row) => accountOf(row, bank, currency))
      const taxes = await search(
        holder,
        'account.tax',
        [await ofCompany(holder), ['type', '=', 'percentage']],
        ['name', 'rate', 'active', 'group.kind'],
      )
      const first = (field: 'type.revenue' | 'type.expense') =>
        rows.find((row) => isOn(objectOf(row['type.'])[field.slice(5)]) && !isOn(row.closed))
      const [sales, purchases] = [first('type.revenue'), first('type.expense')]
      return {
        accounts,
        tax_rates: taxes.map(taxRateOf),
        bills: [],
        invoices: [],
        business: business(name, currency),
        usual: {
          ...(sales && { sales: String(sales.id) }),
          ...(purchases && { purchases: String(purchases.id) }),
          ...(bank !== null && { bank }),
        },
      }
    },
    async find(holder, type, { reference }) {
      if (type === 'customer' || type === 'vendor') return partyOf(holder, reference)
      const { live } = await liveOf(holder, markOf(type, reference))
      return live && { id: String(live.id), version: live.state === 'posted' ? live.fingerprint : `${live.fingerprint} draft` }
    },
    async match(holder, { type, name }) {
      if (type === 'product') return null
      const rows = await search(holder, 'party.party', [['name', '=', name]], ['name', 'code'])
      // A code like our ids is another one of ours.
      const free = rows.find(({ code }) => !OUR_ID.test(textOf(code) ?? ''))
      return free ? { id: String(free.id), version: name } : null
    },
    async push(holder, pushed, { reference }, there) {
      if (pushed.type === 'product') throw new LedgerRefusal('not_taken', 'Tryton takes no products')
      const turn = `${holder.entityId} ${reference}`
      if ('other_name' in pushed) return inTurn(turn, () => keepParty(holder, pushed, there))
      return inTurn(turn, () => book(holder, pushed))
    },
    async withdraw(holder, type, reference) {
      await inTurn(`${holder.entityId} ${reference}`, async () => {
        const { live } = await liveOf(holder, markOf(type, reference))
        if (live) await takeBack(holder, live)
      })
    },
  }
}

interface Booking {
  readonly side: Side
  readonly journal: 'revenue' | 'expense' | 'cash' | 'general'
  readonly text: string
  readonly lines: readonly EntryLine[]
}
const ENDS = { discount: 'Discount', write_off: 'Written off', canceled: 'Canceled' } as const

/** A move that bears a mark of ours. */
interface Move {
  readonly id: number
  readonly state: string
  readonly date: unknown
  readonly journal: unknown
  readonly mark: string
  readonly version: number
  readonly fingerprint: string
  readonly document: string
}
const REVERSED = 'reversed'
const MARK = /\[(quittance \w+ [0-9a-f-]{36}):(\d+):(\w+) of ([0-9a-f-]{36})\]$/
const markOf = (type: PushedType, reference: string) => `quittance ${type} ${reference}`
function moveOf({ id, description, state, date, journal }: Json): Move[] {
  const [, mark, version, fingerprint, document] = MARK.exec(textOf(description) ?? '') ?? []
  if (mark === undefined || fingerprint === undefined || document === undefined) return []
  return [{ id: Number(id), state: String(state), date, journal, mark, version: Number(version), fingerprint, document }]
}

const OUR_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Tryton leaves out what is inactive unless it is asked for both. */
const ACTIVE_OR_NOT: Condition = ['active', 'in', [true, false]]
/** On SQLite Tryton says 1 and 0 for yes and no. */
const isOn = (value: unknown): boolean => value === true || value === 1

const decimalOf = (amount: number, currency: string) => ({
  __class__: 'Decimal',
  decimal: decimal(amount, minorUnitsOf(currency)),
})
const digits = (value: unknown): string => textOf(objectOf(value).decimal) ?? '0'
const minorOf = (value: unknown, currency: string): number => Math.round(Number(digits(value)) * 10 ** minorUnitsOf(currency))
const negated = (value: unknown) => {
  const said = digits(value)
  return { __class__: 'Decimal', decimal: said.startsWith('-') ? said.slice(1) : `-${said}` }
}
function dateOf(day: string) {
  const [year, month, date] = day.split('-').map(Number)
  return { __class__: 'date', year, month, day: date }
}
const dayOf = (value: unknown): string => {
  const { year, month, day } = objectOf(value)
  return [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
}

interface Around {
  readonly base: string
  readonly foreign: number | null
  readonly currency: string
  readonly party: number
  readonly due: string | null
  readonly side: Side
}
function lineOf(line: EntryLine, { base, foreign, currency, party, due, side }: Around): Json {
  const { account, amount, currency_amount, tax_code, is_tax } = line
  // Tax of a sale stands on the right; Tryton counts it above zero all the same.
  const taxed = side === 'sale' ? 0 - amount : amount
  return {
    account: Number(account),
    debit: decimalOf(Math.max(amount, 0), base),
    credit: decimalOf(Math.max(0 - amount, 0), base),
    ...(line.party && { party }),
    ...(line.party && due !== null && { maturity_date: dateOf(due) }),
    ...(foreign !== null &&
      currency_amount !== 0 && { second_currency: foreign, amount_second_currency: decimalOf(currency_amount, currency) }),
    ...(tax_code !== null && {
      tax_lines: [['create', [{ type: is_tax ? 'tax' : 'base', tax: Number(tax_code), amount: decimalOf(taxed, base) }]]],
    }),
  }
}

/** Something went wrong within Tryton: it may be tried again. */
class Fault extends Error {}

/** Why Tryton says no: its own words for users; what is no refusal may be tried again. */
function refusalOf(error: unknown): Error {
  const [kind, detail] = Array.isArray(error) ? error : []
  if (kind === 'ConcurrencyException') return new StaleVersion('Somebody changed it in Tryton meanwhile')
  if (kind !== 'UserError' && kind !== 'UserWarning') return new Fault(`Tryton says: ${String(kind).slice(0, 200)}`)
  const words = (Array.isArray(detail) ? detail : [detail]).filter((one) => typeof one === 'string' && one !== '')
  const message = words.join(' ') || 'Tryton says no'
  return new LedgerRefusal(/period.*closed|closed.*period/i.test(message) ? 'period_locked' : 'tryton', message)
}

const business = (name: string | null, base_currency: string) => ({
  name,
  legal_name: null,
  email: null,
  base_currency,
  type: null,
})

function accountOf(row: Json, bank: string | null, base: string): PulledAccount {
  const type = objectOf(row['type.'])
  const kind =
    isOn(type.revenue) || (type.statement === 'income' && !isOn(type.expense))
      ? 'Income'
      : type.statement === 'income'
        ? 'Expense'
        : type.statement !== 'balance'
          ? 'Unknown'
          : isOn(type.assets)
            ? 'Asset'
            : 'Liability'
  return {
    id: String(row.id),
    name: textOf(row.name) ?? '',
    code: textOf(row.code),
    type: kind,
    status: isOn(row.closed) ? 'Archived' : 'Active',
    bank: String(row.id) === bank,
    currency: textOf(objectOf(row['currency.']).code) ?? base,
    balance: null,
  }
}

function taxRateOf(row: Json): PulledTaxRate {
  const kind = objectOf(row['group.']).kind
  return {
    id: String(row.id),
    name: textOf(row.name) ?? String(row.id),
    code: null,
    rate: Math.round(Number(digits(row.rate)) * 10_000),
    active: isOn(row.active),
    direction: kind === 'sale' || kind === 'purchase' ? kind : null,
    category: null,
  }
}
