import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folded, unaccented } from '../../src/core/folding.ts'
import { ownHouse } from '../concurrency/own-house.ts'
import { draft, good, issued, ready, withoutRules } from '../support/invoicing.ts'
import { type Body, type Client, type World, world } from '../support/world.ts'

/** Whoever searches need not type accents, nor know whether an é is one character or two. */

const NAME = 'Café Łódź Straße'
const nfc = NAME.normalize('NFC')
const nfd = NAME.normalize('NFD')
const OTHER = 'Cabinet Lodge'

/** What one may type to find it: without regard to capitals, and with. */
const anyCase = ['cafe', 'CAFÉ', 'Café'.normalize('NFD'), 'lodz', 'Łódź', 'strasse', 'STRASSE', 'fe ło']
const sameCase = ['Cafe', 'Café', 'Café'.normalize('NFD'), 'Lodz', 'Strasse']
const wrongCase = ['cafe', 'LODZ']
const never = ['cafes', 'Caf%', 'Caf_', '%', '_', '\\', '\u0301\u0302x', '％']

let w: World
beforeAll(async () => {
  w = await world()
})

type Made = { readonly path: string; readonly field: string; readonly who: Client; readonly beyond?: boolean }
const contact = { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' }
const customer = (who: Client, legal_name: string) =>
  who
    .post('/counterparts', {
      type: 'organization',
      organization: { legal_name, is_vendor: true, is_customer: true, email: 'a@b.example', address: contact },
    })
    .then(good)

/** Makes something of each name, and says where it is searched. */
const searched: Record<string, (names: readonly string[]) => Promise<Made>> = {
  counterparts: async (names) => {
    for (const name of names) await customer(w.berlin, name)
    return { path: '/counterparts', field: 'counterpart_name', who: w.berlin }
  },
  products: async (names) => {
    for (const name of names) good(await w.berlin.post('/products', { name, price: { currency: 'EUR', value: 1 } }))
    return { path: '/products', field: 'name', who: w.berlin }
  },
  projects: async (names) => {
    for (const name of names) good(await w.berlin.post('/projects', { name }))
    return { path: '/projects', field: 'name', who: w.berlin }
  },
  'receivables by their customer': async (names) => {
    const made = await ready(w.berlin)
    for (const name of names) {
      const { id, default_billing_address_id } = await customer(w.berlin, name)
      await draft(w.berlin, made, { counterpart_id: id, counterpart_billing_address_id: default_billing_address_id })
    }
    return { path: '/receivables', field: 'counterpart_name', who: w.berlin }
  },
  'receivables by their number': async (names) => {
    const who = await w.newUser(await w.newEntity())
    const made = await ready(who)
    await withoutRules(who)
    for (const document_id of names) await issued(who, made, { document_id })
    return { path: '/receivables', field: 'document_id', who }
  },
  'delivery notes': async (names) => {
    const who = await w.newUser(await w.newEntity())
    const made = await ready(who)
    await withoutRules(who)
    const asked = { counterpart_id: made.customer.id, counterpart_address_id: made.customer.default_billing_address_id }
    for (const document_id of names)
      good(
        await who.post('/delivery_notes', { ...asked, document_id, line_items: [{ product_id: made.product.id, quantity: 1 }] }),
      )
    return { path: '/delivery_notes', field: 'document_id', who }
  },
  'bills by their number': async (names) => {
    for (const document_id of names) good(await w.berlin.post('/payables', { document_id }))
    return { path: '/payables', field: 'document_id', who: w.berlin }
  },
  'bills by their vendor': async (names) => {
    const who = await w.newUser(await w.newEntity())
    for (const name of names) good(await who.post('/payables', { counterpart_id: (await customer(who, name)).id }))
    return { path: '/payables', field: 'counterpart_name', who }
  },
  receipts: async (names) => {
    for (const document_id of names) good(await w.berlin.post('/receipts', { document_id }))
    return { path: '/receipts', field: 'document_id', who: w.berlin }
  },
  'credit notes of vendors': async (names) => {
    for (const document_id of names)
      good(
        await w.berlin.post('/payable_credit_notes', {
          document_id,
          issued_at: '2025-01-01',
          currency: 'EUR',
          subtotal: 1,
          tax_amount: 0,
          total_amount: 1,
        }),
      )
    return { path: '/payable_credit_notes', field: 'document_id', who: w.berlin }
  },
}

const count = async ({ path, who }: Made, query: Record<string, string>) =>
  (good(await who.get(`${path}?limit=100&${new URLSearchParams(query)}`, { beyond: true })).data as Body[]).length

test.each(Object.keys(searched))('%s are found whatever the accents, and however they are composed', async (what) => {
  const made = await searched[what]!([nfc, nfd, OTHER])
  const { field } = made
  for (const text of anyCase) expect([text, await count(made, { [`${field}__icontains`]: text })]).toEqual([text, 2])
  for (const text of sameCase) expect([text, await count(made, { [`${field}__contains`]: text })]).toEqual([text, 2])
  for (const text of never) expect([text, await count(made, { [`${field}__icontains`]: text })]).toEqual([text, 0])
  for (const text of wrongCase) expect([text, await count(made, { [`${field}__contains`]: text })]).toEqual([text, 0])
  for (const text of [nfc, nfd]) expect(await count(made, { [field]: text })).toBe(2)
  expect(await count(made, { [field]: 'Cafe Lodz Strasse' })).toBe(0)
})

test('the search over bills, and those of names and of users, fold as well', async () => {
  const who = await w.newUser(await w.newEntity())
  good(await who.post('/payables', { document_id: nfd }))
  good(await who.post('/payables', { counterpart_id: (await customer(who, nfc)).id }))
  good(await who.post('/payables', { document_id: OTHER }))
  for (const text of anyCase) expect(await count({ path: '/payables', field: 'search_text', who }, { search_text: text })).toBe(2)
  expect(await count({ path: '/payables', field: 'search_text', who }, { search_text: 'Caf_' })).toBe(0)

  for (const name of [nfc, nfd]) good(await who.post('/tags', { name: name === nfc ? name : `${name} 2` }))
  const tags = await who.get(
    `/tags?${new URLSearchParams([
      ['name__in', nfd],
      ['name__in', `${nfc} 2`],
    ])}`,
  )
  expect(tags.body.data).toHaveLength(2)

  const policy = { name: nfd, script: ['{Payables.approve(invoice.id)}'] }
  good(await who.post('/approval_policies', policy))
  for (const filter of ['name__contains', 'name__ncontains'])
    expect(await count({ path: '/approval_policies', field: 'name', who }, { [filter]: 'Cafe' })).toBe(1)

  const partner = w.partnerIn(who.entityId!)
  good(await partner.patch(`/entity_users/${who.userId}`, { first_name: 'Édouard', last_name: 'Åström' }))
  for (const name__istartswith of ['edou', 'ÉD', 'astr', 'E\u0301d'])
    expect((await partner.get(`/entity_users?${new URLSearchParams({ name__istartswith })}`)).body.data).toHaveLength(1)
  expect(good(await who.get('/internal/counterparts/ai_suggestions?name=Cafe%20Lodz%20Strasse')).data).toHaveLength(1)
})

const words = fc.string({
  unit: fc.constantFrom(...'aZ éÉüßẞœŁøđÅΣςŞıİñçæþ9-.%_', 'e\u0301', 'か\u3099', '각', 'ﬁ', '한', '№'),
  maxLength: 12,
})

describe('folding', () => {
  const asked = (texts: readonly string[]) =>
    w.sql<{ folded: string; again: string }>('select folded(t), folded(folded(t)) as again from unnest($1::text[]) t', [texts])

  test('says the same twice, and of every way to compose a text', async () => {
    await fc.assert(
      fc.asyncProperty(words, async (text) => {
        const [a, b, c] = await asked([text, text.normalize('NFC'), text.normalize('NFD')])
        expect([b!.folded, c!.folded, a!.again]).toEqual(Array(3).fill(a!.folded))
      }),
      { numRuns: 100 },
    )
  })

  test('is the same in the program and in the database, for every sign there is and whatever stands around it', async () => {
    const signs = Array.from({ length: 0x3400 - 0x20 }, (_, i) => 0x20 + i)
      .concat(Array.from({ length: 0x600 }, (_, i) => 0xfa00 + i))
      .map((code) => String.fromCodePoint(code))
      // Capitals that got small letters, or the other way about, since the ICU that PostgreSQL was built with: Georgian, Glagolitic.
      .filter((sign) => /\p{Assigned}/u.test(sign) && !/[\u1c89-\u1cbf\u2c2f]/.test(sign))
    const rows = await asked(signs)
    expect(signs.filter((sign, i) => rows[i]!.folded !== folded(sign))).toEqual([])
    await fc.assert(
      fc.asyncProperty(fc.array(words, { minLength: 20, maxLength: 20 }), async (texts) => {
        const answers = await w.sql<{ f: string; u: string }>('select folded(t) f, unaccented(t) u from unnest($1::text[]) t', [
          texts,
        ])
        expect(answers).toEqual(texts.map((text) => ({ f: folded(text), u: unaccented(text) })))
      }),
      { numRuns: 50 },
    )
  })
})

describe('without the extensions', () => {
  let own: Awaited<ReturnType<typeof ownHouse>>
  beforeAll(async () => {
    own = await ownHouse()
    await own.sql('drop extension pg_trgm cascade')
  })
  afterAll(() => own.close())

  test('the same is found, more slowly', async () => {
    const { user } = await own.owner()
    for (const document_id of [nfc, OTHER]) await user.post('/payables', { document_id })
    for (const query of ['document_id__icontains=cafe', 'document_id__contains=Cafe', 'search_text=lodz'])
      expect((await user.get(`/payables?${query}`)).body.data).toHaveLength(1)
  })
})
