import { describe, expect, test } from 'vitest'
import { PNG } from '../../../../test/isolation/places.ts'
import { drawn, lamp, make, path, textOf } from '../../../../test/support/delivery-notes.ts'
import { good, invoiceThatIs, issued, no, ready } from '../../../../test/support/invoicing.ts'
import { permissions, world } from '../../../../test/support/world.ts'

describe('based on', () => {
  test('an issued invoice: its customer, shipping address and lines without prices, and no effect on it', async () => {
    const w = await world()
    const { berlin, sql } = w
    const made = await ready(berlin)
    const yard = good(
      await berlin.post(`/counterparts/${made.customer.id}/addresses`, {
        country: 'DE',
        city: 'Jena',
        postal_code: '07743',
        line1: 'Hof 3',
      }),
    )
    const price = { currency: 'EUR', value: 100 }
    const invoice = await issued(berlin, made, {
      counterpart_shipping_address_id: yard.id,
      memo: 'About money',
      line_items: [{ product: { ...lamp, price, type: 'product' }, quantity: 1.5, vat_rate_id: made.rate.id }],
    })
    good(await berlin.delete(`/counterparts/${made.customer.id}/addresses/${yard.id}`))
    const before = good(await berlin.get(`/receivables/${invoice.id}`))
    const note = good(await berlin.post('/delivery_notes', { based_on: invoice.id }))
    expect(note).toMatchObject({
      based_on: invoice.id,
      based_on_document_id: 'INV-00001',
      counterpart_id: made.customer.id,
      counterpart_address: { city: 'Jena', line1: 'Hof 3' },
      document_id: 'DN-00001',
      line_items: [{ product: lamp, quantity: 1.5 }],
      memo: null,
      delivery_date: null,
      status: 'created',
    })
    expect(JSON.stringify(note.line_items)).not.toContain('price')
    expect(good(await berlin.get(`/receivables/${invoice.id}`))).toEqual(before)
    expect(await sql(`select from events where object_id = $1 and created_at > $2`, [invoice.id, before.updated_at])).toEqual([])
    const [page] = await textOf(w, (await drawn(w, note)).file_url)
    expect(page).toContain('Invoice INV-00001')
    expect(page).toContain('Acme GmbH Hof 3 07743 Jena')
    // Another one of the same is one more delivery.
    expect(good(await berlin.post('/delivery_notes', { based_on: invoice.id })).document_id).toBe('DN-00002')
  })

  test('an issued quote, which goes to the billing address when it names no other', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    const { payment_terms_id: _, ...invoice } = made.invoice
    const quote = good(await berlin.post('/receivables', { ...invoice, type: 'quote' }))
    expect(no(await berlin.post('/delivery_notes', { based_on: quote.id }))).toEqual([
      409,
      'This quote was not issued, so there is nothing to deliver yet',
    ])
    good(await berlin.post(`/receivables/${quote.id}/issue`))
    const note = good(await berlin.post('/delivery_notes', { based_on: quote.id }))
    expect(note).toMatchObject({ based_on_document_id: 'Q-00001', counterpart_address: { line1: 'Torstraße 1' } })
    expect(note.line_items).toEqual([{ product: { name: 'Consulting', description: null, measure_unit: null }, quantity: 5 }])
    expect((await textOf(w, (await drawn(w, note)).file_url))[0]).toContain('Quote Q-00001')
  })

  test.each([
    ['draft', 409],
    ['recurring', 409],
    ['partially_paid', 201],
    ['paid', 201],
    ['uncollectible', 201],
    ['canceled', 201],
    ['deleted', 404],
  ])('an invoice that is %s: %i', async (status, expected) => {
    const w = await world()
    const id = await invoiceThatIs(w, w.berlin, await ready(w.berlin), status)
    expect((await w.berlin.post('/delivery_notes', { based_on: id })).status).toBe(expected)
  })

  test('no credit note, nothing foreign, nothing of a customer that is gone', async () => {
    const { berlin, paris } = await world()
    const made = await ready(berlin)
    const invoice = await issued(berlin, made)
    const credit = good(await berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
    expect(no(await berlin.post('/delivery_notes', { based_on: credit.id }))[0]).toBe(409)
    expect(no(await paris.post('/delivery_notes', { based_on: invoice.id }))).toEqual([
      404,
      `There is no receivable by provided id: ${invoice.id}`,
    ])
    expect((await berlin.post('/delivery_notes', { based_on: invoice.id, memo: 'M' }, { beyond: true })).status).toBe(422)
    good(await berlin.delete(`/counterparts/${made.customer.id}`))
    expect(no(await berlin.post('/delivery_notes', { based_on: invoice.id }))).toEqual([
      404,
      `There is no counterpart by provided id: ${made.customer.id}`,
    ])
  })

  test('who is limited to what they made delivers their own documents only', async () => {
    const { berlin, newUser } = await world()
    const made = await ready(berlin)
    const theirs = await issued(berlin, made)
    const limited = await newUser(
      berlin.entityId!,
      permissions({ 'counterpart:read': 'allowed', 'product:read': 'allowed' }, 'allowed_for_own'),
    )
    expect((await limited.post('/delivery_notes', { based_on: theirs.id })).status).toBe(403)
    const own = await issued(limited, made)
    expect((await limited.post('/delivery_notes', { based_on: own.id })).status).toBe(201)
  })
})

