import { setImmediate as turn } from 'node:timers/promises'
import { minorUnitsOf } from '../../../core/currencies.ts'
import { at, known } from '../../../core/lists.ts'
import type { Report } from '../../../core/payment-files/reports.ts'
import { badRequest, conflict, notFound, tooManyRequests } from '../../../core/refusal.ts'
import { areNew, fingerprint } from '../../../core/statements/duplicates.ts'
import { matcher, type Verdict } from '../../../core/statements/match.ts'
import { gapIn, type Movement, NO_CURRENCY, type Statement } from '../../../core/statements/types.ts'
import { reach } from '../../../platform/auth/reach.ts'
import { Exceeded, runBounded } from '../../../platform/bounded/bounded.ts'
import { attempt } from '../../../platform/database/attempt.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Log } from '../../../platform/log.ts'
import { programBeside } from '../../../platform/programs.ts'
import { tellByHand } from '../carrying.service.ts'
import { lockPaid } from '../records/records.service.ts'
import { type DocumentKey, type OwnBooks, ofKey, readBooks } from './books.service.ts'
import type { ReadFile } from './statement-file.ts'
import { BankStatement, BankTransaction, type Proposal } from './statements.schema.ts'

/** Statements of banks: read once, matched with what is open, and booked by themselves only where nothing is left to doubt. */

export const statementTable = table('bank_statements', BankStatement, { noun: 'Bank statement' })
export const transactionTable = table('bank_transactions', BankTransaction, {
  noun: 'Bank transaction',
  computed: { original: 't.original', proposal: 't.proposal' },
})

export const FILE_BYTES = 20 * 1024 * 1024
const READING_MS = 20_000
const MEMORY_MB = 768

const program = () => programBeside(import.meta.url, 'statements.program')

/** Reads a statement in a process of its own. Refuses (`bad_request`) what is none, with the reason. */
export const readFileOfBank = (bytes: Buffer, owner: string) => readBounded<ReadFile>(bytes, 'statement', owner)
/** The same for what a bank tells of payments that it was handed. */
export const readReportOfBank = (bytes: Buffer, owner: string) => readBounded<Report>(bytes, 'report', owner)

async function readBounded<Found extends object>(bytes: Buffer, what: 'statement' | 'report', owner: string): Promise<Found> {
  try {
    const files = await runBounded(program(), bytes, { timeout_ms: READING_MS, memory_mb: MEMORY_MB }, [what], owner)
    const found: Found | { refused: string } = JSON.parse(known(files, 'found.json').toString())
    if ('refused' in found) throw badRequest(found.refused)
    return found
  } catch (error) {
    if (!(error instanceof Exceeded)) throw error
    if (error.reason === 'broken') throw badRequest('The file can not be read: it is damaged')
    throw tooManyRequests('The file could not be read in time: try again, or send it in parts')
  }
}

// Accounts

interface Account {
  readonly id: string
  readonly currency: string
  readonly iban: string | null
  readonly account_number: string | null
}
const OWN = sql(
  `select id, currency, iban, account_number from entity_bank_accounts where deleted_at is null order by created_at, id`,
)

const bare = (text: string) => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase()
/** Whether a file means this account: by its IBAN, or by the national number that stands in it. */
function isMeant(said: string, { iban, account_number }: Account): boolean {
  const name = bare(said)
  if (iban !== null && (bare(iban) === name || bare(iban).slice(4) === name)) return true
  const [bank, number] = said.split('/')
  if (iban?.startsWith('DE') && bank && number && /^\d{8}$/.test(bank) && /^\d{1,10}$/.test(number))
    return bare(iban).slice(4) === bank + number.padStart(10, '0')
  return account_number !== null && bare(account_number) === name
}

