import { badRequest } from '../../../core/refusal.ts'
import { table } from '../../../platform/database/rows.ts'
import { TagReadSchema } from './tags.schema.ts'

export const tagTable = table('tags', TagReadSchema, {
  noun: 'Tag',
  object: 'tag',
  owner: 'created_by_entity_user_id',
  clashes: { tags_name: badRequest('A tag with this name already exists') },
})
