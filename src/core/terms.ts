import { addDays, isBefore, type PlainDate, parseDate } from './calendar.ts'
import { add, type Minor, percentOf, rateOf, WHOLE } from './money.ts'
import { badRequest, invalid, type RefusalDetail } from './refusal.ts'

/** When a tier ends: so many days after the issue date, or on a day; never both. */
export interface FinalTier {
  readonly number_of_days?: number | null
  readonly end_date?: PlainDate | null
}

/** A tier for those who pay early. `discount` is in hundredths of a percent. */
interface DiscountTier extends FinalTier {
  readonly discount: number
}

/** Two early tiers at most, and the one that says when payment is due. */
export interface PaymentTerms {
  readonly term_1?: DiscountTier | null
  readonly term_2?: DiscountTier | null
  readonly term_final: FinalTier
}

/** Terms whose days are known: what an issued document carries. */
export interface ResolvedTerms {
  readonly term_1?: DiscountTier & { readonly end_date: PlainDate }
  readonly term_2?: DiscountTier & { readonly end_date: PlainDate }
  readonly term_final: FinalTier & { readonly end_date: PlainDate }
}

const TIERS = ['term_1', 'term_2', 'term_final'] as const
type TierName = (typeof TIERS)[number]

/**
 * Checks terms someone sends. Refuses a tier with neither or both of its two ends (`invalid`), and (`bad_request`) a second tier
 * without a first, discounts over 100 %, dates that don't exist, and tiers that don't each end later than the one before. A
 * number of days and a date can't be compared until the issue date is known: that is for `resolveTerms`.
 */
export function checkTerms(terms: PaymentTerms): void {
  const faults = TIERS.flatMap((name) => faultsOf(name, terms[name]))
  if (faults.length > 0) throw invalid(faults)
  checkTiers(terms)
  checkOrder(terms, (tier) => tier.number_of_days)
  checkOrder(terms, (tier) => tier.end_date)
}

function faultsOf(name: TierName, tier: FinalTier | null | undefined): RefusalDetail[] {
  if (!tier || (tier.number_of_days == null) !== (tier.end_date == null)) return []
  return [{ loc: [name], msg: `${name} takes either number_of_days or end_date`, type: 'value_error' }]
}

function checkTiers({ term_1, term_2, term_final }: PaymentTerms): void {
  if (term_2 && !term_1) throw badRequest('term_2 needs a term_1 before it')
  for (const tier of [term_1, term_2]) if (tier) rateOf(tier.discount)
  for (const tier of [term_1, term_2, term_final]) if (tier?.end_date != null) parseDate(tier.end_date)
}

/** Each tier ends later than the one before it, as far as they can be compared. */
function checkOrder<End extends number | string>(terms: PaymentTerms, endOf: (tier: FinalTier) => End | null | undefined): void {
  let before: { name: TierName; end: End } | undefined
  for (const name of TIERS) {
    const tier = terms[name]
    const end = tier && endOf(tier)
    if (end == null) continue
    if (before && end <= before.end) throw badRequest(`${name} must end later than ${before.name}`)
    before = { name, end }
  }
}

/**
 * The terms as they hold for a document issued on `issueDate`: each tier with its last day. Days are calendar days, and where a
 * tier has both a number of days and an end, as on an issued document, the days count again from the new issue date.
 *
 * Refuses (`bad_request`) what `checkTerms` would, tiers whose days turn out of order, and tiers that end before the issue date
 * unless `allowPast` says that this document may be dated freely.
 */
export function resolveTerms(terms: PaymentTerms, issueDate: PlainDate, { allowPast = false } = {}): ResolvedTerms {
  const resolve = <Tier extends FinalTier>(tier: Tier) => ({ ...tier, end_date: lastDay(tier, issueDate) })
  const resolved: ResolvedTerms = {
    ...(terms.term_1 && { term_1: resolve(terms.term_1) }),
    ...(terms.term_2 && { term_2: resolve(terms.term_2) }),
    term_final: resolve(terms.term_final),
  }
  checkTiers(resolved)
  checkOrder(resolved, (tier) => tier.end_date)
  const past = TIERS.find((name) => resolved[name] && isBefore(resolved[name].end_date, issueDate))
  if (past && !allowPast) throw badRequest(`${past} would end before the issue date, ${issueDate}`)
  return resolved
}

function lastDay({ number_of_days, end_date }: FinalTier, issueDate: PlainDate): PlainDate {
  if (number_of_days != null) return addDays(issueDate, number_of_days)
  if (end_date != null) return end_date
  throw badRequest('A payment term needs a number_of_days or an end_date')
}

/** The day payment is due; null while it depends on an issue date nobody knows yet. It is overdue from the day after. */
export function dueDate({ term_final }: PaymentTerms, issueDate: PlainDate | null): PlainDate | null {
  return issueDate === null ? (term_final.end_date ?? null) : lastDay(term_final, issueDate)
}

/** The discount for paying on `day`, in hundredths of a percent; the last day of a tier still counts. */
export function discountOn(terms: ResolvedTerms | null, day: PlainDate): number {
  const open = [terms?.term_1, terms?.term_2].find((tier) => tier && !isBefore(tier.end_date, day))
  return open?.discount ?? 0
}

/**
 * What settles an invoice when paid on `day`, in minor units: its total (credit notes taken off) less the discount of the tier
 * that is open, less what was paid before; never below zero. The discount counts for the whole total, whatever was paid when.
 */
export function amountToPay(total: Minor, paid: Minor, terms: ResolvedTerms | null, day: PlainDate): Minor {
  const discounted = percentOf(total, WHOLE - rateOf(discountOn(terms, day)))
  return Math.max(0, add(discounted, -paid))
}
