import { join } from 'node:path'
import type { Config } from '../platform/config.ts'
import type { Db } from '../platform/database/context.ts'
import type { Log } from '../platform/log.ts'
import type { Storage } from '../ports/files.ts'
import type { Mailer } from '../ports/mail.ts'
import type { PaymentProvider, PaymentProviders } from '../ports/payments.ts'
import { diskStorage } from './files/disk.ts'
import { s3Storage } from './files/s3.ts'
import { localMailer } from './mail/local.ts'
import { smtpMailer } from './mail/smtp.ts'
import { bankTransfer } from './payments/bank-transfer.ts'
import { sandboxPayments } from './payments/sandbox.ts'

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

/**
 * Transfers are paid by hand, from account to account. Everything else needs a provider; the sandbox plays one where the settings say so,
 * and never for real customers by accident: whoever opens its pages pays without money.
 */
export function openPayments({ payments_sandbox }: Pick<Config, 'payments_sandbox'>, db: Db): PaymentProviders {
  // Written out it would be what the bundle was built with.
  const { env } = process
  if (payments_sandbox === 'on' && env.NODE_ENV === 'production')
    throw new Error('Configuration: PAYMENTS_SANDBOX=on with NODE_ENV=production; say even_in_production if that is meant')
  const sandbox = sandboxPayments(db)
  const all: readonly PaymentProvider[] = [bankTransfer, sandbox]
  return {
    named: (name) => all.find((provider) => provider.name === name) ?? null,
    for(method, currency) {
      const provider = method === 'sepa_credit' || (method === 'us_ach' && payments_sandbox === 'off') ? bankTransfer : sandbox
      if (provider === sandbox && payments_sandbox === 'off') return null
      return provider.minimum(method, currency) === null ? null : provider
    },
  }
}
