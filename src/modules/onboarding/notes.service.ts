import type { Ctx } from '../../platform/database/context.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { escaped } from '../../platform/mail/html.ts'
import { mailPage } from '../../platform/mail/layout.ts'
import { mail } from '../../platform/mail/outbox.ts'
import type { DocumentLanguage } from '../../platform/pdf/labels.ts'
import { senderOf } from '../mail/sender.service.ts'

/** A short mail of the entity's to somebody who answers for it. */
export async function sendNote(
  ctx: Ctx,
  { config }: Pick<Machinery, 'config'>,
  note: {
    readonly to: string
    readonly subject: string
    readonly lines: readonly string[]
    readonly key: string
    readonly language: DocumentLanguage
  },
): Promise<void> {
  const { from, reply_to, frame } = await senderOf(ctx, config)
  const content = note.lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')
  await mail.queue(ctx, {
    from,
    reply_to,
    to: [note.to],
    subject: note.subject,
    html: mailPage({ ...frame, language: note.language }, note.subject, content),
    text: note.lines.join('\n\n'),
    key: note.key,
    daily: config.mail_recipients_per_day,
  })
}