describe('pages', () => {
  test('are drawn in the language of the customer and in that of the entity, and say what goes where', async () => {
    const w = await world()
    const { berlin, sql } = w
    const made = await ready(berlin)
    good(
      await w
        .partnerIn(berlin.entityId!)
        .upload('PUT', `/entities/${berlin.entityId}/logo`, { bytes: PNG, name: 'l.png', type: 'image/png' }),
    )
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { language: 'de', organization: {} }))
    const note = await make(berlin, made, {
      delivery_date: '2025-10-31',
      delivery_number: 'L-58-114',
      memo: 'Through the yard',
      display_signature_placeholder: true,
      line_items: [{ product: lamp, quantity: 1234.5 }],
    })
    expect([note.file_language, note.original_file_language]).toEqual(['de', 'en'])
    const { file_url, original_file_url } = await drawn(w, note)
    expect(file_url).not.toBe(original_file_url)
    const [german] = await textOf(w, file_url)
    for (const text of [
      'Lieferschein DN-00001',
      'Lieferanschrift Acme GmbH Torstraße 1 10119 Berlin',
      'Lieferdatum 31.10.2025',
      'Liefernummer L-58-114',
      'Through the yard',
      'Menge Einheit Bezeichnung',
      '1.234,5 pcs Pendant lamp Brass',
      'Ware erhalten',
      'Unterschrift',
      'Spreewerk GmbH, Flughafenstraße 52',
      'DE123456789',
      'Seite 1 von 1',
    ])
      expect(german).toContain(text)
    const [english] = await textOf(w, original_file_url)
    for (const text of ['Delivery note DN-00001', 'Delivery address', 'Goods received', 'Signature'])
      expect(english).toContain(text)
    const files = await sql(`select name, file_type, mimetype from files where entity_id = $1 and file_type = 'delivery_notes'`, [
      berlin.entityId,
    ])
    expect(files).toEqual(Array(2).fill({ name: 'DN-00001.pdf', file_type: 'delivery_notes', mimetype: 'application/pdf' }))
  })

  test('are one file where both languages are the same, without a line to sign on unless it is asked for', async () => {
    const w = await world()
    const note = await drawn(w, await make(w.berlin, await ready(w.berlin)))
    expect(note.file_url).toBe(note.original_file_url)
    const [page] = await textOf(w, note.file_url)
    expect(page).toContain('Pendant lamp')
    expect(page).not.toContain('Signature')
    expect(page).not.toContain('Delivery date')
  })

  test('are drawn anew after a change, and the old ones go; a step to another status leaves them', async () => {
    const w = await world()
    const { berlin } = w
    const first = await drawn(w, await make(berlin, await ready(berlin), { memo: 'First' }))
    const changed = good(await berlin.patch(path(first), { memo: 'Second' }))
    expect([changed.file_url, changed.original_file_url]).toEqual([null, null])
    const second = await drawn(w, first)
    expect((await textOf(w, second.file_url))[0]).toContain('Second')
    expect((await berlin.get(new URL(first.file_url).pathname)).status).toBe(404)
    const delivered = good(await berlin.post(path(first, 'mark_as_delivered')))
    expect(delivered.file_url).toBe(second.file_url)
    expect((await drawn(w, first)).file_url).toBe(second.file_url)
    good(await berlin.delete(path(first)))
    expect((await berlin.get(new URL(second.file_url).pathname)).status).toBe(404)
  })

  test('a change while they are drawn is not lost, and a note deleted meanwhile leaves nothing behind', async () => {
    const w = await world()
    const { berlin, machinery, sql } = w
    const made = await ready(berlin)
    const meanwhile = (act: () => Promise<unknown>) => {
      const { render } = machinery.pdf
      machinery.pdf.render = async (...order) => {
        machinery.pdf.render = render
        const pdf = await render(...order)
        await act()
        return pdf
      }
    }
    const note = await make(berlin, made, { memo: 'First' })
    meanwhile(async () => good(await berlin.patch(path(note), { memo: 'Second' })))
    expect((await textOf(w, (await drawn(w, note)).file_url))[0]).toContain('Second')
    const gone = await make(berlin, made)
    meanwhile(() => berlin.delete(path(gone)))
    await w.work()
    expect(await sql(`select from files where entity_id = $1 and name = 'DN-00002.pdf'`, [berlin.entityId])).toEqual([])
    expect(await sql(`select from jobs where kind = 'delivery_notes.render_pdf' and entity_id = $1`, [berlin.entityId])).toEqual(
      [],
    )
  })

  test('a hundred lines take several pages, each with the headings and the number', async () => {
    const w = await world()
    const line_items = Array.from({ length: 100 }, (_, i) => ({
      product: { name: `Article ${i + 1};`, measure_unit: { name: 'm' } },
      quantity: i,
    }))
    const note = await drawn(w, await make(w.berlin, await ready(w.berlin), { line_items, display_signature_placeholder: true }))
    const pages = await textOf(w, note.file_url)
    expect(pages.length).toBeGreaterThan(2)
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Page ${i + 1} of ${pages.length}`)
      expect(page).toContain('Delivery note DN-00001')
      if (page.includes('Article')) expect(page).toContain('Qty Unit Description')
    }
    for (let i = 1; i <= 100; i++) expect(pages.join(' ')).toContain(`Article ${i};`)
    expect(pages.at(-1)).toContain('Goods received')
  })
})
