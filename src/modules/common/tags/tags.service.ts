import { badRequest } from '../../../core/refusal.ts'
import { table } from '../../../platform/database/rows.ts'
import { TagReadSchema } from './tags.schema.ts'

export const tagTable = table('tags', TagReadSchema, {
  noun: 'Tag',
  object: 'tag',
  clashes: { tags_name: badRequest('A tag with this name already exists') },
})

/** SQL of the tags of the row `t` that still exist, in the order they were given. */
export const TAGS = `case when t.tag_ids = '{}' then '[]'::json else coalesce((select json_agg(json_build_object('id', g.id, 'created_at', g.created_at,
  'updated_at', g.updated_at, 'name', g.name, 'description', g.description, 'category', g.category, 'created_by_entity_user_id', g.created_by_entity_user_id)
  order by array_position(t.tag_ids, g.id)) from tags g where g.entity_id = t.entity_id and g.id = any (t.tag_ids) and g.deleted_at is null), '[]'::json) end`
