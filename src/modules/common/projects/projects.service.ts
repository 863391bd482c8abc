import { table } from '../../../platform/database/rows.ts'
import { TAGS } from '../tags/tags.service.ts'
import { ProjectResource } from './projects.schema.ts'

/** What documents are grouped by; not to be taken for the workspace that credentials belong to. */
export const projectTable = table('projects', ProjectResource, {
  noun: 'Project',
  object: 'project',
  // Projects stand side by side: the contract has a parent that nothing ever came of.
  computed: { parent_id: 'null::uuid', tags: TAGS },
})
