import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import type { VerifiedAccount } from '../../../ports/bank-verification.ts'
import { addAccount, entityBankAccounts } from '../../entities/bank-accounts/bank-accounts.service.ts'
import { languageOf } from '../links/links.service.ts'
import { sendNote } from '../notes.service.ts'
import type { Completion, Verifications } from './verifications.schema.ts'
import { wordsOf } from './words.ts'

/** Proofs that an account is the entity's own. Without a good one nothing is debited from it (Nacha's rule on first use and on changes). */

const PROOFS = sql(`
  select id, type, status, provider_reference from bank_account_verifications where bank_account_id = :account and dropped_at is null order by created_at`)
const REACHED = sql(`
  select a.id from bank_account_verifications v join entity_bank_accounts a on a.entity_id = v.entity_id and a.id = v.bank_account_id
  where v.provider = :provider and v.provider_reference = :reference and v.dropped_at is null and a.deleted_at is null`)
const SAME = sql(`
  select id from entity_bank_accounts where account_number = :number and routing_number = :routing and deleted_at is null order by created_at limit 1 for update`)
const PROVE = sql(`
  insert into bank_account_verifications (bank_account_id, type, provider, provider_reference, status, mandate)
  values (:account, :type, :provider, :reference?, :status, :mandate?::json)
  on conflict (entity_id, bank_account_id, type) where dropped_at is null
  do update set provider = excluded.provider, provider_reference = excluded.provider_reference, status = excluded.status,
    mandate = coalesce(excluded.mandate, bank_account_verifications.mandate), updated_at = app_now()`)
const START = sql(`
  insert into bank_verification_starts (provider, token, bank_account_id, expires_at) values (:provider, :token, :account?, :expires_at)`)
const NAME = sql(`
  select coalesce(organization ->> 'legal_name', person_name(individual ->> 'first_name', individual ->> 'last_name')) as "name!" from entities where id = :id`)

const words = ['verified', 'expired', 'suspended'] as const
/** A word that nobody knows proves nothing. */
const shown = (status: string | undefined) => {
  const known = words.find((word) => word === status)
  return known ? { status: known } : null
}

export async function readProofs(ctx: Ctx, account: string): Promise<Verifications> {
  const proofs = await PROOFS(ctx, { account })
  const of = (type: string) => shown(proofs.find((proof) => proof.type === type)?.status)
  return { airwallex_plaid: of('airwallex_plaid'), operator: of('operator'), micro_deposit: of('micro_deposit') }
}

/** Keeps a proof, in the place of an earlier one of the same kind. */
export const prove = (
  ctx: Ctx,
  proof: { account: string; type: string; provider: string; reference: string | null; status: string; mandate?: object },
) => PROVE(ctx, { ...proof, mandate: proof.mandate ?? null })

/** Refuses (`conflict`) to debit an account that nobody has proved. */
export async function requireDebitable(ctx: Ctx, account: string): Promise<void> {
  const proofs = await PROOFS(ctx, { account })
  if (!proofs.some(({ status }) => status === 'verified'))
    throw conflict('The bank account has to be verified before it is debited: on its first use, and whenever its number changes')
}

export function checkType(type: string): void {
  if (type !== 'airwallex_plaid') throw badRequest('Verification type is not supported')
}

interface Begun {
  readonly token: string
  readonly expires_at: string
}
export const keepStart = (
  ctx: Ctx,
  { verifier }: Pick<Machinery, 'verifier'>,
  { token, expires_at }: Begun,
  account: string | null,
) => START(ctx, { provider: verifier.name, token, account, expires_at })

/** The provider's name of the proof of an account. Refuses (`conflict`) an account without one. */
export async function referenceOf(ctx: Ctx, account: string): Promise<string> {
  await rows.find(ctx, entityBankAccounts, account)
  const proof = (await PROOFS(ctx, { account })).find(({ type }) => type === 'airwallex_plaid')
  if (!proof?.provider_reference) throw conflict('This bank account was not verified yet: begin with start_verification')
  return proof.provider_reference
}

/**
 * Keeps what a provider said of an account: with an account of the same number, or with a new one. The same word again changes nothing. A copy
 * of the mandate goes to whoever signed it.
 */
export async function keepAccount(
  ctx: Ctx,
  machinery: Pick<Machinery, 'verifier' | 'config'>,
  { account, institution, mandate }: Completion,
  found: VerifiedAccount,
) {
  const provider = machinery.verifier.name
  const again = await REACHED.maybe(ctx, { provider, reference: found.reference })
  const id = again?.id ?? (await accountFor(ctx, found, { name: account.name, bank: institution.name }))
  if (!again) {
    await prove(ctx, {
      account: id,
      type: 'airwallex_plaid',
      provider,
      reference: found.reference,
      status: found.status,
      mandate,
    })
    const language = await languageOf(ctx)
    const words = wordsOf(language)
    const { signatory, version } = mandate
    const values = { signatory, version, ending: found.account_number.slice(-4), bank: institution.name }
    await sendNote(ctx, machinery, {
      language,
      to: mandate.email,
      subject: words.subject,
      lines: [say(words.text, values), words.not_you],
      key: `mandate:${id}:${found.reference}`.slice(0, 200),
    })
  }
  const {
    is_default_for_currency: _default,
    is_default,
    id: bank_account_id,
    ...kept
  } = await rows.find(ctx, entityBankAccounts, id)
  return {
    ...kept,
    id: bank_account_id,
    bank_account_id,
    is_default: is_default ?? false,
    verifications: await readProofs(ctx, id),
  }
}

async function accountFor(ctx: Ctx, found: VerifiedAccount, { name, bank }: { name: string; bank: string }): Promise<string> {
  const { account_number, routing_number, country, currency } = found
  const same = await SAME.maybe(ctx, { number: account_number, routing: routing_number })
  if (same) return same.id
  const holder = await NAME.one(ctx, { id: ctx.entityId })
  const account = await addAccount(
    ctx,
    {
      account_holder_name: holder.name.slice(0, 200),
      account_number,
      routing_number,
      country,
      currency,
      bank_name: bank,
      display_name: name.slice(0, 200),
    },
    false,
  )
  return account.id
}

/** How a proof stands after it was renewed. */
export async function keepRefreshed(
  ctx: Ctx,
  { verifier }: Pick<Machinery, 'verifier'>,
  account: string,
  reference: string,
  status: string,
) {
  if ((await referenceOf(ctx, account)) !== reference) throw conflict('Another proof of this account arrived in the meantime')
  await prove(ctx, { account, type: 'airwallex_plaid', provider: verifier.name, reference, status })
  return { verifications: await readProofs(ctx, account) }
}

const FILE = sql(`
  select d.id from onboarding_documents d where d.file_id = :file and d.kind = 'bank_account_ownership_verification' and d.deleted_at is null`)
const SETTLE = sql(`
  update onboarding_documents set status = case when :status::text = 'verified' then 'accepted' else 'rejected' end, settled_at = app_now(), updated_at = app_now()
  where file_id = :file and status = 'pending'`)

/** The operator has looked at a document of the bank. */
export async function judge(ctx: Ctx, account: string, status: string, file: string | null): Promise<Verifications> {
  await rows.lock(ctx, entityBankAccounts, account)
  if (file && !(await FILE.maybe(ctx, { file })))
    throw badRequest('file_id: no such file was handed in as bank_account_ownership_verification')
  await prove(ctx, { account, type: 'operator', provider: 'operator', reference: file, status })
  if (file) await SETTLE(ctx, { file, status })
  return readProofs(ctx, account)
}
