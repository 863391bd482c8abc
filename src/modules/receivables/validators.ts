import Type, { type Static } from 'typebox'
import { invalid } from '../../core/refusal.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { named, nothing, opt, uuid, word } from '../../platform/http/types.ts'
import { type KnownToLedger, knownToLedger } from '../common/ledger/ledger.service.ts'

const LineItemForValidation = named('LineItemForValidation', {
  ledger_account_id: opt(uuid),
  monite_tax_rate: opt(Type.Union([Type.Integer(), Type.Number()])),
})
const LineItemsValidationRequest = named('LineItemsValidationRequest', {
  document_type: word(['receivable', 'payable'], { $id: 'DocumentType' }),
  line_items: Type.Array(LineItemForValidation),
})

/** Whether accounting could take the lines of a document, asked before there is one. */
export const validators: Routes = async (app) => {
  app.post(
    '/internal/validators/line_items',
    operation({
      summary: 'Validate Line Items',
      may: 'any',
      body: LineItemsValidationRequest,
      ok: { 204: nothing },
      writes: false,
    }),
    async ({ ctx, body }) => {
      const known = await knownToLedger(ctx, body.document_type === 'receivable' ? 'sale' : 'purchase')
      const faults = body.line_items.flatMap((line, i) =>
        faultsOf(line, known).map(([field, msg]) => ({ loc: ['body', 'line_items', i, field], msg, type: 'value_error' })),
      )
      if (faults.length > 0) throw invalid(faults)
      return null
    },
  )
}

/** Without a connection nothing is sent to accounting, so every line fits, unless it names an account: nobody knows that one. */
function faultsOf(
  { ledger_account_id, monite_tax_rate }: Static<typeof LineItemForValidation>,
  { accounts, rates }: KnownToLedger,
) {
  const faults: [string, string][] = []
  if (ledger_account_id && !accounts.has(ledger_account_id.toLowerCase()))
    faults.push(['ledger_account_id', `There is no accounting connection that knows ${ledger_account_id}`])
  if (typeof monite_tax_rate === 'number' && (monite_tax_rate < 0 || monite_tax_rate > 10000))
    faults.push(['monite_tax_rate', 'A tax rate lies between 0 and 10000 hundredths of a percent'])
  else if (typeof monite_tax_rate === 'number' && rates !== null && !rates.has(monite_tax_rate))
    faults.push(['monite_tax_rate', 'Tax rate does not exist in the ledger'])
  return faults
}
