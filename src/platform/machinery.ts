import type { AccountingProviders } from '../ports/accounting.ts'
import type { AssistantModel } from '../ports/assistant.ts'
import type { BankVerifier } from '../ports/bank-verification.ts'
import type { EinvoiceNetwork } from '../ports/einvoicing.ts'
import type { Storage } from '../ports/files.ts'
import type { KycProviders } from '../ports/kyc.ts'
import type { Mailer } from '../ports/mail.ts'
import type { DnsResolver } from '../ports/names.ts'
import type { PaymentProviders } from '../ports/payments.ts'
import type { AccessKeeper } from './auth/access.ts'
import type { Config } from './config.ts'
import type { Sealing } from './connections/sealing.ts'
import type { Db } from './database/context.ts'
import type { JobHandlers, Schedule } from './jobs/jobs.ts'
import type { Log } from './log.ts'
import type { PdfRenderer } from './pdf/renderer.ts'
import type { Templates } from './templates/templates.ts'

/** What requests and jobs work with: the database, and what is plugged in for this installation. */
export interface Machinery {
  readonly config: Config
  readonly log: Log
  readonly db: Db
  /** The same database over a connection of its own: whether it answers is told also when all others wait. */
  readonly health: Db
  readonly access: AccessKeeper
  readonly storage: Storage
  readonly pdf: PdfRenderer
  readonly resolver: DnsResolver
  readonly mailer: Mailer
  readonly templates: Templates
  readonly network: EinvoiceNetwork
  readonly payments: PaymentProviders
  readonly accounting: AccountingProviders
  readonly kyc: KycProviders
  /** The model that users talk to; null where the settings name none. */
  readonly assistant: AssistantModel | null
  readonly verifier: BankVerifier
  /** All that is done by itself: who does which kind of job, and what runs by the clock. */
  readonly work: () => { readonly handlers: JobHandlers; readonly schedules: readonly Schedule[] }
  /** What seals credentials. Its key is looked for, or made, when it is needed first. */
  readonly sealing: () => Promise<Sealing>
  /** The machineries of all databases that this process serves: one, but for cells. */
  readonly neighbours: Set<Machinery>
}

/** This machinery and its neighbours: what comes from outside may be for any of them. */
export const everywhere = (machinery: Machinery): Machinery[] => [
  machinery,
  ...[...machinery.neighbours].filter(({ db }) => db !== machinery.db),
]
