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
  `select type, template from text_templates where document_type = :document_type and is_default and deleted_at is null`,
)

/** The entity's own words for a kind of document: subject and body, as they are set to be used. */
export async function defaultTexts(ctx: Ctx, document_type: string): Promise<{ subject_text: string; body_text: string } | null> {
  const rows = await DEFAULT_TEXTS(ctx, { document_type })
  const of = (type: string) => rows.find((row) => row.type === type)?.template
  const [subject_text, body_text] = [of('email_header'), of('email_body')]
  return subject_text && body_text ? { subject_text, body_text } : null
}