/** Which account a statement is of. Refuses (`bad_request`) one that is not ours, or that nobody names. */
function accountOf(statement: Statement, accounts: readonly Account[], named: string | undefined): Account {
  const chosen = named === undefined ? undefined : accounts.find(({ id }) => id === named)
  if (named !== undefined && !chosen) throw notFound('Bank account not found')
  if (statement.account !== null) {
    const { account } = statement
    const meant = accounts.filter((one) => isMeant(account, one))
    const found =
      meant.find(({ id }) => id === chosen?.id) ?? meant.find(({ currency }) => currency === statement.currency) ?? meant[0]
    if (!found) throw badRequest(`The account ${statement.account} belongs to no bank account of the entity`)
    if (chosen && found.id !== chosen.id)
      throw badRequest(`The file is of the account ${statement.account}, but the request names another one`)
    return found
  }
  if (chosen) return chosen
  const fitting = accounts.filter(({ currency }) => [null, NO_CURRENCY, currency].includes(statement.currency))
  const [only, ...others] = fitting
  if (only && others.length === 0) return only
  throw badRequest('The file does not say which account it is of: name it as bank_account_id')
}

/** A statement that names no currency is in that of its account. It was read with cents. */
function inCurrency<S extends Statement>(statement: S, currency: string): S {
  if (statement.currency !== NO_CURRENCY) return statement
  if (minorUnitsOf(currency) !== 2) throw badRequest(`The file does not name its currency, and ${currency} has no cents`)
  return { ...statement, currency, movements: statement.movements.map((one) => ({ ...one, currency })) }
}

// Taking a file in

const LOCK = sql(`select id from entity_bank_accounts where id = any (:ids) order by id for update`)
const KNOWN = sql(`select fingerprint, max(occurrence)::int as "count!" from bank_transactions
  where bank_account_id = :account and fingerprint = any (:fingerprints) group by fingerprint`)
const INSERT = sql(`
  insert into bank_transactions (created_at, bank_statement_id, bank_account_id, fingerprint, occurrence, place, entry, entry_reference, date, value_date, amount, currency,
    direction, entry_amount, fee, original, counterparty_name, counterparty_iban, text, end_to_end_id, reference, bank_reference, return_reason, nature,
    transactions, status, proposal, undoes_id, created_by_entity_user_id)
  select app_now() + r.place * interval '1 microsecond', :statement, :account, r.fingerprint, r.occurrence, r.place, r.entry, r.entry_reference, r.date, r.value_date, r.amount, r.currency,
    r.direction, r.entry_amount, r.fee, r.original, r.counterparty_name, r.counterparty_iban, r.text, r.end_to_end_id, r.reference, r.bank_reference, r.return_reason,
    r.nature, r.transactions, r.status, r.proposal, r.undoes_id, :user?
  from jsonb_to_recordset(:rows::jsonb) as r (fingerprint text, occurrence integer, place integer, entry integer, entry_reference text, date date, value_date date,
    amount bigint, currency text, direction text, entry_amount bigint, fee bigint, original jsonb, counterparty_name text, counterparty_iban text, text text,
    end_to_end_id text, reference text, bank_reference text, return_reason text, nature text, transactions integer, status text, proposal jsonb, undoes_id uuid)`)
/** An entry that came as its sum: its parts are here now, or were before. */
const SUMS = sql(`update bank_transactions t set status = 'detailed', updated_at = app_now()
  where bank_account_id = :account and entry_reference = :reference and amount = :sum and direction = :direction and transactions > 1 and status = 'to_review' returning id`)
const PARTS = sql(`select coalesce(sum(amount), 0)::bigint as "sum!" from bank_transactions
  where bank_account_id = :account and entry_reference = :reference and direction = :direction and status <> 'detailed'`)

export interface Taken {
  readonly id: string
  readonly transactions: number
  readonly duplicates: number
  readonly not_booked: number
  readonly matched: number
  readonly to_review: number
}

const CHUNK = 500
/** Movements that are decided before others get their turn. */
const TURN = 50

