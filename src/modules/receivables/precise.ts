import { quantityOf, rateOf, WHOLE } from '../../core/money.ts'
import { type DraftLine, toCalculate } from './draft.ts'

/** An exact amount in minor units, as a fraction. */
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

const DIGITS = 10n ** 12n

/** The fraction as a JSON number: twelve decimals, which is more than a double of that size holds. */
const number = ({ over, under }: Fraction): number => {
  const whole = over / under
  return Number(whole) + Number(((over - whole * under) * DIGITS) / under) / Number(DIGITS)
}

/** With VAT and without it, whichever of the two is given. */
const both = ({ over, under }: Fraction, rate: bigint, contained: boolean) => {
  const given = { over, under }
  return contained
    ? { net: { over: over * WHOLE, under: under * (WHOLE + rate) }, gross: given }
    : { net: given, gross: { over: over * (WHOLE + rate), under: under * WHOLE } }
}

interface Modes {
  readonly vat_mode: 'exclusive' | 'inclusive'
  readonly vat_inclusive_discount_mode?: unknown
}

/** A line with its figures as they are before anything is rounded, beside those that are. */
export function preciseLine(line: DraftLine, entity_id: string, { vat_mode, vat_inclusive_discount_mode }: Modes) {
  const { tax_status: _t, ...shown } = line
  const { price, quantity, discount, tax } = toCalculate(line, vat_mode)
  const rate = tax ? rateOf(tax.rate) : 0n
  const contained = vat_mode === 'inclusive'
  const listed = { over: BigInt(price) * quantityOf(quantity), under: WHOLE }
  const piece = both({ over: BigInt(price), under: 1n }, rate, contained)
  const all = both(
    discounted(listed, discount, contained && vat_inclusive_discount_mode !== 'inclusive' ? rate : 0n),
    rate,
    contained,
  )
  const { currency } = line.product.price
  return {
    ...shown,
    product: {
      ...line.product,
      entity_id,
      measure_unit_id: line.product.measure_unit?.id ?? null,
      price_precise: { currency, value: number(piece.net) },
      price_after_vat_precise: { currency, value: number(piece.gross) },
    },
    total_before_vat_precise: number(all.net),
    total_after_vat_precise: number(all.gross),
  }
}

/** A discount in money is net where `rate` isn't 0, and takes its VAT along. */
function discounted({ over, under }: Fraction, discount: DraftLine['discount'], rate: bigint): Fraction {
  if (!discount) return { over, under }
  const left =
    discount.type === 'percentage'
      ? over * (WHOLE - rateOf(discount.amount))
      : over * WHOLE - BigInt(discount.amount) * (WHOLE + rate) * under
  return { over: left > 0n ? left : 0n, under: under * WHOLE }
}
