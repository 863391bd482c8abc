import type { Ctx } from '../../platform/database/context.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { cleanHtml, htmlToText, textToHtml } from '../../platform/mail/html.ts'
import { type Frame, isWholePage, mailPage, mailText } from '../../platform/mail/layout.ts'
import { oneLine } from '../../platform/mail/outbox.ts'
import { TemplateError, type Templates, type TemplateValues } from '../../platform/templates/templates.ts'
import type { MailType } from './mail-templates/mail-templates.schema.ts'
import { chooseTemplate } from './mail-templates/mail-templates.service.ts'
import { systemTemplate } from './mail-templates/system-templates.service.ts'
import { type Sender, senderOf } from './sender.service.ts'

/** A mail about something: which template, in which language, and what its names stand for. */
export interface MailAsk {
  readonly type: MailType
  readonly language: string
  /** What somebody wrote for this mail, with {variables} already replaced; it stands where the template puts it. */
  readonly subject_text?: string | null
  readonly body_text?: string | null
  /** What was written is plain text, whatever it looks like, and belongs in our own frame: no template of the partner's is meant for it. */
  readonly plain?: boolean
  readonly variables: TemplateValues
}

/** A mail but for its recipients and its files: the rest of what `mail.queue` takes. */
export interface ComposedMail extends Rendered, Pick<Sender, 'from' | 'reply_to' | 'attach_documents'> {
  readonly language: string
}
export interface Rendered {
  readonly subject: string
  readonly html: string
  readonly text: string
}

/**
 * Writes a mail of the entity: chooses the template, fills it, and puts the frame around it. A template of the partner that can't be
 * filled (it was fine when it was saved, so the values are to blame) gives way to ours: the mail has to go out.
 */
export async function compose(machinery: Machinery, ctx: Ctx, ask: MailAsk): Promise<ComposedMail> {
  const { frame, from, reply_to, attach_documents } = await senderOf(ctx, machinery.config)
  const own = () => ({ ...systemTemplate(ask.type, ask.language), custom: false })
  const chosen = ask.plain ? own() : await chooseTemplate(ctx, ask.type, ask.language)
  const write = (template: typeof chosen) =>
    renderMail(machinery.templates, template, { ...frame, language: template.language }, ask, ctx.partnerId)
  const rendered = await write(chosen).catch((error) => {
    if (!(error instanceof TemplateError) || !chosen.custom) throw error
    machinery.log.warn({ partner: ctx.partnerId, type: ask.type, reason: error.message }, 'a mail template could not be used')
    return write(own())
  })
  return { ...rendered, from, reply_to, attach_documents, language: chosen.language }
}

interface Sources {
  readonly subject_template: string
  readonly body_template: string
}

/** Fills the two parts of a template. A body that is a page of its own stays as it is; any other gets our frame. */
export async function renderMail(
  templates: Templates,
  { subject_template, body_template }: Sources,
  frame: Frame,
  { subject_text, body_text, plain, variables }: Pick<MailAsk, 'subject_text' | 'body_text' | 'plain' | 'variables'>,
  owner: string,
): Promise<Rendered> {
  const html = plain ? textToHtml(body_text ?? '') : cleanHtml(body_text ?? '')
  const { subject_template: subject = '', body_template: content = '' } = await templates.render(
    {
      parts: [
        { name: 'subject_template', source: subject_template, html: false },
        { name: 'body_template', source: body_template, html: true },
      ],
      values: { ...variables, subject_text: subject_text ?? '' },
      markup: { body_text: { html, text: htmlToText(html) } },
    },
    owner,
  )
  const line = oneLine(subject)
  if (isWholePage(content)) return { subject: line, html: content, text: `${htmlToText(content)}\n` }
  return { subject: line, html: mailPage(frame, line, content), text: mailText(frame, content) }
}