/** Takes the statements of a file in: what is new of them, each with what it pays. */
export async function takeIn(ctx: Ctx, read: ReadFile, file_name: string, named: string | undefined): Promise<Taken[]> {
  const accounts = await OWN(ctx)
  const placed = read.statements.map((statement) => {
    const account = accountOf(statement, accounts, named)
    return { statement: inCurrency(statement, account.currency), account }
  })
  // Two files of one account are taken in one after the other.
  await LOCK(ctx, { ids: [...new Set(placed.map(({ account }) => account.id))] })
  const books = await readBooks(ctx, {
    accounts: placed.map(({ account }) => account.id),
    movements: placed.flatMap(({ statement }) => statement.movements),
  })
  const taken: Taken[] = []
  for (const { statement, account } of placed) {
    const gap = gapIn(statement)
    // Banks list entries over nothing, too, such as the interest of a quarter in which there was none.
    const booked = statement.movements.filter(
      ({ status, currency, amount }) => status === 'booked' && currency === account.currency && amount > 0,
    )
    const fresh = await newOnes(ctx, account.id, booked)
    const days = booked.map(({ date }) => date).sort()
    const { id } = await rows.create(ctx, statementTable, {
      bank_account_id: account.id,
      file_name,
      member: statement.member,
      format: statement.format,
      number: statement.number,
      currency: statement.currency ?? account.currency,
      opening_balance: statement.opening,
      closing_balance: statement.closing,
      gap,
      first_day: days[0] ?? null,
      last_day: days.at(-1) ?? null,
      created_by_entity_user_id: ctx.userId,
    })
    const movements = fresh.map(({ movement }) => movement)
    const decide = matcher(movements, books, (gap ?? 0) === 0)
    const verdicts: Verdict[] = []
    for (let i = 0; i < movements.length; i++) {
      if (i % TURN === TURN - 1) await turn()
      verdicts.push(decide(i))
    }
    for (let from = 0; from < fresh.length; from += CHUNK) {
      const part = fresh.slice(from, from + CHUNK)
      await INSERT(ctx, {
        statement: id,
        account: account.id,
        user: ctx.userId,
        rows: part.map(({ movement, mark, occurrence }, i) =>
          rowOf(movement, proposalOf(at(verdicts, from + i), movements, books), {
            mark,
            occurrence,
            place: from + i,
            verdict: at(verdicts, from + i),
          }),
        ),
      })
    }
    const matched = verdicts.filter(({ verdict }) => verdict === 'match').length
    if (matched > 0) await jobs.add(ctx, 'bank_statements.book', { statement_id: id }, { key: `bank_statements.book:${id}` })
    taken.push({
      id,
      transactions: fresh.length,
      duplicates: booked.length - fresh.length,
      not_booked: statement.movements.length - booked.length,
      matched,
      to_review: fresh.length - matched,
    })
  }
  return taken
}

interface Fresh {
  readonly movement: Movement
  readonly mark: string
  readonly occurrence: number
}

/** The movements that were not read before. Sums whose parts are known, or come now, count once. */
async function newOnes(ctx: Ctx, account: string, movements: readonly Movement[]): Promise<Fresh[]> {
  const marks = movements.map(fingerprint)
  const known = new Map(
    (await KNOWN(ctx, { account, fingerprints: [...new Set(marks)] })).map((row) => [row.fingerprint, row.count]),
  )
  const isNew = areNew(movements, known)
  const counts = new Map<string, number>()
  const fresh: Fresh[] = []
  for (const [i, movement] of movements.entries()) {
    const mark = at(marks, i)
    const occurrence = (counts.get(mark) ?? 0) + 1
    counts.set(mark, occurrence)
    if (!isNew[i]) continue
    if (await isSumOfKnown(ctx, account, movement)) continue
    fresh.push({ movement, mark, occurrence })
  }
  const parts = new Map<string, Movement[]>()
  for (const { movement } of fresh)
    if (movement.entry_ref !== null)
      parts.set(`${movement.entry} ${movement.entry_ref}`, [
        ...(parts.get(`${movement.entry} ${movement.entry_ref}`) ?? []),
        movement,
      ])
  for (const group of parts.values()) {
    const [first] = group
    if (!first?.entry_ref || group.length < 2) continue
    const sum = group.reduce((all, { amount }) => all + amount, 0)
    await SUMS(ctx, { account, reference: first.entry_ref, sum, direction: first.sign })
  }
  return fresh
}

