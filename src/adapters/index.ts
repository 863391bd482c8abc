import { join } from 'node:path'
import type { PaymentMethod } from '../core/payments/methods.data.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { Db } from '../platform/database/context.ts'
import type { Log } from '../platform/log.ts'
import type { AccountingProvider, AccountingProviders } from '../ports/accounting.ts'
import type { AssistantModel } from '../ports/assistant.ts'
import type { BankVerifier } from '../ports/bank-verification.ts'
import type { EinvoiceNetwork } from '../ports/einvoicing.ts'
import type { Storage } from '../ports/files.ts'
import type { KycProviders } from '../ports/kyc.ts'
import type { Mailer } from '../ports/mail.ts'
import type { DnsResolver } from '../ports/names.ts'
import type { PaymentProvider, PaymentProviders } from '../ports/payments.ts'
import { ledgerBooks } from './accounting/ledger.ts'
import { quickBooksLedger } from './accounting/quickbooks.ts'
import { trytonLedger } from './accounting/tryton.ts'
import { xeroLedger } from './accounting/xero.ts'
import { openAiModel } from './assistant/openai.ts'
import { operatorVerifier } from './bank-verification/operator.ts'
import { sandboxVerifier } from './bank-verification/sandbox.ts'
import { accessPoint } from './einvoicing/access-point.ts'
import { folderNetwork } from './einvoicing/folder.ts'
import { peppolDirectory } from './einvoicing/lookup.ts'
import { noNetwork } from './einvoicing/none.ts'
import { diskStorage } from './files/disk.ts'
import { s3Storage } from './files/s3.ts'
import { rulesKyc } from './kyc/rules.ts'
import { stripeKyc } from './kyc/stripe.ts'
import { localMailer } from './mail/local.ts'
import { smtpMailer } from './mail/smtp.ts'
import { bankTransfer } from './payments/bank-transfer.ts'
import { mockBank } from './payments/mock-bank.ts'
import { sandboxPayments } from './payments/sandbox.ts'
import { stripePayments } from './payments/stripe.ts'

/** Which adapter the settings choose for each port. */

/** Files lie in the data folder, or in a bucket when one is named. */
export function openStorage(config: Config): Storage {
  const { s3_bucket: bucket, s3_endpoint: endpoint, s3_region: region } = config
  if (!bucket) return diskStorage(join(config.data_dir, 'files'))
  const { s3_access_key_id: access_key_id, s3_secret_access_key: secret_access_key } = config
  if (!endpoint || !access_key_id || !secret_access_key)
    throw new Error('Configuration: S3_BUCKET needs S3_ENDPOINT, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY')
  return s3Storage({ endpoint, region, bucket, access_key_id, secret_access_key })
}

/** Mails go to the server that is named, or stay here. */
export const openMailer = ({ smtp_url }: Pick<Config, 'smtp_url'>, log: Pick<Log, 'warn'>): Mailer =>
  smtp_url === '' ? localMailer : smtpMailer(smtp_url, log)

/** E-invoices travel by folders, among the entities of this installation or to whoever fetches them, or through an access point. */
export function openNetwork(config: Config, clock: Clock, resolver: DnsResolver): EinvoiceNetwork {
  const { einvoice_network, einvoice_folder, einvoice_receipts, einvoice_sml_zone: zone, data_dir } = config
  if (einvoice_network === 'none') return noNetwork
  const now = () => clock.now()
  const allowPrivate = config.webhooks_allow_private
  const inside = folderNetwork({
    folder: einvoice_folder || join(data_dir, 'einvoices'),
    closed: einvoice_network === 'local',
    receipts: einvoice_receipts,
    now,
    directory: zone ? peppolDirectory({ zone, resolver, allowPrivate, now }) : null,
  })
  if (einvoice_network !== 'access_point') return inside
  const { einvoice_access_point_url: url, einvoice_access_point_token: token, einvoice_access_point_api: api } = config
  if (!url || !token)
    throw new Error(
      'Configuration: EINVOICE_NETWORK=access_point needs EINVOICE_ACCESS_POINT_URL and EINVOICE_ACCESS_POINT_TOKEN',
    )
  return accessPoint({ url, token, api, inside, now })
}

/**
 * Transfers are paid by hand, from account to account. Everything else needs a provider; the sandbox plays one where the settings say so,
 * and never for real customers by accident: whoever opens its pages pays without money.
 */
