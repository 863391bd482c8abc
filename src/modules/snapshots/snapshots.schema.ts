import Type, { type Static } from 'typebox'
import { closed, instant, named, nullable, opt, text, uuid } from '../../platform/http/types.ts'

export const SnapshotCreate = closed('EntitySnapshotCreate', { name: text(255) })
export const Snapshot = named('EntitySnapshot', {
  id: uuid,
  created_at: instant,
  entity_id: uuid,
  name: Type.String(),
  row_count: Type.Integer(),
  size_bytes: Type.Integer(),
})
export type Snapshot = Static<typeof Snapshot>
export const Snapshots = named('EntitySnapshots', { data: Type.Array(Snapshot) })

export const Restored = named('EntityRestored', { entity_id: uuid, snapshot_id: uuid, row_count: Type.Integer() })

export const ForkCreate = closed('EntityForkCreate', { snapshot_id: opt(uuid) })
export const Fork = named('EntityFork', {
  entity_id: uuid,
  forked_from: uuid,
  snapshot_id: nullable(uuid),
  row_count: Type.Integer(),
})
export type Fork = Static<typeof Fork>

const ChangedField = named('EntityDiffField', { field: Type.String(), before: Type.Any(), after: Type.Any() })
const ChangedRow = named('EntityDiffRow', {
  table: Type.String(),
  id: nullable(uuid),
  change: Type.Enum(['added', 'removed', 'changed']),
  fields: Type.Array(ChangedField),
})
export const Diff = named('EntityDiff', {
  counts: Type.Array(
    named('EntityDiffCount', { table: Type.String(), added: Type.Integer(), removed: Type.Integer(), changed: Type.Integer() }),
  ),
  rows: Type.Array(ChangedRow),
  has_more: Type.Boolean(),
})
export type Diff = Static<typeof Diff>
export const diffQuery = Type.Object({ with: Type.Optional(uuid) })
