import type { ObjectType, PermissionKind } from '../../../platform/auth/permissions.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import type { Statement } from '../../../platform/database/sql.ts'

/** What files belong to. Each area says it of its own, so that files need not know who has any. */

/** Whose the files of some types are. */
export interface Belonging {
  readonly types: readonly string[]
  /** The object that guards them. */
  readonly guard: ObjectType
  /** SQL of the files `t` that belong to what the user `$` made; null where nobody makes such things. */
  readonly own: string | null
  /** SQL of the files that the role reaches, where that depends on more than who made them; each is a condition that suffices. */
  readonly reached?: (ctx: Ctx, kind: PermissionKind) => readonly string[]
  /** They are pages that we draw, and what customers sign with: they stay with their document, and go with it. */
  readonly drawn?: boolean
}

/** Answers a row where something can't do without the file; `why` is a sentence. */
export type Keeping = Statement<{ id: string }, { readonly why: string }>

export interface FilesOfArea {
  readonly belong: readonly Belonging[]
  readonly keep?: readonly Keeping[]
}

let areas: readonly FilesOfArea[] | null = null

/** Whose files there are: said once, by whoever puts the areas together. */
export function knowFilesOf(all: readonly FilesOfArea[]): void {
  areas = all
}

/** Throws where nobody has said whose files are whose: then nothing may be reached, or deleted. */
function known(): readonly FilesOfArea[] {
  if (!areas) throw new Error('Nobody has said what files belong to')
  return areas
}

export const belongings = (): readonly Belonging[] => known().flatMap(({ belong }) => belong)
export const belongingOf = (type: string): Belonging | undefined => belongings().find(({ types }) => types.includes(type))
export const keepings = (): readonly Keeping[] => known().flatMap(({ keep = [] }) => keep)

/** SQL of the pages of documents that the user `$` made. */
export const pagesOf = (table: string, owner: string) =>
  `t.link_key in (select unnest(array[r.file_key, r.original_file_key]) from ${table} r where r.${owner} = $)`
