import { isDate } from '../calendar.ts'
import { minorUnitsOf } from '../currencies.ts'
import { isObject } from '../json.ts'
import type { Minor } from '../money.ts'
import { minorOf } from './amounts.ts'
import { plainReference, referenceIn } from './references.ts'
import { type Movement, type Nature, type Sign, type Statement, StatementRefused } from './types.ts'

/**
 * ISO 20022: camt.053 (statement), camt.052 (report) and camt.054 (notice), of any version: elements are found by their local names, and
 * what moved between versions is looked for in both places.
 */

/** An element: children by local name, attributes with `@`, text under `#text`. One child stands alone, several in a list. */
export type Element = { readonly [name: string]: unknown }

const element = (value: unknown): Element | null => (isObject(value) ? value : null)
const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const children = (node: Element | null, name: string): Element[] =>
  list(node?.[name]).map((child) => element(child) ?? { '#text': child })

/** The first element at a path, e.g. `RmtInf/Strd`. */
function at(node: Element | null, path: string): Element | null {
  return path.split('/').reduce<Element | null>((inner, name) => children(inner, name)[0] ?? null, node)
}
function textOf(node: Element | null): string | null {
  const text = String(node?.['#text'] ?? '').trim()
  return text === '' ? null : text
}
const text = (node: Element | null, ...paths: string[]): string | null => {
  for (const path of paths) {
    const found = textOf(at(node, path))
    if (found !== null) return found
  }
  return null
}

/** For other messages of ISO 20022. */
export const elementsIn = children
export const textIn = text

interface Money {
  readonly amount: Minor
  readonly currency: string
}
function money(node: Element | null): Money | null {
  const written = textOf(node)
  if (written === null) return null
  const currency = String(node!['@Ccy'] ?? '')
  return { amount: minorOf(written, minorUnitsOf(currency), '.'), currency }
}

const signOf = (node: Element | null): Sign | null => {
  const word = text(node, 'CdtDbtInd')
  return word === 'CRDT' ? 'credit' : word === 'DBIT' ? 'debit' : null
}
const isTrue = (word: string | null) => word === 'true' || word === '1'

/** A day, also where date and time are given: the day as it is written, in the bank's own zone. */
function day(node: Element | null): string | null {
  const written = text(node, 'Dt', 'DtTm')?.slice(0, 10) ?? null
  return written !== null && isDate(written) ? written : null
}

const none = /^(NOTPROVIDED|NOT PROVIDED|NONREF|NOTAVAILABLE|N\/A)$/i
const given = (word: string | null) => (word === null || none.test(word) ? null : word)

/** Reads a document; refuses one that is not a message about an account. */
export function readCamt(root: Element, namespace: string): Statement[] {
  const format = /camt\.05[234]\.001\.\d+/.exec(namespace)?.[0] ?? 'camt'
  const body = at(root, 'BkToCstmrStmt') ?? at(root, 'BkToCstmrDbtCdtNtfctn') ?? at(root, 'BkToCstmrAcctRpt')
  if (!body) throw new StatementRefused('The XML is not a bank statement (camt.053), report (camt.052) or notice (camt.054)')
  const notice = at(root, 'BkToCstmrStmt') === null
  const statements = [...children(body, 'Stmt'), ...children(body, 'Ntfctn'), ...children(body, 'Rpt')]
  if (statements.length === 0) throw new StatementRefused('The file holds no statement')
  return statements.map((one) => readStatement(one, format, notice))
}

function readStatement(node: Element, format: string, notice: boolean): Statement {
  const account = at(node, 'Acct')
  const balance = (...codes: string[]): Minor | null => {
    for (const code of codes)
      for (const one of children(node, 'Bal')) {
        if (text(one, 'Tp/CdOrPrtry/Cd', 'Tp/Cd') !== code) continue
        const stated = money(at(one, 'Amt'))
        if (stated) return signOf(one) === 'debit' ? -stated.amount : stated.amount
      }
    return null
  }
  const entries = children(node, 'Ntry')
  const first = entries[0] ? money(at(entries[0], 'Amt')) : null
  const stated = children(node, 'Bal')[0]
  const currency = text(account, 'Ccy') ?? (stated ? money(at(stated, 'Amt'))?.currency : null) ?? first?.currency ?? null
  return {
    format,
    number: text(node, 'ElctrncSeqNb', 'LglSeqNb', 'Id'),
    account: text(account, 'Id/IBAN', 'Id/Othr/Id'),
    currency,
    opening: notice ? null : balance('OPBD', 'PRCD'),
    closing: notice ? null : balance('CLBD'),
    notice,
    movements: entries.flatMap((entry, i) => readEntry(entry, i)),
  }
}

