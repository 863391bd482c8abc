import { extractText, getDocumentProxy } from 'unpdf'
import { beforeAll, describe, expect, test } from 'vitest'
import { draft, good, issued, type Ready, ready } from '../../../test/support/invoicing.ts'
import { type Body, type World, world } from '../../../test/support/world.ts'
import { columnNames } from '../../platform/pdf/invoice.document.ts'

/** Every switch of the page, each by what it does to a page that is really drawn. */

let w: World
let made: Ready
const LINE = 'Gardening'
const IBAN = 'DE89370400440532013000'

beforeAll(async () => {
  w = await world()
  made = await ready(w.berlin)
})

/** What stands on the page of a document, as one line. */
async function pageOf({ id }: Body): Promise<string> {
  good(await w.berlin.get(`/receivables/${id}/pdf_link`))
  await w.work()
  const { file_url } = good(await w.berlin.get(`/receivables/${id}/pdf_link`))
  const { body } = await w.berlin.get(new URL(file_url).pathname)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text.replace(/\s+/g, ' ')
}

const product = { name: LINE, price: { currency: 'EUR', value: 25_000 }, measure_unit: { name: 'hour' } }
const line_items = () => [{ product, quantity: 5, vat_rate_id: made.rate.id, discount: { type: 'amount', amount: 100 } }]
const quote = { type: 'quote', payment_terms_id: undefined }
const drawn = async (document_rendering: object, changes: object = {}) =>
  pageOf(await draft(w.berlin, made, { document_rendering, line_items: line_items(), ...changes }))

/** The way prices are entered in which a column is shown unless it is hidden. */
const modeOf = (column: string) => ({ vat_mode: column.endsWith('after_vat') ? 'inclusive' : 'exclusive' })
const shownAnyway = (column: string) => column !== 'vat_amount'

describe.each(columnNames)('the column %s', (column) => {
  const label = 'Own heading'

  test('is shown, hidden and named', async () => {
    const named = await drawn({ line_items: { [column]: { label } } }, modeOf(column))
    expect(named.includes(label)).toBe(shownAnyway(column))
    expect(await drawn({ line_items: { [column]: { label, display: true } } }, modeOf(column))).toContain(label)
    expect(await drawn({ line_items: { [column]: { label, display: false } } }, modeOf(column))).not.toContain(label)
  })

  if (/price|vat/.test(column))
    test.each([2, 3, 4])('shows %i decimals', async (precision) => {
      const text = await drawn({ line_items: { [column]: { display: true, precision } } }, modeOf(column))
      const longest = Math.max(...[...text.matchAll(/\d\.(\d+)/g)].map(([, decimals]) => decimals!.length))
      expect(longest).toBe(precision)
    })
})

test('the table of lines is left out as a whole', async () => {
  expect(await drawn({ display_line_items: true })).toContain(LINE)
  expect(await drawn({ display_line_items: false })).not.toContain(LINE)
})

test.each(['invoice', 'quote', 'credit_note'])(
  'the account stands on a page of the kind %s when both switches say so',
  async (type) => {
    const withAccount = async (document_rendering: object) => {
      if (type !== 'credit_note') return drawn(document_rendering, type === 'quote' ? quote : {})
      const { id } = await issued(w.berlin, made)
      const note = good(await w.berlin.post('/receivables', { type, based_on: id }))
      return pageOf(good(await w.berlin.patch(`/receivables/${note.id}`, { credit_note: { document_rendering } })))
    }
    const other = type === 'invoice' ? 'quote' : 'invoice'
    const off = { display_entity_bank_account: false }
    for (const [rendering, shown] of [
      // A credit note asks for no money: its account is shown only when that is said.
      [{}, type !== 'credit_note'],
      [{ [type]: { display_entity_bank_account: true } }, true],
      [{ [type]: { display_entity_bank_account: true }, [other]: off }, true],
      [{ [type]: off }, false],
      [off, false],
      [{ ...off, [type]: { display_entity_bank_account: true } }, false],
    ] as const)
      expect([rendering, (await withAccount(rendering)).replace(/\s/g, '').includes(IBAN)]).toEqual([rendering, shown])
  },
)

test.each([true, false])(
  'a quote has a place for the signature where it is wanted, be one required or not (%s)',
  async (signature_required) => {
    const asked = { ...quote, signature_required }
    const [without, with_] = [
      await drawn({ quote: { display_signature: false } }, asked),
      await drawn({ quote: { display_signature: true } }, asked),
    ]
    expect(with_.length).toBeGreaterThan(without.length)
    expect(with_).toMatch(/signature/i)
    expect(without).not.toMatch(/signature/i)
  },
)

test('what the document does not say, the entity’s settings of that moment say, key by key', async () => {
  const { berlin } = w
  const settings = (document_rendering: object) =>
    berlin.patch(`/entities/${berlin.entityId}/settings`, { document_rendering }).then(good)
  await settings({ line_items: { name: { label: 'House word' }, quantity: { label: 'House count' } } })
  const before = await draft(berlin, made, {
    line_items: line_items(),
    document_rendering: { line_items: { name: { label: 'Own word' } } },
  })
  await settings({ line_items: { name: { label: null }, quantity: { label: null } } })
  const text = await pageOf(before)
  expect(text).toContain('Own word')
  expect(text).toContain('House count')
  expect(await drawn({})).not.toMatch(/House|Own/)
})

test('every text of the document has its place', async () => {
  const { berlin } = w
  const project = good(await berlin.post('/projects', { name: 'Project Nightingale' }))
  const texts = {
    memo: 'A memo above',
    footer: 'A footer below',
    purchase_order: 'PO-4711',
    trade_name: 'Spreewerk Gardens',
    commercial_condition_description: 'Delivered in two days',
    payment_page_url: 'https://pay.example.com/i/1',
    vat_exemption_rationale: 'Article 132',
  }
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { external_reference: 'CUST-99', organization: {} }))
  const zero = { tax_rate_value: 0 }
  const invoice = await draft(berlin, made, {
    ...texts,
    vat_exempt: true,
    project_id: project.id,
    deductions: [{ amount: 100, name: 'Voucher', memo: 'Summer' }],
    withholding_tax_rate: 1500,
    line_items: [{ product: { ...product, description: 'Two hedges' }, quantity: 5, ...zero }],
  })
  const { payment_page_url: _link, ...words } = texts
  const text = await pageOf(invoice)
  const all = [...Object.values(words), 'Project Nightingale', 'CUST-99', 'Voucher', 'Summer', 'Two hedges', 'hour']
  for (const word of [...all, 'Spreewerk GmbH', 'Acme GmbH', 'DRAFT', 'DE123456789', '30/555/12345'])
    expect(text, word).toContain(word)
})