async function isSumOfKnown(ctx: Ctx, account: string, { transactions, entry_ref, amount, sign }: Movement): Promise<boolean> {
  if (transactions === null || transactions < 2 || entry_ref === null) return false
  return (await PARTS.one(ctx, { account, reference: entry_ref, direction: sign })).sum === amount
}

function rowOf(
  movement: Movement,
  proposal: Proposal,
  { mark, occurrence, place, verdict }: { mark: string; occurrence: number; place: number; verdict: Verdict },
): object {
  const {
    entry,
    entry_ref,
    sign,
    name,
    iban,
    bank_ref,
    reverses: _reverses,
    status: _status,
    payment_info_id: _block,
    ...rest
  } = movement
  return {
    ...rest,
    fingerprint: mark,
    occurrence,
    place,
    entry,
    entry_reference: entry_ref,
    direction: sign,
    counterparty_name: name,
    counterparty_iban: iban,
    bank_reference: bank_ref,
    status: verdict.verdict === 'match' ? 'booking' : 'to_review',
    proposal,
    undoes_id: verdict.undoes_booked ?? null,
  }
}

/** What a verdict means for documents. A credit note is paid out, or deducted, by money that goes back of its invoice. */
const proposalOf = (verdict: Verdict, movements: readonly Movement[], { invoiceOf }: OwnBooks): Proposal => ({
  why: verdict.why,
  pays: verdict.pays.concat((verdict.undo ?? []).map(({ id, amount }) => ({ id, amount: -amount }))).map(({ id, amount }) => {
    const invoice = invoiceOf.get(id)
    return invoice ? { ...ofKey(invoice), amount: -Math.abs(amount) } : { ...ofKey(id), amount }
  }),
  candidates: verdict.candidates.map((id) => ofKey(id as DocumentKey)),
  overpaid: verdict.overpaid ?? null,
  settles: verdict.settles ?? null,
  undoes_payment: verdict.undoes_payment ?? null,
  undoes_transaction: verdict.undoes === undefined ? null : (movements[verdict.undoes]?.bank_ref ?? null),
  already_paid: verdict.already_paid === undefined ? null : ofKey(verdict.already_paid as DocumentKey),
})

// Booking

type Pays = Proposal['pays'][number]

/** The moment that stands for a day of a bank: noon, which is this day in nearly every zone, and never later than now. */
const noonOf = (date: string, now: Date) => new Date(Math.min(Date.parse(`${date}T12:00:00Z`), now.getTime())).toISOString()

type Moved = Pick<
  BankTransaction,
  'id' | 'date' | 'currency' | 'direction' | 'amount' | 'entry_amount' | 'fee' | 'return_reason'
> & {
  readonly proposal: Proposal
}

/**
 * What banks kept, where the statement says it to the cent: the account moved by as much less than the documents are settled by (or more, where
 * money went out) as the charges that are stated. Minor units; nothing where the figures don't say so.
 */
function chargesIn({ direction, amount, entry_amount, fee }: Moved, pays: readonly Pays[]): number {
  if (fee === null) return 0
  const moved = (direction === 'credit' ? 1 : -1) * (entry_amount ?? amount)
  return pays.reduce((all, one) => all + signed(one), 0) - moved === fee ? fee : 0
}

const OURS = sql(`
  select id, status, object_type as "object_type!", object_id as "object_id!" from payment_intents where end_to_end_id = :end_to_end_id and provider = 'bank_transfer'`)
const EFFECT = sql(`select id from payment_records where provider_reference = :reference`)

/**
 * A payment of ours that came back: where it was made its record is taken back, where it was still on its way it has failed. Answers null for
 * what is not a payment of ours. Refuses (`conflict`) what ended meanwhile.
 */
