import { describe, expect, test } from 'vitest'
import { good, issued, read, runSchedule } from '../../../../test/support/invoicing.ts'
import { answer, browse, drawing, grace, keyOf, offered, page, pdfText, start } from '../../../../test/support/pages.ts'
import { pngHead } from '../../../../test/support/pictures.ts'
import type { Body } from '../../../../test/support/world.ts'

describe('a quote', () => {
  test('is accepted with a name that was typed: signed, with the invoice’s draft, and by nobody of the entity', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true, expiry_date: '2099-12-31' })
    const before = await page(w, id)
    expect(before.text).toContain('Awaiting your answer')
    expect(before.text).toContain('Valid until 31 Dec 2099')
    expect(before.html.match(/<label for="(\w+)">/g)).toHaveLength(3)
    const { status, headers } = await answer(w, id, 'accept', { ...grace, kind: 'typed', signature_image: '' })
    expect([status, headers.location]).toEqual([303, `/view/${await keyOf(w, id)}`])
    expect((await read(berlin, id)).status).toBe('accepted')
    const [kept] = await w.sql<{ signature: Body }>('select signature from receivables where id = $1', [id])
    expect(kept!.signature).toMatchObject(grace)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data).toMatchObject([{ id: kept!.signature.file_id, mimetype: 'image/png' }])
    expect(good(await berlin.get(`/receivables?based_on=${id}`)).data).toMatchObject([
      { status: 'draft', entity_user_id: berlin.userId },
    ])
    const moved = good(await berlin.get(`/receivables/${id}/history`)).data.at(-2)
    expect(moved).toMatchObject({ event_type: 'status_changed', entity_user_id: null })
    const after = await page(w, id)
    expect(after.text).toMatch(/Accepted by Grace Hopper on .+\. Thank you!/)
    expect(after.html).toMatch(/<img class="signature" src="\/f\/[\w-]{43}" alt="Signature: Grace Hopper">/)
    expect(after.html).not.toContain('<form')
  })

  test('is accepted with a signature that was drawn', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    expect(
      (await answer(w, id, 'accept', { ...grace, kind: 'drawn', signature_image: `data:image/png;base64,${await drawing()}` }))
        .status,
    ).toBe(303)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data[0].size).toBe(Buffer.from(await drawing(), 'base64').length)
  })

  test('that needs no signature is accepted with a button', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    expect((await page(w, id)).html).not.toContain('name="full_name"')
    expect((await answer(w, id, 'accept')).status).toBe(303)
    const { text } = await page(w, id)
    expect(text).toContain('This quote has been accepted. Thank you!')
    expect((await read(berlin, id)).status).toBe('accepted')
  })

  test('is declined, with the reason if one is given', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    expect((await answer(w, id, 'decline', { comment: ' Too <b>dear</b> ' })).status).toBe(303)
    expect(await read(berlin, id)).toMatchObject({ status: 'declined', comment: 'Too <b>dear</b>' })
    const { text, html } = await page(w, id)
    expect(text).toContain('This quote has been declined.')
    expect(html).toContain('Comment: Too &lt;b&gt;dear&lt;/b&gt;')
    const other = await offered(berlin, made)
    expect((await answer(w, other.id, 'decline')).status).toBe(303)
    expect(await read(berlin, other.id)).toMatchObject({ status: 'declined', comment: null })
  })

  test('says at its fields what is wrong with the answer, keeps what was filled in, and stays open', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const cases: [Record<string, string>, string[]][] = [
      [{}, ['Please enter your full name.', 'Please enter a valid email address.']],
      [{ ...grace, full_name: '  ' }, ['Please enter your full name.']],
      [{ ...grace, full_name: 'x'.repeat(256) }, ['This text is too long.']],
      [{ ...grace, email: 'grace@' }, ['Please enter a valid email address.']],
      [{ ...grace, kind: 'drawn' }, ['Please sign in the box first.']],
      [
        { ...grace, kind: 'drawn', signature_image: Buffer.from('GIF89a'.padEnd(40)).toString('base64') },
        ['Please sign in the box first.'],
      ],
      [{ ...grace, kind: 'drawn', signature_image: pngHead(300, 100).toString('base64') }, ['Please sign in the box first.']],
    ]
    for (const [form, faults] of cases) {
      const { status, html } = await answer(w, id, 'accept', form)
      expect(status).toBe(422)
      const shown = [...html.matchAll(/class="fault"[^>]*?( hidden)?>([^<]+)</g)]
        .filter(([, hidden]) => !hidden)
        .map(([, , text]) => text)
      expect(shown).toEqual(faults)
      if (form.email) expect(html).toContain(`value="${form.email}"`)
    }
    const { status, html } = await answer(w, id, 'decline', { comment: 'x'.repeat(2001) })
    expect(status).toBe(422)
    expect(html).toContain('<details open>')
    expect((await read(berlin, id)).status).toBe('issued')
    expect((await browse(w, `/view/${await keyOf(w, id)}/accept?lang=en`)).headers.location).toBe(
      `/view/${await keyOf(w, id)}?lang=en`,
    )
  })

  test('is answered once, however often and in whatever order the forms are sent', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const sent = await Promise.all(Array.from({ length: 6 }, () => answer(w, id, 'accept', { ...grace, kind: 'typed' })))
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 303))
    expect((await answer(w, id, 'decline', { comment: 'Too late' })).status).toBe(303)
    expect(await read(berlin, id)).toMatchObject({ status: 'accepted', comment: null })
    expect(good(await berlin.get(`/receivables?based_on=${id}`)).data).toHaveLength(1)
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data).toHaveLength(1)
  })

  test('can not be answered after its last day, nor while its entity is switched off, and says so', async () => {
    const { w, berlin, made } = await start()
    w.clock.set('2026-05-01T10:00:00Z')
    const { id } = await offered(berlin, made, { expiry_date: '2026-05-10' })
    await w.partner.post(`/entities/${berlin.entityId}/deactivate`)
    expect((await page(w, id)).html).not.toContain('<form')
    expect((await answer(w, id, 'accept')).status).toBe(303)
    good(await w.partner.post(`/entities/${berlin.entityId}/activate`))
    w.clock.set('2026-05-10T21:59:59Z')
    expect((await page(w, id)).html).toContain('<form')
    w.clock.set('2026-05-10T22:00:01Z')
    for (const action of ['accept', 'decline']) expect((await answer(w, id, action)).status).toBe(303)
    expect((await page(w, id)).text).toContain('This quote was good until 10 May 2026. Please ask Spreewerk GmbH for a new one.')
    await runSchedule(w, 'receivables.expired')
    const [row] = await w.sql('select status from receivables where id = $1', [id])
    expect(row).toEqual({ status: 'expired' })
    expect((await page(w, id)).text).toContain('Expired')
    w.clock.set(null)
  })

  test('is not answered by forms of other sites', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ])
      for (const action of ['accept', 'decline']) expect((await answer(w, id, action, {}, headers)).status).toBe(403)
    expect((await read(berlin, id)).status).toBe('issued')
    // With no referrer browsers say null for the origin of the page itself.
    expect((await answer(w, id, 'accept', {}, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(303)
    const own = await offered(berlin, made)
    expect((await answer(w, own.id, 'accept', {}, { origin: 'http://localhost:3000', host: 'localhost:3000' })).status).toBe(303)
    expect((await read(berlin, own.id)).status).toBe('accepted')
  })

  test('is not answered by what no form sends, and the page says that nothing was changed', async () => {
    const { w, berlin, made } = await start()
    const { id } = await offered(berlin, made)
    const key = await keyOf(w, id)
    const post = (payload: string, type: string) =>
      w.app.inject({ method: 'POST', url: `/view/${key}/accept`, payload, headers: { 'content-type': type } })
    for (const [payload, type, status] of [
      [`comment=${'x'.repeat(700 * 1024)}`, 'application/x-www-form-urlencoded', 413],
      ['full_name=a%00b', 'application/x-www-form-urlencoded', 422],
      ['<a/>', 'application/xml', 415],
      ['{', 'application/json', 422],
    ] as const) {
      const response = await post(payload, type)
      expect([type, response.statusCode]).toEqual([type, status])
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(response.body).toContain('Nothing was changed.')
    }
    expect((await read(berlin, id)).status).toBe('issued')
    const { id: invoice } = await issued(berlin, made)
    for (const action of ['accept', 'decline']) expect((await answer(w, invoice, action)).status).toBe(303)
    expect((await read(berlin, invoice)).status).toBe('issued')
  })

  test('shows a line to sign on in its PDF, and then the signature, where the entity wants it', async () => {
    const { w, berlin, made } = await start()
    const document_rendering = { quote: { display_signature: true } }
    const { id } = await offered(berlin, made, { signature_required: true, document_rendering })
    const plain = await offered(berlin, made, { signature_required: true })
    await w.work()
    const text = async (of: string) => (await pdfText(berlin, (await read(berlin, of)).file_url)).replace(/\s+/g, ' ')
    expect(await text(id)).toContain('Place, date')
    expect(await text(plain.id)).not.toContain('Place, date')
    for (const quote of [id, plain.id]) await answer(w, quote, 'accept', { ...grace, kind: 'typed' })
    await w.work()
    expect(await text(id)).toContain('Grace Hopper, grace@example.com')
    expect(await text(plain.id)).not.toContain('Grace Hopper')
  })
})
