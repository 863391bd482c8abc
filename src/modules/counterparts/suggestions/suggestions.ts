import type { Static } from 'typebox'
import type { Ctx } from '../../../platform/database/context.ts'
import { type RowOf, shaped, sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { plain, similarity, trigrams } from './similarity.ts'
import { CounterpartAiSuggestionsResponse, SuggestionsQuery } from './suggestions.schema.ts'

/** Who a document may come from: no model, only what names, numbers and addresses have in common. */
export const counterpartSuggestions: Routes = async (app) => {
  app.get(
    '/internal/counterparts/ai_suggestions',
    operation({
      summary: 'Find similar counterparts',
      may: 'counterpart:read',
      query: SuggestionsQuery,
      ok: { 200: CounterpartAiSuggestionsResponse },
    }),
    async ({ ctx, query }) => ({ data: await suggest(ctx, query) }),
  )
}

type Query = Static<typeof SuggestionsQuery>
type Candidate = RowOf<typeof CANDIDATES>

const CANDIDATES_MAX = 50
const SUGGESTIONS_MAX = 5
/** Names less alike than this are other people's. */
const ALIKE = 0.45
/** An address is the same when most of it is: streets are abbreviated, countries left out. */
const SAME_ADDRESS = 0.6

const bare = <const C extends string>(column: C) => `upper(regexp_replace(${column}, '[^[:alnum:]]', '', 'g'))` as const
/** Those whose numbers fit, and those whose names share most of the pieces of the name asked for. */
const CANDIDATES = shaped<{ addresses: { id: string; text: string }[] | null }>()(
  sql(`
  with found as (
    select c.id, c.name, c.default_billing_address_id,
      (select count(*) from unnest(:grams::text[]) gram where strpos(c.sought_name, gram) > 0) as shared,
      (select v.id from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null
        and ${bare('v.value')} = :vat? order by v.created_at, v.id limit 1) as vat_id_id,
      (select a.id from counterpart_bank_accounts a where a.entity_id = c.entity_id and a.counterpart_id = c.id and a.deleted_at is null
        and :account? in (${bare('a.iban')}, ${bare('a.account_number')}) order by a.created_at, a.id limit 1) as bank_account_id
    from counterparts c where c.deleted_at is null and (:owner?::uuid is null or c.created_by_entity_user_id = :owner?))
  select f.id, f.name, f.vat_id_id, f.bank_account_id,
    (select json_agg(json_build_object('id', a.id, 'text', concat_ws(' ', a.line1, a.line2, a.postal_code, a.city, a.state, a.country)) order by a.id <> f.default_billing_address_id, a.created_at, a.id)
      from counterpart_addresses a where a.counterpart_id = f.id and a.deleted_at is null) as addresses
  from found f where f.shared > 0 or f.vat_id_id is not null or f.bank_account_id is not null
  order by (f.vat_id_id is not null) desc, (f.bank_account_id is not null) desc, f.shared desc, f.id limit ${CANDIDATES_MAX}`),
)

const number = (text: string | undefined) => text?.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '') || null

/** The likeliest first. A number that fits says more than any name. */
async function suggest(ctx: Ctx, { name, vat, bank_account, address }: Query) {
  const grams = [...trigrams(plain(name))].map((gram) => gram.trim()).filter((gram) => gram.length > 1)
  const rows = await CANDIDATES(ctx, {
    grams,
    vat: number(vat),
    account: number(bank_account),
    owner: ctx.own ? ctx.userId : null,
  })
  return rows
    .map((row) => ({ row, score: similarity(name, row.name), place: placeOf(row, address) }))
    .map(({ row, score, place }) => ({
      suggestion: { id: row.id, address_id: place, bank_account_id: row.bank_account_id, vat_id_id: row.vat_id_id },
      likely: score >= ALIKE || row.vat_id_id !== null || row.bank_account_id !== null,
      weight: score + (row.vat_id_id ? 3 : 0) + (row.bank_account_id ? 2 : 0) + (place ? 0.5 : 0),
    }))
    .filter(({ likely }) => likely)
    .sort((a, b) => b.weight - a.weight || (a.suggestion.id < b.suggestion.id ? -1 : 1))
    .slice(0, SUGGESTIONS_MAX)
    .map(({ suggestion }) => suggestion)
}

/** The counterpart's address that is most like the one asked for. */
function placeOf({ addresses }: Candidate, asked: string | undefined): string | null {
  if (!asked) return null
  const [best] = (addresses ?? [])
    .map(({ id, text }) => ({ id, score: similarity(asked, text) }))
    .sort((a, b) => b.score - a.score)
  return best && best.score >= SAME_ADDRESS ? best.id : null
}
