import { createHash } from 'node:crypto'
import { extractText, getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { draft, good, issued, ready } from '../../../../test/support/invoicing.ts'
import { type Client, permissions, type World, world } from '../../../../test/support/world.ts'

interface Template {
  id: string
  name: string
  is_default: boolean
  document_type: string
}
const listed = async (who: Client): Promise<Template[]> => good(await who.get('/document_templates')).data
const named = async (who: Client, name: string) => (await listed(who)).find((one) => one.name === name)!
const defaults = async (who: Client) =>
  (await listed(who)).filter((one) => one.is_default && one.document_type === 'receivable').map(({ name }) => name)
const choose = async (who: Client, name: string) =>
  good(await who.post(`/document_templates/${(await named(who, name)).id}/make_default`))

async function textOf(bytes: Buffer): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true })
  return text.replace(/\s+/g, ' ')
}
/** Only the classic letter repeats the sender in one line above the address, for the window of an envelope. */
const WINDOW = 'Spreewerk GmbH · Flughafenstraße 52'
async function looksClassic({ berlin, work }: World, id: string): Promise<boolean> {
  await berlin.get(`/receivables/${id}/pdf_link`)
  await work()
  const { file_url } = good(await berlin.get(`/receivables/${id}/pdf_link`))
  const text = await textOf((await berlin.get(new URL(file_url).pathname)).body)
  expect(text).toContain('Acme GmbH')
  return text.includes(WINDOW)
}

test('the catalogue has several designs for receivables, and one each for delivery notes and orders, with one default each, all with a picture', async () => {
  const { berlin, nobody } = await world()
  const templates = await listed(berlin)
  expect(templates.map(({ name, document_type }) => [name, document_type])).toEqual([
    ['Classic', 'receivable'],
    ['Modern', 'receivable'],
    ['Compact', 'receivable'],
    ['Delivery note', 'delivery_note'],
    ['Purchase order', 'purchase_order'],
  ])
  expect(templates.slice(-2).map(({ is_default }) => is_default)).toEqual([true, true])
  expect(await defaults(berlin)).toEqual(['Classic'])
  expect(good(await berlin.get('/document_templates/system')).data).toEqual(templates)
  for (const template of templates) {
    const one = good(await berlin.get(`/document_templates/${template.id.toUpperCase()}`))
    expect(one).toEqual(template)
    expect(one).toMatchObject({ template_type: 'source_object', blocks: [], language: 'en' })
    expect(one.template).toMatch(/^#import "(blocks|\/document)\.typ"/m)
    const { preview } = one
    const { status, headers, body } = await nobody.get(new URL(preview.url).pathname)
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'image/png', 'public, max-age=86400'])
    expect([body.length, createHash('md5').update(body).digest('hex')]).toEqual([preview.size, preview.md5])
    expect(body.subarray(1, 4).toString()).toBe('PNG')
    expect(body.length).toBeLessThan(60 * 1024)
  }
  expect((await nobody.get('/document_templates/previews/secret.png')).status).toBe(404)
})

test('a preview is a sample in the design, in the language of the entity', async () => {
  const { berlin, paris } = await world()
  good(await paris.patch(`/entities/${paris.entityId}/settings`, { language: 'fr' }))
  for (const { id, document_type } of await listed(berlin)) {
    const preview = await berlin.get(`/document_templates/${id}/preview`)
    expect([preview.status, preview.headers['content-type']]).toEqual([200, 'application/pdf'])
    const text = await textOf(preview.body)
    const { facts, title } = {
      receivable: { facts: ['Invoice', 'INV-2025-00042', '2,663.90'], title: 'Facture' },
      delivery_note: { facts: ['Delivery note', 'DN-2025-00042', 'Goods received'], title: 'Bon de livraison' },
      purchase_order: { facts: ['Purchase order', 'PO-2025-00042', '2,663.90'], title: 'Bon de commande' },
    }[document_type as 'receivable' | 'delivery_note' | 'purchase_order']
    for (const fact of [...facts, 'Pendant lamp']) expect(text).toContain(fact)
    const french = await textOf((await paris.get(`/document_templates/${id}/preview`)).body)
    expect(french).toContain(title)
  }
})

test('an entity chooses for itself, and one template is the default whatever it chooses', async () => {
  const { berlin, paris, sql } = await world()
  expect(await choose(berlin, 'Modern')).toMatchObject({ name: 'Modern', is_default: true })
  expect(await defaults(berlin)).toEqual(['Modern'])
  expect(await choose(berlin, 'Modern')).toMatchObject({ is_default: true })
  await choose(berlin, 'Compact')
  expect(await defaults(berlin)).toEqual(['Compact'])
  await choose(berlin, 'Classic')
  expect(await defaults(berlin)).toEqual(['Classic'])
  expect(await defaults(paris)).toEqual(['Classic'])
  const choices = await sql('select from document_template_choices where entity_id = $1', [berlin.entityId])
  expect(choices).toHaveLength(3)
})

test('drafts follow the choice, what is issued keeps the design of its day', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { generate_paid_invoice_pdf: true }))
  const old = await issued(berlin, made)
  const open = await draft(berlin, made)
  expect(await looksClassic(w, old.id)).toBe(true)
  expect(await looksClassic(w, open.id)).toBe(true)
  await choose(berlin, 'Modern')
  expect(await looksClassic(w, open.id)).toBe(false)
  expect(await looksClassic(w, old.id)).toBe(true)
  // Drawn anew, after a payment: still the old design.
  good(await berlin.post(`/receivables/${old.id}/mark_as_paid`))
  expect(await looksClassic(w, old.id)).toBe(true)
  good(await berlin.post(`/receivables/${open.id}/issue`))
  await choose(berlin, 'Classic')
  expect(await looksClassic(w, open.id)).toBe(false)
  expect(await looksClassic(w, (await issued(berlin, made)).id)).toBe(true)
})

test('a choice that is made while a page is drawn is not lost', async () => {
  const w = await world()
  const { berlin, machinery } = w
  const { id } = await draft(berlin, await ready(berlin))
  await berlin.get(`/receivables/${id}/pdf_link`)
  const { render } = machinery.pdf
  machinery.pdf.render = async (...order) => {
    machinery.pdf.render = render
    const pdf = await render(...order)
    await choose(berlin, 'Compact')
    return pdf
  }
  expect(await looksClassic(w, id)).toBe(false)
})

test('choosing takes the right to change the entity, and an unknown template is a 404', async () => {
  const { berlin, newUser } = await world()
  const { id } = await named(berlin, 'Modern')
  const reader = await newUser(berlin.entityId!, permissions({ 'entity:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(`/document_templates/${id}/preview`)).status).toBe(200)
  const refused = await reader.post(`/document_templates/${id}/make_default`)
  expect([refused.status, refused.body.error.message]).toEqual([403, 'Action update for entity not allowed'])
  const nowhere = '/document_templates/00000000-0000-4000-8000-000000000000'
  for (const { status, body } of [
    await berlin.get(nowhere),
    await berlin.get(`${nowhere}/preview`),
    await berlin.post(`${nowhere}/make_default`),
  ])
    expect([status, body]).toEqual([404, { error: { message: 'Document template not found' } }])
})
