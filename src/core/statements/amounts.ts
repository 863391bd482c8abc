import { isCurrency } from '../currencies.ts'
import type { Minor } from '../money.ts'
import { type Sign, StatementRefused } from './types.ts'

/** Amounts as bank files write them, to minor units, without a detour over binary fractions. */

/**
 * Reads digits with at most one decimal mark, which is given. More decimals than the currency has are allowed when they are zeros.
 * Refuses anything else.
 */
export function minorOf(text: string, decimals: number, mark: '.' | ','): Minor {
  const [whole = '', part = '', ...more] = text.trim().split(mark)
  const [kept, rest] = [part.slice(0, decimals), part.slice(decimals)]
  if (more.length > 0 || !/^\d*$/.test(whole + part) || whole + part === '' || !/^0*$/.test(rest))
    throw new StatementRefused(`"${text.trim().slice(0, 40)}" is not an amount with ${decimals} decimals`)
  const value = Number(whole + kept.padEnd(decimals, '0'))
  if (!Number.isSafeInteger(value)) throw new StatementRefused(`The amount ${text.trim().slice(0, 40)} is too large`)
  return value
}

/** An amount as a cell of a table writes it: its digits with their marks, and which way it goes, where the cell says so. */
interface Written {
  readonly digits: string
  readonly sign: Sign | null
}

const DASHES = /[\u2010-\u2015\u2212\ufe63\uff0d]/g
const UNIT = '(\\p{L}{0,3}\\p{Sc}|kr|s?fr|zł|kč|ft|lei|rs|rm|\\p{L}{3})?\\.?'
const WRITTEN = new RegExp(`^(\\()?([+-])?${UNIT}([+-])?(\\d[\\d.,]*|[.,]\\d+)${UNIT}(-|\\+|cr|dr|[cdsh])?\\)?$`, 'iu')

/** Reads `-12,50`, `(12.50)`, `12.50 DR`, `12,50 S`, `−12,50 €`; null where there are no digits. Refuses what is no amount. */
export function writtenAs(text: string): Written | null {
  if (!/\d/.test(text)) return null
  const found = WRITTEN.exec(text.replace(DASHES, '-').replace(/[\s'’`]/g, ''))
  const [, bracket, before, unit, inner, digits, after, mark] = found ?? []
  const isUnit = (word = '') => !/^\p{L}{3}$/u.test(word) || isCurrency(word.toUpperCase()) || /^(sfr|lei)$/i.test(word)
  if (digits === undefined || !isUnit(unit) || !isUnit(after))
    throw new StatementRefused(`"${text.trim().slice(0, 40)}" is not an amount`)
  const goes = bracket || [before, inner].includes('-') || /^(-|dr|[ds])$/i.test(mark ?? '')
  return { digits, sign: goes ? 'debit' : /^(cr|[ch])$/i.test(mark ?? '') ? 'credit' : null }
}
