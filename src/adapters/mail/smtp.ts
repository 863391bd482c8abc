import type { Log } from '../../platform/log.ts'
import { once } from '../../platform/once.ts'
import { HANDOVER_MS, type Mailer, type OutgoingMail, type Verdict } from '../../ports/mail.ts'

/** Inactivity after which a server is given up. */
const SILENCE_MS = 60_000

/** Any mail server that speaks SMTP, e.g. `smtps://user:password@mail.example:465`. */
export function smtpMailer(smtp_url: string, log: Pick<Log, 'warn'>): Mailer {
  let opened = false
  // Loaded with the first mail, as it is a tenth of what a start would read.
  const transport = once(async () => {
    const { default: nodemailer } = await import('nodemailer')
    opened = true
    return nodemailer.createTransport({
      pool: true,
      url: smtp_url,
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: SILENCE_MS,
      // Our own retries know which mails may be tried again; a connection that breaks off behind a mail must not send it anew at once.
      maxRequeues: 0,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  })
  return {
    local: false,
    async send(mail, signal) {
      try {
        const { rejectedErrors = [] } = (await (await transport()).sendMail(messageOf(mail, signal))) as {
          rejectedErrors?: SmtpError[]
        }
        return verdicts(mail.recipients, rejectedErrors, () => ({ taken: true }))
      } catch (error) {
        const { rejectedErrors = [] } = error as SmtpError
        log.warn({ err: error, message_id: mail.message_id }, 'a mail was not taken')
        return verdicts(mail.recipients, rejectedErrors, () => refused(error as SmtpError))
      }
    },
    close() {
      if (opened) void transport().then((open) => open.close())
    },
  }
}

function messageOf(mail: OutgoingMail, signal?: AbortSignal) {
  const limit = AbortSignal.timeout(HANDOVER_MS)
  const { message_id, date, from, reply_to, to, cc, subject, html, text, attachments, recipients, dkim } = mail
  // Addresses as objects: a text with a comma in it would be read as two.
  const address = (email: string) => ({ name: '', address: email })
  return {
    messageId: message_id,
    date,
    from: { name: from.name ?? '', address: from.address },
    replyTo: reply_to.map(address),
    to: to.map(address),
    cc: cc.map(address),
    subject,
    html,
    text,
    attachments: attachments.map(({ name, mimetype, bytes }) => ({ filename: name, contentType: mimetype, content: bytes })),
    envelope: { from: from.address, to: [...recipients] },
    signal: signal ? AbortSignal.any([limit, signal]) : limit,
    ...(dkim && { dkim }),
  }
}

interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
  readonly recipient?: string
  readonly rejectedErrors?: SmtpError[]
}

function verdicts(recipients: readonly string[], rejected: readonly SmtpError[], rest: () => Verdict): Map<string, Verdict> {
  const errors = new Map(rejected.map((error) => [error.recipient, error]))
  return new Map(
    recipients.map((email) => {
      const error = errors.get(email)
      return [email, error ? refused(error) : rest()]
    }),
  )
}

/** Only what the server says about this mail is final. A wrong password, or a server that wants nobody, can be mended. */
function refused(error: SmtpError): Verdict {
  const { responseCode = 0, command = '', response } = error
  const aboutMail = /^(MAIL FROM|RCPT TO|DATA)/.test(command)
  const unfit = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  const final = aboutMail && (responseCode >= 500 || (unfit && responseCode === 0))
  if (aboutMail && response) return { taken: false, again: !final, error: response.slice(0, 500) }
  if (unfit) return { taken: false, again: false, error: error.message.slice(0, 500) }
  return { taken: false, again: true, error: error.code === 'EAUTH' ? NO_ENTRY : UNREACHABLE }
}

/** What the recipients' side is told about ours: nothing of addresses or credentials, which stand in the log. */
const NO_ENTRY = 'The mail server does not let us in'
const UNREACHABLE = 'The mail server could not be reached'