async function takeBackOurs(ctx: Ctx, log: Log, { id, date, return_reason, ...moved }: Moved, pays: readonly Pays[]) {
  const { undoes_payment } = moved.proposal
  if (!undoes_payment) return null
  const seen = await OURS.maybe(ctx, { end_to_end_id: undoes_payment })
  // A person may say that it is something else.
  if (!seen || pays.some(({ object_id }) => object_id !== seen.object_id)) return null
  await lockPaid(ctx, seen.object_type, seen.object_id)
  const { status } = await OURS.one(ctx, { end_to_end_id: undoes_payment })
  const reason = return_reason === null ? 'It came back' : `It came back: ${return_reason}`
  const event = { id: `bank_transaction:${id}`, at: noonOf(date, ctx.now), reason }
  if (status === 'processing') {
    await tellByHand(ctx, { log }, seen.id, { ...event, type: 'failed' })
    return []
  }
  if (status !== 'succeeded' && status !== 'settled') throw conflict(`This payment is ${status.replace('_', ' ')} by now`)
  const amount = -pays.reduce((all, one) => all + one.amount, 0)
  const fee = chargesIn({ id, date, return_reason, ...moved }, pays)
  await tellByHand(ctx, { log }, seen.id, { ...event, type: 'returned', effect: event.id, amount, fee })
  const record = await EFFECT.maybe(ctx, { reference: `bank_transfer:${event.id}` })
  if (!record) throw conflict('All of this payment was taken back already')
  return [record.id]
}

/** Books what a transaction pays, each document with a record of its own. Refuses what a document does not take. */
async function book(ctx: Ctx, log: Log, transaction: Moved, pays: readonly Pays[]): Promise<string[]> {
  const { id, date, currency, return_reason } = transaction
  const back = pays.every(({ amount }) => amount < 0) ? await takeBackOurs(ctx, log, transaction, pays) : null
  if (back !== null) return back
  if (pays.length === 0) throw badRequest('pays: say which documents it pays, and how much of each')
  const fee = chargesIn(transaction, pays)
  const records: string[] = []
  for (const [i, { object_type, object_id, amount }] of pays.entries()) {
    const paid = await lockPaid(ctx, object_type, object_id)
    if (paid.currency !== currency)
      throw conflict(`The document is in ${paid.currency ?? 'no currency yet'}, and the money in ${currency}`)
    if (amount < 0 && -amount > paid.amount_paid) throw conflict(`At most the ${paid.amount_paid} that were paid can go back`)
    if (amount > 0) paid.check()
    records.push(
      await paid.pay({
        amount,
        currency,
        paid_at: noonOf(date, ctx.now),
        fields: {
          is_external: true,
          payment_method: 'bank_transfer',
          provider_reference: `bank_transaction:${id}:${i}`,
          fee: i === 0 ? fee : 0,
          reason: amount < 0 ? return_reason : null,
        },
      }),
    )
  }
  return records
}

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'bank_transactions.proposal': Proposal
  }
}
const DUE = sql(`select id, date, currency, direction, amount, entry_amount, fee, return_reason, proposal from bank_transactions
  where bank_statement_id = :statement and status = 'booking'
  order by place limit :limit for update`)
const MATCHED = sql(
  `update bank_transactions set status = 'matched', payment_record_ids = :records, decided_at = app_now(), updated_at = app_now() where id = :id`,
)
const DOUBTED = sql(
  `update bank_transactions set status = 'to_review', proposal = proposal || jsonb_build_object('why', :why::text), updated_at = app_now() where id = :id`,
)

/** Books the next transactions of a statement that match. Answers whether there are more. What changed meanwhile is for a person. */
export async function bookMatches(ctx: Ctx, log: Log, statement: string, limit: number): Promise<boolean> {
  const due = await DUE(ctx, { statement, limit })
  for (const { id, direction, proposal, ...moved } of due) {
    const { pays, settles } = proposal
    const booked = await attempt(ctx, async () => {
      await stillOpen(ctx, pays, settles === true)
      const records = await book(
        ctx,
        log,
        { ...moved, id, proposal, direction: direction === 'credit' ? 'credit' : 'debit' },
        pays,
      )
      await MATCHED(ctx, { id, records })
    })
    if ('refused' in booked) await DOUBTED(ctx, { id, why: `It matched, and could not be booked: ${booked.refused.message}` })
  }
  return due.length === limit
}

