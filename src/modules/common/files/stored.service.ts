import { sql } from '../../../platform/database/sql.ts'

/**
 * The keys of all bytes that files have, with the pictures of their pages. Files that were deleted 30 days ago may be erased while a backup is
 * being made, so they are left out a day earlier.
 */
export const STORED = sql(`
  select storage_key as key from files where storage_key <> '' and (deleted_at is null or deleted_at > now() - interval '29 days')
  union all
  select storage_key || '.page-' || (p ->> 'number') || '.png' from files, jsonb_array_elements(pages) p
    where storage_key <> '' and (deleted_at is null or deleted_at > now() - interval '29 days')
  union all
  select storage_key || '.preview-' || (p ->> 'width') || 'x' || (p ->> 'height') || '.png' from files, jsonb_array_elements(previews) p
    where storage_key <> '' and (deleted_at is null or deleted_at > now() - interval '29 days')`)
