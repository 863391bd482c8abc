import Type from 'typebox'
import { rows, table } from '../../platform/database/rows.ts'
import { metadataJson } from '../../platform/http/bodies.ts'
import { type Followed, ITSELF, listing, type Way } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { createdAt, nothing, PartnerMetadata, PartnerMetadataResponse, uuid } from '../../platform/http/types.ts'
import {
  CounterpartCreatePayload,
  CounterpartPaginationResponse,
  CounterpartResponse,
  CounterpartType,
  CounterpartUpdatePayload,
} from './counterparts.schema.ts'
import { ALL_NAMES, changeCounterpart, counterpartTable, createCounterpart } from './counterparts.service.ts'

const text = Type.String()
const upTo = (maxLength: number) => Type.String({ maxLength })

/** Counterparts with a row in one of their own tables that passes `test`. */
const having = (part: string, test: string) =>
  `exists (select from ${part} p where p.entity_id = t.entity_id and p.counterpart_id = t.id and p.deleted_at is null and ${test})`
const itself = (...inOrderOf: string[]): Followed => ({ ways: ITSELF, inOrderOf })
/** What a counterpart is, in words: see `counterpart_words` in migrations/0130. */
const WORDS = 'counterpart_words(t.entity_id, t.legal_name is null, t.is_vendor, t.is_customer, t.tag_ids)'
const inWords = (mark: string): Followed => ({
  ways: [{ test: `${WORDS} && array(select $entity::text || '${mark}' || one from unnest($) one)` }],
})
const kinds: readonly Way[] = [
  { test: `${WORDS} && array(select $entity::text || 'i' || (one::text = 'individual') from unnest($) one)` },
]
/** An index has the persons by name (migrations/0208). */
const kindsByName: readonly Way[] = [
  { test: `($)[1] = 'individual' and t.legal_name is null`, dense: true },
  { test: `($)[1] = 'organization'`, dense: true },
]
const byName = (pattern: string): Followed => ({ ways: [{ test: `${ALL_NAMES.replaceAll('c.', 't.')} like ${pattern}` }] })
const wholly: Followed = { ways: [{ test: 'left(t.sought_name, 100) = left($, 100)' }] }
const through = (part: string, test: string): Followed => ({
  ways: [
    {
      test: `t.id = any (array(select p.counterpart_id from ${part} p where p.entity_id = $entity and p.deleted_at is null and ${test}))`,
    },
  ],
})
const byAddress = (column: string): Followed =>
  through(
    'counterpart_addresses',
    `address_words(p.entity_id, p.country, p.city, p.postal_code, p.state, p.line1, p.line2) @> array[$entity::text || '${column}' || left($, 500)]`,
  )
const atAddress = (column: string) => ({ type: text, sql: having('counterpart_addresses', `p.${column} = $`) })
const name = { type: text, sql: 't.name', folded: 't.sought_name' }
const email = { type: text, sql: 't.email', folded: 't.sought_email' }

