import { badRequest, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { isIdentity } from '../../common/files/identity.service.ts'
import { reachFiles } from '../../common/files/reach.service.ts'
import type { Kyc } from '../kyc.service.ts'
import { lockOnboarding, refreshLater } from '../onboarding.service.ts'
import type { SentDocuments } from './documents.schema.ts'

/** Papers that prove who an entity or somebody behind it is: handed in once each, and looked at by the provider. */

const TYPE = sql(`select type::text as "type!" from entities where id = :id`)
const PERSON = sql(`select id from persons where id = :id and deleted_at is null`)
const FILES = sql(`
  select id, md5, file_type from files where id = any (:ids::uuid[]) and entity_id = :entity and deleted_at is null and storage_key <> ''`)
const USED = sql(`select file_id from onboarding_documents where file_id = any (:ids::uuid[]) limit 1`)
const CURRENT = sql(`
  select d.kind, f.md5 from onboarding_documents d join files f on f.id = d.file_id
  where d.person_id is not distinct from :person?::uuid and d.status in ('pending', 'accepted') and d.deleted_at is null`)
const REPLACE = sql(`
  update onboarding_documents set status = 'replaced', settled_at = coalesce(settled_at, app_now()), updated_at = app_now()
  where kind = any (:kinds::text[]) and person_id is not distinct from :person?::uuid and status in ('pending', 'accepted')`)
const KEEP = sql(`
  insert into onboarding_documents (person_id, kind, file_id, created_by_entity_user_id) values (:person?, :kind, :file, :user?)`)

const SIDE = /_(front|back)$/
/** The other side of the same paper. */
const otherSide = (kind: string) => kind.replace(SIDE, (_side, name) => (name === 'front' ? '_back' : '_front'))

/**
 * Hands documents in. A paper with two sides takes the place of the one before. Refuses (`bad_request`) files that nobody knows, that are no
 * documents of identity or were handed in before, and a front that is the back as well.
 */
export async function handIn(ctx: Ctx, machinery: Kyc, person: string | null, sent: SentDocuments): Promise<null> {
  if (person && !(await PERSON.maybe(ctx, { id: person }))) throw notFound('Person not found')
  const papers = Object.entries(sent).flatMap(([kind, named]) =>
    [named].flat().map((file) => ({ kind, file: file.toLowerCase() })),
  )
  if (papers.length === 0) throw badRequest('Name one file or more')
  if (!person) await checkKinds(ctx, Object.keys(sent))
  await lockOnboarding(ctx, machinery)
  const ids = papers.map(({ file }) => file)
  const twice = papers.find(({ file }, nth) => ids.indexOf(file) !== nth)
  if (twice) throw badRequest(`${twice.kind}: this file is named twice`)
  await reachFiles(ctx, ids)
  const files = new Map((await FILES(ctx, { ids, entity: ctx.entityId })).map((file) => [file.id, file]))
  const unknown = papers.find(({ file }) => !files.has(file))
  if (unknown) throw badRequest(`${unknown.kind}: there is no such file`)
  const other = papers.find(({ file }) => !isIdentity(files.get(file)?.file_type ?? ''))
  if (other)
    throw badRequest(
      `${other.kind}: upload this file as identity_documents or additional_identity_documents, so that it is kept sealed`,
    )
  const [used] = await USED(ctx, { ids })
  if (used) throw badRequest(`The file ${used.file_id} was handed in before; upload another one`)
  await checkSides(
    ctx,
    person,
    papers.map(({ kind, file }) => ({ kind, md5: files.get(file)?.md5 ?? '' })),
  )
  const kinds = papers.flatMap(({ kind }) => (SIDE.test(kind) ? [kind] : []))
  await REPLACE(ctx, { kinds, person })
  for (const { kind, file } of papers) await KEEP(ctx, { person, kind, file, user: ctx.userId })
  await refreshLater(ctx)
  return null
}

async function checkKinds(ctx: Ctx, kinds: readonly string[]): Promise<void> {
  const { type } = await TYPE.one(ctx, { id: ctx.entityId })
  const wrong = kinds.find((kind) =>
    type === 'organization' ? kind.startsWith('additional_') : kind === 'proof_of_registration' || kind.startsWith('company_'),
  )
  if (wrong) throw badRequest(`${wrong}: an entity of type ${type} has no such document`)
}

/** The same bytes for both sides show one of them only. */
async function checkSides(ctx: Ctx, person: string | null, papers: readonly { kind: string; md5: string }[]): Promise<void> {
  const before = (await CURRENT(ctx, { person })).filter(({ kind }) => !papers.some((one) => one.kind === kind))
  const all = papers.concat(before)
  const same = papers.find(
    ({ kind, md5 }) => SIDE.test(kind) && all.some((one) => one.kind === otherSide(kind) && one.md5 === md5),
  )
  if (same) throw badRequest(`${same.kind}: front and back are the same file`)
}
