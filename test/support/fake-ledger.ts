import {
  type AccountingProvider,
  Deauthorized,
  type Found,
  type Holder,
  LedgerRefusal,
  type Pulled,
  type PulledAccount,
  type PulledTaxRate,
  type Pushed,
  type PushedDocument,
  type PushedType,
  StaleVersion,
  TooMany,
} from '../../src/ports/accounting.ts'

/** What may go wrong at the next call, and whether the ledger has done its part by then. */
export interface Fault {
  readonly at: 'push' | 'find' | 'pull'
  readonly when: 'before' | 'after'
  readonly error: Error
}

export interface Kept {
  readonly id: string
  readonly type: PushedType
  /** What it bears of ours. */
  reference: string | null
  name: string | null
  version: number
  deleted: boolean
  inactive: boolean
  /** The object that it was merged into. */
  merged_into: string | null
  content: Pushed | null
  /** What somebody there wrote beside it. */
  note: string | null
}

const account = (id: string, name: string, type: PulledAccount['type'], changes: Partial<PulledAccount> = {}): PulledAccount => ({
  id,
  name,
  code: id,
  type,
  status: 'Active',
  bank: false,
  currency: 'EUR',
  balance: null,
  ...changes,
})
const rate = (
  id: string,
  value: number,
  direction: 'sale' | 'purchase' | null,
  category: string | null = 'S',
): PulledTaxRate => ({
  id,
  name: `Tax ${id}`,
  code: id,
  rate: value,
  active: true,
  direction,
  category,
})

/**
 * Somebody else's ledger, as networked ones are: it has versions, locks periods, wants names that nobody else bears, keeps 21 signs of a
 * number, and answers late or never. Everything that was made in it is in `objects`.
 */
