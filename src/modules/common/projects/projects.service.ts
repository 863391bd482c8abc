import { table } from '../../../platform/database/rows.ts'
import { TAGS } from '../tags/tags.service.ts'
import { ProjectResource } from './projects.schema.ts'

/** A project groups documents. It is not the workspace that credentials belong to. */
export const projectTable = table('projects', ProjectResource, {
  noun: 'Project',
  object: 'project',
  // Projects have no hierarchy: the contract names a parent, which is always null.
  computed: { parent_id: 'null::uuid', tags: TAGS },
})