function readEntry(node: Element, index: number): Movement[] {
  const whole = money(at(node, 'Amt'))
  const sign = signOf(node)
  if (!whole || !sign) throw new StatementRefused(`Entry ${index + 1} has no amount or does not say whether money comes or goes`)
  const date = day(at(node, 'BookgDt')) ?? day(at(node, 'ValDt'))
  if (!date) throw new StatementRefused(`Entry ${index + 1} has no date`)
  const details = children(node, 'NtryDtls')
  const parts = details.flatMap((one) => children(one, 'TxDtls'))
  const batch = at(node, 'NtryDtls/Btch')
  const count = Number(text(batch, 'NbOfTxs') ?? Number.NaN)
  const word = text(node, 'Sts/Cd', 'Sts') ?? 'BOOK'
  const entry: Omit<Movement, 'amount' | 'currency' | 'sign'> = {
    entry: index,
    date,
    value_date: day(at(node, 'ValDt')) ?? date,
    status: word === 'BOOK' ? 'booked' : word === 'INFO' ? 'info' : 'pending',
    entry_amount: null,
    fee: null,
    original: null,
    name: null,
    iban: null,
    text: text(node, 'AddtlNtryInf'),
    end_to_end_id: null,
    reference: null,
    bank_ref: given(text(node, 'AcctSvcrRef')),
    entry_ref: given(text(node, 'AcctSvcrRef')),
    reverses: isTrue(text(node, 'RvslInd')),
    return_reason: null,
    nature: natureOf(node, null),
    payment_info_id: given(text(batch, 'PmtInfId')),
    transactions: Number.isFinite(count) ? count : null,
  }
  const undivided: Movement = { ...entry, ...whole, sign, fee: chargesOf(node) }
  // Parts without amounts of their own can't be told apart: the entry stays whole.
  const amounts = amountsOf(parts, whole)
  if (parts.length === 0 || (parts.length > 1 && amounts.includes(null))) return [undivided]
  return parts.map((part, i) =>
    readPart(part, { ...entry, ...(parts.length > 1 ? whole : undivided), sign: signOf(part) ?? sign }, amounts[i] ?? null, {
      whole,
      alone: parts.length === 1,
    }),
  )
}

/** The amount of each payment of an entry, in the currency of the account; null where it does not say. */
function amountsOf(parts: readonly Element[], { amount, currency }: Money): (Minor | null)[] {
  const inCurrency = (stated: Money | null) => (stated?.currency === currency ? stated.amount : null)
  const paid = parts.map((part) => inCurrency(money(at(part, 'Amt')) ?? money(at(part, 'AmtDtls/TxAmt/Amt'))))
  if (!paid.includes(null)) return paid
  // Some banks say only what was ordered: that is what was paid where it comes to the entry.
  const ordered = parts.map((part, i) => paid[i] ?? inCurrency(money(at(part, 'AmtDtls/InstdAmt/Amt'))))
  return ordered.reduce<number>((sum, one) => sum + (one ?? 0), 0) === amount ? ordered : paid
}