export function fakeLedger() {
  const objects: Kept[] = []
  const idempotent = new Map<string, Found>()
  const faults: Fault[] = []
  const calls: string[] = []
  const state = {
    locked_until: null as string | null,
    accounts: [
      account('bank', 'Bank', 'Asset', { bank: true }),
      account('sales', 'Sales', 'Income'),
      account('costs', 'Costs', 'Expense'),
      account('workshops', 'Workshops', 'Income'),
    ],
    rates: [rate('s19', 1900, 'sale'), rate('p19', 1900, 'purchase'), rate('s7', 700, 'sale'), rate('s0e', 0, 'sale', 'E')],
    /** How many lines' tax it computes by itself, to be compared. */
    totals: new Map<string, number>(),
  }
  const found = ({ id, version }: Kept): Found => ({ id, version: String(version) })
  const byId = (id: string) => objects.find((one) => one.id === id)

  /** A customer or product that the ledger doesn't take any more; a merged one leads on. */
  function usable(id: string, noun: string): void {
    const there = byId(id)
    if (!there || there.deleted) throw new LedgerRefusal('missing', `The ${noun} was deleted in the ledger`)
    if (there.inactive) throw new LedgerRefusal('inactive', `The ${noun} ${there.name} is inactive in the ledger`)
  }

  function checked(pushed: Pushed): void {
    if ('name' in pushed) {
      if (pushed.name.length > 100 || /[:\t\n]/.test(pushed.name))
        throw new LedgerRefusal('invalid', `The name ${pushed.name} has signs that can't be`)
      return
    }
    if (state.locked_until !== null && pushed.day <= state.locked_until)
      throw new LedgerRefusal('5010', `The account period is closed up to ${state.locked_until}`)
    if ('party' in pushed) usable(pushed.party.ledger_id, 'contact')
    if (!('whole_number' in pushed)) return
    if (pushed.number.length > 21) throw new LedgerRefusal('invalid', 'DocNumber has 21 signs at most')
    for (const line of pushed.lines) {
      if (line.text.length > 4000) throw new LedgerRefusal('invalid', 'Description has 4000 signs at most')
      if (line.product) usable(line.product, 'product')
      if (!state.accounts.some(({ id }) => id === line.account))
        throw new LedgerRefusal('invalid', `There is no account ${line.account}`)
      if (line.tax_rate !== null && !state.rates.some(({ id }) => id === line.tax_rate))
        throw new LedgerRefusal('invalid', `There is no tax rate ${line.tax_rate}`)
    }
  }

  function strike(at: Fault['at'], when: Fault['when']): void {
    const place = faults.findIndex((fault) => fault.at === at && fault.when === when)
    if (place < 0) return
    const [fault] = faults.splice(place, 1)
    throw fault!.error
  }

  const provider: AccountingProvider = {
    name: 'fake',
    title: 'Somebody’s Ledger',
    platform: 'xero',
    takes: new Set<PushedType>(['product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record']),
    limits: { number: 21, text: 4000, name: 100, refused: /[:\t\n]/, unique_names: true, deductions_need_tax: true },
    async connect() {
      return {
        business: { name: 'Spreewerk', legal_name: null, email: null, base_currency: 'EUR', type: null },
        credentials: { refresh_token: 'first' },
      }
    },
    async pull(): Promise<Pulled> {
      calls.push('pull')
      strike('pull', 'before')
      return {
        business: { name: 'Spreewerk', legal_name: null, email: null, base_currency: 'EUR', type: null },
        accounts: state.accounts,
        tax_rates: state.rates,
        bills: [],
        invoices: [],
        usual: { sales: 'sales', purchases: 'costs', bank: 'bank' },
      }
    },
    async find(_holder: Holder, type, { reference, id }) {
      calls.push(`find ${type}`)
      strike('find', 'before')
      let there =
        (id ? byId(id) : undefined) ?? objects.find((one) => one.type === type && one.reference === reference && !one.deleted)
      while (there?.merged_into) there = byId(there.merged_into)
      return there && !there.deleted ? found(there) : null
    },
    async match(_holder, { type, name }) {
      const there = objects.find((one) => one.type === type && one.name === name && !one.deleted && one.reference === null)
      return there ? found(there) : null
    },
    async push(_holder, pushed, key, there) {
      calls.push(`push ${pushed.type}`)
      strike('push', 'before')
      const replayed = idempotent.get(key.idempotency)
      if (replayed) return replayed
      checked(pushed)
      const known = there ? byId(there.id) : undefined
      if (known && String(known.version) !== there?.version) throw new StaleVersion('5010: stale object')
      if ('name' in pushed) {
        const taken = (name: string) =>
          objects.some((one) => one !== known && one.name === name && !one.deleted && one.type !== 'product')
        const name = pushed.type !== 'product' && taken(pushed.name) ? pushed.other_name : pushed.name
        return keep(key.idempotency, pushed, key.reference, name, known)
      }
      return keep(key.idempotency, pushed, key.reference, null, known)
    },
  }

  function keep(idempotency: string, pushed: Pushed, reference: string, name: string | null, known: Kept | undefined): Found {
    const kept: Kept = known ?? {
      id: `${pushed.type}-${objects.length + 1}`,
      type: pushed.type,
      reference,
      name,
      version: 0,
      deleted: false,
      inactive: false,
      merged_into: null,
      content: null,
      note: null,
    }
    if (!known) objects.push(kept)
    kept.content = pushed
    kept.name = name
    kept.version += 1
    const answer = found(kept)
    idempotent.set(idempotency, answer)
    strike('push', 'after')
    return answer
  }

  return {
    provider,
    objects,
    calls,
    state,
    /** Lets the next call of a kind go wrong. */
    fail(at: Fault['at'], when: Fault['when'], error: Error = new Error('The connection was reset')) {
      faults.push({ at, when, error })
    },
    living: (type: PushedType) => objects.filter((one) => one.type === type && !one.deleted),
    /** What was there before us. */
    has(type: PushedType, name: string): Kept {
      const kept: Kept = {
        id: `${type}-${objects.length + 1}`,
        type,
        reference: null,
        name,
        version: 1,
        deleted: false,
        inactive: false,
        merged_into: null,
        content: null,
        note: null,
      }
      objects.push(kept)
      return kept
    },
    documentOf: (kept: Kept | undefined) => kept?.content as PushedDocument,
  }
}
export type FakeLedger = ReturnType<typeof fakeLedger>
export { Deauthorized, LedgerRefusal, TooMany }