const OPEN = sql(`
  select 'receivable:' || id as "key!", greatest(0, total_amount - amount_credited - amount_paid)::bigint as "open!" from receivables where id = any (:ids)
  union all select 'payable:' || id, greatest(0, total_amount + due_adjustment - amount_credited - amount_paid)::bigint from payables where id = any (:ids)`)

/** Refuses what somebody else paid meanwhile: a match is one only as long as all of it is open. What goes back was paid. */
async function stillOpen(ctx: Ctx, all: readonly Pays[], discounted: boolean): Promise<void> {
  const pays = all.filter(({ amount }) => amount > 0)
  for (const { object_type, object_id } of pays) await lockPaid(ctx, object_type, object_id)
  const open = new Map((await OPEN(ctx, { ids: pays.map(({ object_id }) => object_id) })).map((row) => [row.key, row.open]))
  for (const { object_type, object_id, amount } of pays) {
    const left = open.get(`${object_type}:${object_id}`) ?? 0
    if (discounted ? left < amount : left !== amount) throw conflict(`The document has ${left} open by now, not ${amount}`)
  }
}

// Deciding

async function lockToReview(ctx: Ctx, id: string): Promise<BankTransaction> {
  const transaction = await rows.lock(ctx, transactionTable, id)
  if (transaction.status !== 'to_review')
    throw conflict(`A bank transaction that is ${transaction.status.replace('_', ' ')} is not in review`)
  return transaction
}

/** How much of the money each document would take: what comes in pays invoices, what goes out pays bills; below zero it goes back. */
const signed = ({ object_type, amount }: Pays) => (object_type === 'receivable' ? amount : -amount)

/** Books a transaction as proposed, or as a person says. */
export async function accept(ctx: Ctx, log: Log, id: string, pays: readonly Pays[] | null | undefined): Promise<BankTransaction> {
  const transaction = await lockToReview(ctx, id)
  const chosen = pays ?? transaction.proposal.pays
  for (const { object_type, object_id } of chosen) await reach(ctx, object_type, [object_id], 'read')
  if (chosen.some(({ amount }) => amount === 0)) throw badRequest('pays: an amount can not be 0')
  if (new Set(chosen.map(({ object_id }) => object_id)).size < chosen.length)
    throw badRequest('pays: name each document only once')
  const moved = (transaction.direction === 'credit' ? 1 : -1) * transaction.amount
  const sum = chosen.reduce((all, one) => all + signed(one), 0)
  const most = transaction.amount + (transaction.fee ?? 0)
  if (chosen.length > 0 && (Math.sign(sum) !== Math.sign(moved) || Math.abs(sum) > most))
    throw badRequest(`pays: together no more than the ${most} of the transaction, and in its direction`)
  const records = await book(ctx, log, transaction, chosen)
  return rows.change(ctx, transactionTable, id, {
    status: 'accepted',
    payment_record_ids: records,
    decided_at: ctx.now.toISOString(),
    decided_by_entity_user_id: ctx.userId,
  })
}

/** Takes a transaction out of the review: it pays no document. */
export async function setAside(ctx: Ctx, id: string, comment: string | null | undefined): Promise<BankTransaction> {
  await lockToReview(ctx, id)
  return rows.change(ctx, transactionTable, id, {
    status: 'set_aside',
    comment: comment ?? null,
    decided_at: ctx.now.toISOString(),
    decided_by_entity_user_id: ctx.userId,
  })
}

/** Puts a transaction that was set aside back into the review. */
export async function reopen(ctx: Ctx, id: string): Promise<BankTransaction> {
  const transaction = await rows.lock(ctx, transactionTable, id)
  if (transaction.status !== 'set_aside') throw conflict('Only a transaction that was set aside can go back into the review')
  return rows.change(ctx, transactionTable, id, { status: 'to_review', decided_at: null, decided_by_entity_user_id: null })
}
