import type { Mailer } from '../../ports/mail.ts'

/** Mails go nowhere: they stay in the database, where `/dev/mail` shows them. */
export const localMailer: Mailer = {
  local: true,
  send: async ({ recipients }) => new Map(recipients.map((email) => [email, { taken: true }])),
  close() {},
}
