import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { CustomTemplateDataSchema, type MailType } from './mail-templates.schema.ts'
import { systemTemplate, type TemplateSource } from './system-templates.service.ts'

export const mailTemplates = table('mail_templates', CustomTemplateDataSchema, { noun: 'Mail template' })

export interface ChosenTemplate extends TemplateSource {
  /** Whether the partner wrote it. */
  readonly custom: boolean
}

const DEFAULTS = sql(`
  select t.language, t.subject_template, t.body_template from mail_templates t
  where t.type = :type and t.language = any (:languages) and t.is_default and t.deleted_at is null order by t.language = :language desc limit 1`)

/** The partner's default in the language, else its English one, else ours in the language, else ours in English. */
export async function chooseTemplate(ctx: Ctx, type: MailType, language: string): Promise<ChosenTemplate> {
  const own = await DEFAULTS.maybe(ctx, { type, languages: [language, 'en'], language })
  return own ? { ...own, custom: true } : { ...systemTemplate(type, language), custom: false }
}
