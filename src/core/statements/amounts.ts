import type { Minor } from '../money.ts'
import { StatementRefused } from './types.ts'

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
