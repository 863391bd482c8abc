import Type, { type Static } from 'typebox'
import { instant, nullable, opt, strict, text, uuid } from '../../platform/http/types.ts'

export const SnapshotCreate = Type.Object({ name: text(255) }, { $id: 'EntitySnapshotCreate', ...strict })
export const Snapshot = Type.Object(
  {
    id: uuid,
    created_at: instant,
    entity_id: uuid,
    name: Type.String(),
    row_count: Type.Integer(),
    size_bytes: Type.Integer(),
  },
  { $id: 'EntitySnapshot' },
)
export type Snapshot = Static<typeof Snapshot>
export const Snapshots = Type.Object({ data: Type.Array(Snapshot) }, { $id: 'EntitySnapshots' })

export const Restored = Type.Object({ entity_id: uuid, snapshot_id: uuid, row_count: Type.Integer() }, { $id: 'EntityRestored' })

export const ForkCreate = Type.Object({ snapshot_id: opt(uuid) }, { $id: 'EntityForkCreate', ...strict })
export const Fork = Type.Object(
  { entity_id: uuid, forked_from: uuid, snapshot_id: nullable(uuid), row_count: Type.Integer() },
  { $id: 'EntityFork' },
)
export type Fork = Static<typeof Fork>

const ChangedField = Type.Object({ field: Type.String(), before: Type.Any(), after: Type.Any() }, { $id: 'EntityDiffField' })
const ChangedRow = Type.Object(
  {
    table: Type.String(),
    id: nullable(uuid),
    change: Type.Enum(['added', 'removed', 'changed']),
    fields: Type.Array(ChangedField),
  },
  { $id: 'EntityDiffRow' },
)
export const Diff = Type.Object(
  {
    counts: Type.Array(
      Type.Object(
        { table: Type.String(), added: Type.Integer(), removed: Type.Integer(), changed: Type.Integer() },
        { $id: 'EntityDiffCount' },
      ),
    ),
    rows: Type.Array(ChangedRow),
    has_more: Type.Boolean(),
  },
  { $id: 'EntityDiff' },
)
export type Diff = Static<typeof Diff>
export const diffQuery = Type.Object({ with: Type.Optional(uuid) })
