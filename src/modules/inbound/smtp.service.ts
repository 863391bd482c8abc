import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import { Refusal } from '../../core/refusal.ts'
import { everywhere, type Machinery } from '../../platform/machinery.ts'
import { isReturnAddress } from '../mail/mailboxes/mailboxes.service.ts'
import { isMailbox, MAIL_IN_BYTES, takeBounces, takeMail } from './inbound.service.ts'

/** Mails of this many senders are held in memory at the same time; others are told to come back. */
const CLIENTS_MAX = 10
const RECIPIENTS_MAX = 100
const SILENCE_MS = 60_000
const GOODBYE_MS = 2_000

/** A server that takes mails. */
export interface MailServer {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Takes mails by SMTP at a port of `HOST` (0 picks a free one): for mailboxes that are there and for nobody else, so it passes nothing on.
 * Says yes once all that a mail makes is committed; whatever goes wrong before makes the sender try again.
 */
export async function takeMailsAt(machinery: Machinery, port: number): Promise<MailServer> {
  const { log, config } = machinery
  const server = new SMTPServer({
    banner: 'Quittance',
    size: MAIL_IN_BYTES,
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    maxClients: CLIENTS_MAX,
    socketTimeout: SILENCE_MS,
    closeTimeout: GOODBYE_MS,
    onRcptTo({ address }, { envelope }, done) {
      if (envelope.rcptTo.length >= RECIPIENTS_MAX) return done(no(452, 'Too many recipients'))
      isTaken(address, isReport(envelope)).then(
        (taken) => done(taken ? null : no(550, 'There is no such mailbox')),
        (error) => done(failed(error)),
      )
    },
    onData(stream, { envelope }, done) {
      const recipients = envelope.rcptTo.map(({ address }) => address)
      receive(stream, recipients, isReport(envelope)).then(() => done(), done)
    },
  })
  server.on('error', (error) => log.debug({ err: error }, 'a sender of mail was lost'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, config.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }

  /** Mailboxes take everything; the addresses that our mails leave from take reports about them. */
  async function isTaken(address: string, report: boolean): Promise<boolean> {
    if (report)
      for (const { db } of everywhere(machinery)) if (await isReturnAddress(db, config.mail_domain, address)) return true
    return isMailbox(machinery, [address])
  }

  async function receive(stream: SMTPServerDataStream, recipients: string[], report: boolean): Promise<void> {
    const raw = await readAll(stream)
    if (!raw) {
      log.warn({ recipients }, 'a mail of more than 25 MB was refused')
      throw no(552, 'The mail is larger than 25 MB')
    }
    try {
      if (report) await takeBounces(machinery, raw)
      await takeMail(machinery, raw, recipients)
    } catch (error) {
      throw failed(error as Error)
    }
  }

  /** What can't be read now can't be read later; anything else may pass the next time. */
  function failed(error: Error): Error {
    if (error instanceof Refusal) return no(554, error.message)
    log.error({ err: error }, 'a mail could not be taken')
    return no(451, 'Please try again later')
  }
}

/** A report about a mail comes from nobody, so that none is ever answered (RFC 5321, 4.5.5). */
const isReport = ({ mailFrom }: { mailFrom: false | { address: string } }) => !mailFrom || mailFrom.address === ''

const no = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** The mail, or null when it is too large: its end is still waited for, but nothing more of it is kept. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer | null> {
  let chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAIL_IN_BYTES) chunks.push(chunk)
    else chunks = []
  }
  return size <= MAIL_IN_BYTES ? Buffer.concat(chunks) : null
}
