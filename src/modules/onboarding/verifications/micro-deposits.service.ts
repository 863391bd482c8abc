import { randomInt, randomUUID } from 'node:crypto'
import { nachaFile } from '../../../core/payment-files/nacha.ts'
import { sepaFile } from '../../../core/payment-files/sepa.ts'
import { badRequest, conflict, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import { entityBankAccounts } from '../../entities/bank-accounts/bank-accounts.service.ts'
import { MicroDeposit, type Payer, type Verifications } from './verifications.schema.ts'
import { prove, readProofs } from './verifications.service.ts'

/**
 * Two small amounts prove that somebody reads the statements of an account. The operator's bank sends them by a file that is made here; the
 * entity names them. What they are is shown to the operator alone.
 */

const TRIES = 3
const MOST = 99

const depositTable = table('micro_deposits', MicroDeposit, {
  noun: 'Micro deposit',
  computed: { tries_left: `greatest(0, ${TRIES} - t.tries)` },
})

const DROP = sql(`
  update micro_deposits set status = 'dropped', updated_at = app_now() where bank_account_id = :account and status = 'sent'`)
const MAKE = sql(`
  insert into micro_deposits (bank_account_id, amounts, currency, file_name, content) values (:account, :amounts, :currency, :file_name, :content) returning id`)
const CONTENT = sql(`select content from micro_deposits where id = :id`)
const OPEN = sql(`
  select id, amounts, tries from micro_deposits where bank_account_id = :account and status = 'sent' for update`)
const TRIED = sql(`update micro_deposits set tries = tries + 1, status = :status, updated_at = app_now() where id = :id`)

/** Makes the file. One that was made before is worth nothing any more. */
export async function sendAmounts(ctx: Ctx, id: string, payer: Payer) {
  const account = await rows.lock(ctx, entityBankAccounts, id)
  const first = randomInt(1, MOST + 1)
  const second = ((first + randomInt(1, MOST) - 1) % MOST) + 1
  const name = account.account_holder_name ?? ''
  const today = await localDay(ctx)
  const mark = randomUUID().slice(0, 8)
  const amounts = [first, second]
  const reference = 'ACCOUNT CHECK'
  const written = (() => {
    if (account.currency === 'EUR' && account.iban) {
      if (!payer.iban) throw badRequest('payer.iban: name the account that the euros come from')
      const message_id = `QTV-${today.replaceAll('-', '')}-${mark}`
      const { iban } = account
      const made = sepaFile({
        message_id,
        created_at: `${ctx.now.toISOString().slice(0, 19)}Z`,
        today,
        debtor: { name: payer.name, iban: payer.iban, bic: payer.bic ?? null },
        payments: amounts.map((amount) => ({
          document: randomUUID(),
          amount,
          currency: 'EUR',
          name: name || 'Account holder',
          iban,
          reference,
          intent: randomUUID(),
        })),
      })
      return { ...made, file_name: `${message_id}.xml`, currency: 'EUR' }
    }
    if (account.currency === 'USD' && account.routing_number && account.account_number) {
      const { routing_number, account_number, company_id } = payer
      if (!routing_number || !account_number || !company_id)
        throw badRequest('payer: name the account that the dollars come from: routing_number, account_number and company_id')
      const { routing_number: to, account_number: number } = account
      const made = nachaFile({
        created_at: ctx.now.toISOString().slice(0, 16),
        today,
        debtor: { name: payer.name, routing_number, account_number, company_id },
        payments: amounts.map((amount) => ({
          document: randomUUID(),
          amount,
          currency: 'USD',
          name,
          routing_number: to,
          account_number: number,
          reference,
        })),
      })
      return { ...made, file_name: `NACHA-V-${today.replaceAll('-', '')}-${mark}.ach`, currency: 'USD' }
    }
    throw conflict('Small amounts are sent to accounts in EUR with an IBAN, and to accounts in USD')
  })()
  if (written.file === null) throw badRequest(written.refused.map(({ why }) => why).join('; '))
  await DROP(ctx, { account: id })
  const { id: made } = await MAKE.one(ctx, {
    account: id,
    amounts,
    currency: written.currency,
    file_name: written.file_name,
    content: written.file,
  })
  return { ...(await rows.find(ctx, depositTable, made)), content: written.file }
}

export async function readDeposit(ctx: Ctx, id: string) {
  const deposit = await rows.find(ctx, depositTable, id)
  return { ...deposit, content: (await CONTENT.one(ctx, { id })).content }
}

interface Outcome {
  readonly verifications: Verifications | null
  readonly refusal: string | null
}

/** The entity names what arrived, in any order. After three wrong tries new amounts have to be sent. */
export async function confirmAmounts(ctx: Ctx, id: string, named: readonly number[]): Promise<Outcome> {
  await rows.lock(ctx, entityBankAccounts, id)
  const open = await OPEN.maybe(ctx, { account: id })
  if (!open) throw notFound('No small amounts are on their way to this bank account')
  const sorted = (amounts: readonly number[]) => [...amounts].sort((a, b) => a - b).join()
  const isRight = sorted(named) === sorted(open.amounts)
  const left = TRIES - open.tries - 1
  await TRIED(ctx, { id: open.id, status: isRight ? 'verified' : left > 0 ? 'sent' : 'failed' })
  if (!isRight)
    return {
      verifications: null,
      refusal: left > 0 ? `These are not the amounts; ${left} more tries` : 'These are not the amounts. Ask for new ones',
    }
  await prove(ctx, { account: id, type: 'micro_deposit', provider: 'operator', reference: open.id, status: 'verified' })
  return { verifications: await readProofs(ctx, id), refusal: null }
}
