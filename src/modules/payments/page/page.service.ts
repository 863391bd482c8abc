import { type PaymentMethod, presentMethod } from '../../../core/payments/methods.data.ts'
import { nowFor } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { Theme } from '../../../platform/pages/theme.ts'
import type { Bank, NextAction } from '../../../ports/payments.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { usableMethods } from '../../onboarding/standing.service.ts'
import type { BankAccount } from '../accounts.schema.ts'
import { bankCountry } from '../accounts.service.ts'
import { inside } from '../carrying.service.ts'
import type { FoundLink } from '../links/links.service.ts'

/** What the pay page shows, and no more: the amount, the reference, who is paid and where, and the invoice itself. */

const FACTS = shaped<{ theme: PayFacts['theme'] }>()(
  sql(`
  select l.status as link_status, l.expires_at, l.return_url, i.status, i.amount, i.currency, i.payment_methods, i.payment_reference, i.provider, i.payer, i.recipient,
    i.selected_payment_method, i.next_action, i.invoice, i.object_type,
    r.content ->> 'file_language' as language, r.document_id as number, case when not r.pdf_stale then r.file_key end as file_key,
    coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "entity_name!",
    e.address ->> 'country' as country, (select f.link_key from files f where f.id = e.logo_file_id and f.deleted_at is null) as logo_key,
    p.settings -> 'payments' -> 'payment_page_theme' as theme, p.settings ->> 'website' as website
  from payment_links l
  join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
  join entities e on e.id = l.entity_id
  join partners p on p.id = l.partner_id
  left join receivables r on r.entity_id = i.entity_id and r.id = i.object_id and i.object_type = 'receivable'
  where l.id = :id`),
)

/** How far a payment is, as its payer sees it. */
type PayState = 'open' | 'failed' | 'confirm' | 'form' | 'bank' | 'processing' | 'paid' | 'refunded' | 'expired'

export interface PayFacts {
  readonly id: string
  readonly state: PayState
  /** The step that the payer has to take. */
  readonly action: NextAction | null
  readonly amount: number
  readonly currency: string
  readonly reference: string | null
  readonly recipient: { readonly name: string; readonly account: BankAccount | null }
  /** Those that somebody carries out. */
  readonly methods: readonly { readonly code: PaymentMethod; readonly byHand: boolean }[]
  /** Banks that the payer may pay from; none where nobody has transfers made. */
  readonly banks: readonly Bank[]
  readonly isTest: boolean
  /** Whether the last try was declined. */
  readonly failed: boolean
  /** The way to pay that was begun last. */
  readonly begun: string | null
  /** Whether what is on its way was sent by hand: then it takes days. */
  readonly byHand: boolean
  readonly due_date: string | null
  readonly issue_date: string | null
  readonly number: string | null
  readonly file_key: string | null
  readonly logo_key: string | null
  readonly language: string | null
  readonly country: string
  readonly theme: (Theme & { readonly logo_src?: string | null }) | null
  readonly website: string | null
  readonly return_url: string | null
}

const DONE: ReadonlySet<string> = new Set(['succeeded', 'settled', 'payout_failed', 'payout_canceled', 'disputed'])

function stateOf(link: string, status: string, over: boolean, action: NextAction | null): PayState {
  if (DONE.has(status)) return 'paid'
  if (status === 'processing') return 'processing'
  if (status === 'refunded') return 'refunded'
  if (link === 'expired' || over) return 'expired'
  if (action?.kind === 'form') return 'form'
  if (action?.kind === 'redirect' && status === 'created') return 'bank'
  if (status === 'payment_failed') return 'failed'
  return action?.kind === 'confirm' ? 'confirm' : 'open'
}

/** Reads the page of a link. Looking at it changes nothing and starts nothing. */
export async function readPayPage(machinery: Machinery, found: FoundLink): Promise<PayFacts> {
  const { row, providers, usable } = await inside(
    machinery,
    found,
    async (ctx) => {
      const row = await FACTS.one(ctx, { id: found.link_id })
      const providers = await providersIn(ctx, machinery)
      return { row, providers, usable: await usableMethods(ctx, providers, row.payment_methods) }
    },
    true,
  )
  const { recipient } = row
  const direction = recipient.type === 'entity' ? 'receive' : 'send'
  const methods = [...new Set(row.payment_methods.map((one) => presentMethod(one)))].flatMap((code) => {
    const provider = providers.for(code, row.currency, direction)
    return provider && usable.has(code) ? [{ code, byHand: provider.byHand === true, name: provider.name }] : []
  })
  const action = row.next_action
  const transfers = methods.some(({ code }) => code === 'sepa_credit')
  const { openBanking } = providers
  const isMoved = transfers && openBanking !== null && openBanking.minimum('sepa_credit', row.currency) !== null
  const banks = isMoved ? await openBanking.banks(bankCountry(row.payer, recipient)) : []
  const over = Date.parse(row.expires_at) <= nowFor(machinery.db, found).getTime()
  const { invoice } = row
  return {
    id: found.link_id,
    state: stateOf(row.link_status, row.status, over, action),
    action,
    failed: row.status === 'payment_failed',
    begun: row.selected_payment_method,
    amount: row.amount,
    currency: row.currency,
    reference: row.payment_reference,
    recipient: { name: recipient.name ?? row.entity_name, account: recipient.bank_accounts?.[0] ?? null },
    methods: methods.map(({ code, byHand }) => ({ code, byHand })),
    banks,
    isTest: banks.length > 0 || methods.some(({ name }) => name === 'sandbox') || row.provider === 'sandbox',
    byHand: (row.provider ? providers.named(row.provider)?.byHand : false) === true,
    due_date: invoice?.due_date ?? null,
    issue_date: invoice?.issue_date ?? null,
    number: row.number,
    file_key: row.file_key,
    logo_key: row.logo_key,
    language: row.language,
    country: row.country ?? 'US',
    theme: row.theme,
    website: row.website,
    return_url: row.return_url,
  }
}