const list = listing(counterpartTable, {
  filters: {
    // Numbers are stored without the blanks and hyphens that people write them with.
    iban: { type: upTo(34), sql: having('counterpart_bank_accounts', `p.iban = upper(translate($, ' -', ''))`) },
    sort_code: { type: upTo(100), sql: having('counterpart_bank_accounts', `p.sort_code = upper(translate($, ' -', ''))`) },
    account_number: { type: upTo(100), sql: having('counterpart_bank_accounts', 'p.account_number = $') },
    tax_id: upTo(30),
    vat_id: { type: upTo(30), sql: having('counterpart_vat_ids', 'p.value = $') },
    id__in: Type.Array(uuid),
    type: CounterpartType,
    counterpart_name: { ...name, whole: true },
    counterpart_name__iexact: name,
    counterpart_name__contains: name,
    counterpart_name__icontains: name,
    is_vendor: Type.Boolean(),
    is_customer: Type.Boolean(),
    email,
    email__contains: email,
    email__icontains: email,
    ...createdAt,
    'address.country': atAddress('country'),
    'address.city': atAddress('city'),
    'address.postal_code': atAddress('postal_code'),
    'address.state': atAddress('state'),
    'address.line1': atAddress('line1'),
    'address.line2': atAddress('line2'),
    tag_ids__in: {
      type: Type.Array(uuid),
      sql: `t.tag_ids && array(select g.id from tags g where g.id = any ($) and g.deleted_at is null)`,
    },
  },
  ways: {
    iban: through('counterpart_bank_accounts', `p.iban = upper(translate($, ' -', ''))`),
    sort_code: through('counterpart_bank_accounts', `p.sort_code = upper(translate($, ' -', ''))`),
    account_number: through('counterpart_bank_accounts', 'p.account_number = $'),
    vat_id: through('counterpart_vat_ids', 'p.value = $'),
    counterpart_name: wholly,
    counterpart_name__iexact: wholly,
    counterpart_name__contains: byName('$'),
    counterpart_name__icontains: byName('$'),
    email__contains: itself(),
    email__icontains: itself(),
    'address.line1': byAddress('line1'),
    'address.line2': byAddress('line2'),
    'address.postal_code': byAddress('postal_code'),
    'address.city': byAddress('city'),
    'address.state': byAddress('state'),
    'address.country': byAddress('country'),
    tag_ids__in: { ways: [{ test: `${WORDS} && array(select $entity::text || 't' || one from unnest($::uuid[]) one)` }] },
    type: { ways: (sortedBy) => (sortedBy === 'counterpart_name' ? kindsByName : kinds) },
    is_vendor: inWords('v'),
    is_customer: inWords('c'),
    ...Object.fromEntries(Object.keys(createdAt).map((range) => [range, itself('created_at')])),
  },
  sort: ['counterpart_name'],
  badToken: 422,
  sortKeys: { counterpart_name: { sql: 'left(lower(t.name), 200)' } },
})

/** The same row, showing only what the partner keeps with it. */
const metadataTable = table('counterparts', PartnerMetadataResponse, {
  noun: counterpartTable.noun,
  object: 'counterpart',
  computed: { metadata: 't.partner_metadata' },
})

export const counterparts: Routes = async (app) => {
  app.get(
    '/counterparts',
    operation({
      summary: 'Get all counterparts',
      may: 'counterpart:read',
      query: list.query,
      ok: { 200: CounterpartPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/counterparts',
    operation({
      summary: 'Create a counterpart',
      may: 'counterpart:create',
      body: CounterpartCreatePayload,
      ok: { 201: CounterpartResponse },
      refuses: [400],
    }),
    ({ ctx, body }) => createCounterpart(ctx, body),
  )

  app.get(
    '/counterparts/:counterpart_id',
    operation({ summary: 'Get a counterpart', may: 'counterpart:read', ok: { 200: CounterpartResponse } }),
    ({ ctx, params }) => rows.find(ctx, counterpartTable, params.counterpart_id),
  )

  app.patch(
    '/counterparts/:counterpart_id',
    operation({
      summary: 'Update a counterpart',
      may: 'counterpart:update',
      body: CounterpartUpdatePayload,
      ok: { 200: CounterpartResponse },
    }),
    ({ ctx, params, body }) => changeCounterpart(ctx, params.counterpart_id, body),
  )

  app.delete(
    '/counterparts/:counterpart_id',
    operation({ summary: 'Delete a counterpart', may: 'counterpart:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, counterpartTable, params.counterpart_id),
  )

  app.get(
    '/counterparts/:counterpart_id/partner_metadata',
    operation({ summary: 'Get counterpart metadata', may: 'counterpart:read', ok: { 200: PartnerMetadataResponse } }),
    ({ ctx, params }) => rows.find(ctx, metadataTable, params.counterpart_id),
  )

  app.put(
    '/counterparts/:counterpart_id/partner_metadata',
    operation({
      summary: 'Replace counterpart metadata',
      may: 'counterpart:update',
      body: PartnerMetadata,
      ok: { 200: PartnerMetadataResponse },
    }),
    ({ ctx, params, body }) => {
      const partner_metadata = metadataJson(body.metadata, ['body', 'metadata'])
      return rows.change(ctx, metadataTable, params.counterpart_id, { partner_metadata }, 'metadata_update')
    },
  )
}
