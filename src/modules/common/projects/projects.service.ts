import { table } from '../../../platform/database/rows.ts'
import { TagReadSchema } from '../tags/tags.schema.ts'
import { ProjectResource } from './projects.schema.ts'

const tag = Object.keys(TagReadSchema.properties).map((field) => `g.${field}`)
/** The tags of a project that still exist, in the order they were given. */
const TAGS = `coalesce((select json_agg(tag) from (select ${tag.join(', ')} from tags g
  where g.entity_id = t.entity_id and g.id = any (t.tag_ids) and g.deleted_at is null order by array_position(t.tag_ids, g.id)) tag), '[]'::json)`

/** What documents are grouped by; not to be taken for the workspace that credentials belong to. */
export const projectTable = table('projects', ProjectResource, {
  noun: 'Project',
  object: 'project',
  owner: 'created_by_entity_user_id',
  // Projects stand side by side: the contract has a parent that nothing ever came of.
  computed: { parent_id: 'null::uuid', tags: TAGS },
})
