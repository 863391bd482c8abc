import Type from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
import {
  closed,
  createdAt,
  day,
  Metadata,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  text,
  uuid,
} from '../../../platform/http/types.ts'
import { TagReadSchema } from '../tags/tags.schema.ts'

const name = text(255)
const optional = {
  code: opt(Type.String({ minLength: 1, maxLength: 20, pattern: '^[a-zA-Z0-9]+$' })),
  color: opt(Type.String({ maxLength: 128 })),
  description: opt(Type.String({ maxLength: 1024 })),
  end_date: opt(day),
  parent_id: opt(uuid),
  partner_metadata: opt(Metadata),
  start_date: opt(day),
}
const tag_ids = opt(Type.Array(uuid))

export const ProjectCreateRequest = closed('ProjectCreateRequest', { ...optional, name, tag_ids })
export const ProjectUpdateRequest = closed('ProjectUpdateRequest', { ...optional, name: opt(name), tag_ids })
export const ProjectResource = named('ProjectResource', {
  ...stamped,
  ...optional,
  created_by_entity_user_id: orNull(uuid),
  entity_id: uuid,
  name,
  tags: orNull(Type.Array(TagReadSchema)),
})
export const ProjectPaginationResponse = pageOf(ProjectResource, 'ProjectPaginationResponse')

const field = Type.String()
export const projectFilters = {
  ...createdAt,
  start_date: day,
  ...range('start_date', day),
  end_date: day,
  ...range('end_date', day),
  name: field,
  name__iexact: field,
  name__contains: field,
  name__icontains: field,
  code: field,
  created_by_entity_user_id: uuid,
}
