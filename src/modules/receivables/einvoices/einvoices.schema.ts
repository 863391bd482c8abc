import Type from 'typebox'
import { named, orNull, word } from '../../../platform/http/types.ts'

/** Peppol BIS Billing 3 and XRechnung 3 in UBL, XRechnung and EN 16931 in CII, and the page that carries the latter. */
const formats = ['peppol_bis_3', 'xrechnung', 'xrechnung_cii', 'cii', 'factur_x'] as const
export type Format = (typeof formats)[number]

const EinvoiceFormat = word(formats, { $id: 'EinvoiceFormat' })
export const EinvoiceQuery = Type.Object({ format: Type.Optional(EinvoiceFormat) })
export const EinvoiceCheckQuery = Type.Object({
  format: Type.Optional(EinvoiceFormat),
  official: Type.Optional(Type.Boolean({ default: false })),
})

/** An official rule by its number, or one of ours (`QT-…`); `field` is the field of the request that mends it. */
const EinvoiceFinding = named('EinvoiceFinding', {
  rule: Type.String(),
  severity: word(['error', 'warning'], { $id: 'EinvoiceFindingSeverity' }),
  message: Type.String(),
  field: orNull(Type.String()),
})
/** What the law wants, with its place and its first day. */
export const LegalFinding = named('LegalFinding', {
  ...EinvoiceFinding.properties,
  source: Type.String(),
  since: Type.String({ format: 'date' }),
})
export const EinvoiceCheck = named('EinvoiceCheck', {
  format: EinvoiceFormat,
  valid: Type.Boolean(),
  findings: Type.Array(EinvoiceFinding),
  /** What the official rules say, where they were asked for. */
  official: Type.Optional(
    Type.Array(
      named('OfficialFinding', {
        rule: Type.String(),
        severity: word(['error', 'warning']),
        message: Type.String(),
        location: Type.String(),
      }),
    ),
  ),
})