function readPart(
  part: Element,
  entry: Movement,
  amount: Minor | null,
  { whole, alone }: { whole: Money; alone: boolean },
): Movement {
  const { sign } = entry
  const known = amount ?? whole.amount
  const sent = money(at(part, 'AmtDtls/InstdAmt/Amt')) ?? money(at(part, 'Amt'))
  const foreign = sent && sent.currency !== whole.currency ? sent : null
  const fee = chargesOf(part) ?? entry.fee
  const words = remittance(part) ?? text(part, 'AddtlTxInf') ?? entry.text
  const structured = children(at(part, 'RmtInf'), 'Strd').map((one) => text(one, 'CdtrRefInf/Ref', 'CdtrRefInf/CdtrRef'))
  const reason = at(part, 'RtrInf')
  const payer = party(part, 'Dbtr')
  const payee = party(part, 'Cdtr')
  const [there, here] = sign === 'credit' ? [payer, payee] : [payee, payer]
  return {
    ...entry,
    amount: known,
    currency: whole.currency,
    entry_amount: alone && known !== whole.amount ? whole.amount : null,
    fee,
    original: foreign && { ...foreign, rate: text(part, 'AmtDtls/TxAmt/CcyXchg/XchgRate', 'AmtDtls/InstdAmt/CcyXchg/XchgRate') },
    // What comes back may keep the roles of the first payment.
    ...(there.name !== null || there.iban !== null || !(reason || entry.reverses) ? there : here),
    text: words,
    end_to_end_id: given(text(part, 'Refs/EndToEndId')),
    reference: plainReference(structured.find((one) => one !== null)) ?? (words === null ? null : referenceIn(words)),
    bank_ref: given(text(part, 'Refs/AcctSvcrRef')) ?? entry.bank_ref,
    return_reason: reason ? (text(reason, 'Rsn/Cd', 'Rsn/Prtry') ?? 'NARR') : null,
    nature: natureOf(part, entry.nature),
    payment_info_id: given(text(part, 'Refs/PmtInfId')) ?? entry.payment_info_id,
    transactions: alone ? entry.transactions : null,
  }
}

function party(part: Element, role: 'Dbtr' | 'Cdtr'): { name: string | null; iban: string | null } {
  const parties = at(part, 'RltdPties')
  const name = text(parties, `${role}/Pty/Nm`, `${role}/Nm`, `Ultmt${role}/Pty/Nm`, `Ultmt${role}/Nm`)
  const iban = text(parties, `${role}Acct/Id/IBAN`)
  return { name, iban: iban?.replace(/\s/g, '').toUpperCase() ?? null }
}

function remittance(part: Element): string | null {
  const info = at(part, 'RmtInf')
  const free = children(info, 'Ustrd').map(textOf)
  const structured = children(info, 'Strd').flatMap((one) => [
    ...children(one, 'RfrdDocInf').map((document) => text(document, 'Nb')),
    ...children(one, 'AddtlRmtInf').map(textOf),
  ])
  const words = free.concat(structured).filter((word) => word !== null)
  return words.length === 0 ? null : words.join(' ')
}

/** Charges, all together. */
function chargesOf(node: Element): Minor | null {
  const charges = children(node, 'Chrgs')
  if (charges.length === 0) return null
  const total = charges.map((one) => money(at(one, 'TtlChrgsAndTaxAmt'))?.amount ?? null).filter((one) => one !== null)
  const records = charges.flatMap((one) => [...children(one, 'Rcrd').map((record) => at(record, 'Amt')), at(one, 'Amt')])
  const sum = (amounts: readonly Minor[]) => amounts.reduce((all, one) => all + one, 0)
  const found = total.length > 0 ? sum(total) : sum(records.map((one) => money(one)?.amount ?? 0))
  return found === 0 ? null : found
}

const natures: Readonly<Record<string, Nature>> = {
  CHRG: 'bank charge',
  FEES: 'bank charge',
  COMM: 'bank charge',
  COMI: 'bank charge',
  COMT: 'bank charge',
  INTR: 'interest',
  SALA: 'salaries',
  PAYR: 'salaries',
  TAXS: 'tax',
  VATX: 'tax',
}
/** By the purpose of the payment, else by the bank's own code. */
function natureOf(node: Element, otherwise: Nature | null): Nature | null {
  const purpose = text(node, 'Purp/Cd')
  const code = text(node, 'BkTxCd/Domn/Fmly/SubFmlyCd')
  return natures[purpose ?? ''] ?? natures[code ?? ''] ?? otherwise
}
