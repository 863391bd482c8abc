import { known } from '../../../core/lists.ts'
import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'
import { DocumentObjectTypeRequestEnum, type MailType } from './mail-templates.schema.ts'
import { firstWords, type LanguageWords, type MailWords, mailParts } from './system-templates.data.ts'
import { moreWords } from './system-templates.more.data.ts'

/** A template in the syntax that partners write theirs in. */
export interface TemplateSource {
  readonly language: string
  readonly subject_template: string
  readonly body_template: string
}

export const mailTypes = (DocumentObjectTypeRequestEnum as unknown as { enum: readonly MailType[] }).enum

/** By language, in the order they are listed. */
const systemWords: Readonly<Record<DocumentLanguage, LanguageWords>> = { ...firstWords, ...moreWords }

const PARAGRAPH = '<p style="margin:0 0 16px">'

/**
 * Our own template of a type in a language. A text that somebody wrote for this mail takes the place of ours; the facts and the button
 * follow either, as far as they are known.
 */
function templateOf(language: string, { greeting, farewell, facts, mails }: LanguageWords, type: MailType): TemplateSource {
  const { subject, text, button }: MailWords = mails[type]
  const { facts: names, link } = mailParts[type]
  const paragraphs = [greeting, ...text, `${farewell}<br>{{ entity_name }}`].map((words) => `${PARAGRAPH}${words}</p>`)
  const rows = names.map((name) => factRow(facts[name], name, name === strongest(names)))
  const body = [
    '{% if body_text %}{{ body_text }}{% else %}',
    ...paragraphs,
    '{% endif %}',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="line" style="margin:24px 0 0;border-top:1px solid #e2e7eb">',
    ...rows,
    '</table>',
  ].concat(link && button ? [buttonTo(link, button)] : [])
  return {
    language,
    subject_template: `{% if subject_text %}{{ subject_text }}{% else %}${subject}{% endif %}`,
    body_template: body.join('\n'),
  }
}

/** The amount that the mail is about stands out. */
const strongest = (names: readonly string[]) =>
  ['amount_due_with_discount', 'amount_due', 'total_amount'].find((name) => names.includes(name))

function factRow(label: string, name: string, strong: boolean): string {
  const cell = 'padding:10px 0;border-bottom:1px solid #e2e7eb;vertical-align:top'
  const value = strong ? 'font-weight:600;font-size:18px' : ''
  return `{% if ${name} %}<tr><td class="soft line" style="${cell};color:#5b6a76">${label}</td><td class="line" align="right" style="${cell};text-align:end;${value}">{{ ${name} }}</td></tr>{% endif %}`
}

const buttonTo = (link: string, label: string): string =>
  `{% if ${link} %}<p style="margin:28px 0 0"><a class="button" href="{{ ${link} }}" style="display:inline-block;padding:13px 26px;border-radius:8px;background-color:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">${label}</a></p>{% endif %}`

const templates = new Map(
  Object.entries(systemWords).flatMap(([language, words]) =>
    mailTypes.map((type) => [`${type} ${language}`, templateOf(language, words, type)] as const),
  ),
)

/** Our own template in the language, else in English. */
export const systemTemplate = (type: MailType, language: string): TemplateSource =>
  templates.get(`${type} ${language}`) ?? known(templates, `${type} en`)

/** All of them, as the API lists them: `receivables_credit_note` is the `credit_note_template`. */
export const systemTemplates = {
  data: mailTypes.map((type) => ({
    template_name: `${type.replace(/^(receivables|payables)_/, '')}_template`,
    available_templates: Object.keys(systemWords).map((language) => ({ ...known(templates, `${type} ${language}`) })),
  })),
}
