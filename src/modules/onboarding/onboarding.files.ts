import { sql } from '../../platform/database/sql.ts'
import type { FilesOfArea } from '../common/files/belongings.service.ts'

const LOOKED_AT = sql(`
  select 'It proves who somebody is, and waits to be looked at' as "why!" from onboarding_documents where file_id = :id and status = 'pending' limit 1`)

export const onboardingFiles: FilesOfArea = { belong: [], keep: [LOOKED_AT] }
