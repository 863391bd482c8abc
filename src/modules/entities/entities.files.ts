import type { FilesOfArea } from '../common/files/belongings.service.ts'
import { identityTypes } from '../common/files/identity.service.ts'

export const entityFiles: FilesOfArea = {
  belong: [
    { types: ['entity_logo', 'companies_logo'], guard: 'entity', own: null },
    { types: ['userpics'], guard: 'entity_user', own: null },
    { types: identityTypes, guard: 'person', own: null },
  ],
}
