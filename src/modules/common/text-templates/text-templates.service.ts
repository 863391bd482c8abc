import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'

const PROVISION = sql(`
  insert into text_templates (document_type, type, name, template, is_default)
  select document_type, type, name, template, true from predefined_text_templates()`)

/** Gives a new entity the ready-made texts, one default of each kind. */
export async function provisionTextTemplates(ctx: Ctx): Promise<void> {
  await PROVISION(ctx)
}

const DEFAULT_TEXTS = sql(
  `select type, template, exists (select from predefined_text_templates() p where p.document_type = t.document_type and p.type = t.type and p.template = t.template) as "ready_made!"
   from text_templates t where document_type = :document_type and is_default and deleted_at is null`,
)

/**
 * The entity's own words for a kind of document: subject and body, as they are set to be used. The ready-made ones are English: a letter in
 * another language gets none of them, so that the built-in text of that language stands in it.
 */
export async function defaultTexts(
  ctx: Ctx,
  document_type: string,
  language: string,
): Promise<{ subject_text: string; body_text: string } | null> {
  const rows = await DEFAULT_TEXTS(ctx, { document_type })
  const of = (type: string) => rows.find((row) => row.type === type)
  const [subject, body] = [of('email_header'), of('email_body')]
  if (!subject || !body) return null
  if (subject.ready_made && body.ready_made && language !== 'en') return { subject_text: '', body_text: '' }
  return { subject_text: subject.template, body_text: body.template }
}
