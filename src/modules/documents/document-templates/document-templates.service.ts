import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { type Design, defaultDesign } from '../../../platform/pdf/invoice.document.ts'
import { type CataloguedTemplate, catalogue, pictureName } from './document-templates.data.ts'

export { type CataloguedTemplate, catalogue, pictureName }

type DocumentType = CataloguedTemplate['document_type']

/** SQL of the template that the entity had chosen at a moment (SQL too); null when it had not chosen any. */
export const templateChosen = <const D extends DocumentType, const M extends string>(documentType: D, moment: M) =>
  `(select c.template_id from document_template_choices c where c.document_type = '${documentType}' and c.created_at <= ${moment}
    order by c.nth desc limit 1)` as const

/** The look of a template; the classic one when nothing was chosen. */
export const designOf = (templateId: string | null): Design =>
  catalogue.find(({ id }) => id === templateId)?.design ?? defaultDesign

const CHOSEN = sql(
  `select distinct on (document_type) document_type, template_id from document_template_choices order by document_type, nth desc`,
)

/** The ids of the templates that are used for new documents, one a document type. */
export async function defaultTemplates(ctx: Ctx): Promise<ReadonlySet<string>> {
  const types = [...new Set(catalogue.map(({ document_type }) => document_type))]
  const chosen = new Map((await CHOSEN(ctx)).map((choice) => [choice.document_type, choice.template_id]))
  return new Set(types.map((type) => chosen.get(type) ?? catalogue.find(({ document_type }) => document_type === type)!.id))
}

const CHOOSE = sql(`insert into document_template_choices (document_type, template_id) values (:document_type, :id)`)

/** Documents of that type look like this from now on. */
export async function chooseTemplate(ctx: Ctx, { id, document_type }: CataloguedTemplate): Promise<void> {
  await CHOOSE(ctx, { document_type, id })
}