export function openPayments(
  { payments_sandbox, stripe_api_url }: Pick<Config, 'payments_sandbox' | 'stripe_api_url'>,
  db: Db,
): PaymentProviders {
  // If `process.env.NODE_ENV` were written out, the bundler would put the value of the build in its place.
  const { env } = process
  if (payments_sandbox === 'on' && env.NODE_ENV === 'production')
    throw new Error('Configuration: PAYMENTS_SANDBOX=on with NODE_ENV=production; say even_in_production if that is meant')
  const isOn = payments_sandbox !== 'off'
  const machineNow = () => db.clock.now()
  return {
    testBank: (now = machineNow) => (isOn ? mockBank(db, now) : null),
    of(connected, now = machineNow) {
      const sandbox = sandboxPayments(db, now)
      const bank = mockBank(db, now)
      const stripe = connected?.adapter === 'stripe' ? stripePayments(connected, { api_url: stripe_api_url, now }) : null
      const others = [bankTransfer].concat(isOn ? [sandbox] : [])
      const takes = (provider: PaymentProvider, method: PaymentMethod, currency: string) =>
        provider.minimum(method, currency) !== null
      return {
        openBanking: isOn ? bank : null,
        named: (name) => [stripe, bankTransfer, sandbox, bank].find((provider) => provider?.name === name) ?? null,
        for(method, currency, direction) {
          // What is transferred goes from account to account; cards and the like go to who is connected, before they go to the sandbox.
          if (method === 'sepa_credit') return bankTransfer
          if (direction === 'receive' && stripe && takes(stripe, method, currency)) return stripe
          return others.toReversed().find((provider) => takes(provider, method, currency)) ?? null
        },
      }
    },
  }
}

/** The ledgers that a user may choose from: our own books, and those of other companies where we are known there. */
export function openAccounting(config: AccountingConfig, db: Db): AccountingProviders {
  const now = () => db.clock.now()
  const all: AccountingProvider[] = [ledgerBooks(db)]
  const { xero_client_id, xero_client_secret, quickbooks_client_id, quickbooks_client_secret, quickbooks_sandbox } = config
  if (xero_client_id && xero_client_secret)
    all.push(xeroLedger({ client_id: xero_client_id, client_secret: xero_client_secret, now }))
  if (quickbooks_client_id && quickbooks_client_secret)
    all.push(
      quickBooksLedger({
        client_id: quickbooks_client_id,
        client_secret: quickbooks_client_secret,
        sandbox: quickbooks_sandbox === 'on',
        now,
      }),
    )
  if (config.tryton_url) all.push(trytonLedger({ url: config.tryton_url }))
  return { all, named: (name) => all.find((provider) => provider.name === name) ?? null }
}
type AccountingConfig = Pick<
  Config,
  | 'xero_client_id'
  | 'xero_client_secret'
  | 'quickbooks_client_id'
  | 'quickbooks_client_secret'
  | 'quickbooks_sandbox'
  | 'tryton_url'
>

/**
 * Who decides whether an entity may take payments: Stripe, where a platform connects its entities there; else an operator, unless the settings
 * let everything pass; then the sandbox is on.
 */
export function openKyc(
  {
    onboarding_review,
    payments_sandbox,
    stripe_api_url,
  }: Pick<Config, 'onboarding_review' | 'payments_sandbox' | 'stripe_api_url'>,
  clock: Pick<Clock, 'now'>,
): KycProviders {
  if (onboarding_review === 'automatic' && payments_sandbox === 'off')
    throw new Error('Configuration: ONBOARDING_REVIEW=automatic lets everybody pass; it goes together with PAYMENTS_SANDBOX only')
  const isTest = payments_sandbox !== 'off' && onboarding_review !== 'operator'
  const ours = rulesKyc(isTest ? 'automatic' : 'operator')
  return {
    of(connected) {
      if (connected?.adapter !== 'stripe' || connected.settings.connect_entities !== true) return ours
      const { secret_key = '' } = connected.credentials
      return stripeKyc({ secret_key }, { api_url: stripe_api_url, now: () => clock.now() })
    },
  }
}

/** Who proves that accounts are the entity's own. */
export const openVerifier = ({ payments_sandbox }: Pick<Config, 'payments_sandbox'>): BankVerifier =>
  payments_sandbox === 'off' ? operatorVerifier : sandboxVerifier

/** The model that users talk to; null where the settings name none. */
export function openAssistant({
  assistant_url: url,
  assistant_model: model,
  assistant_key: key,
  assistant_timeout_s,
}: Pick<Config, 'assistant_url' | 'assistant_model' | 'assistant_key' | 'assistant_timeout_s'>): AssistantModel | null {
  return url && model ? openAiModel({ url, model, key, timeout_ms: assistant_timeout_s * 1000 }) : null
}
