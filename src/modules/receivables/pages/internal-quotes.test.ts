import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, type Ready, read, ready } from '../../../../test/support/invoicing.ts'
import { pictureBomb, pngHead } from '../../../../test/support/pictures.ts'
import { type Body, type Client, world } from '../../../../test/support/world.ts'
import { sizeOf } from '../../../platform/pictures/size.ts'

async function start() {
  const w = await world()
  return { w, berlin: w.berlin, nobody: w.nobody, made: await ready(w.berlin) }
}
async function offered(who: Client, made: Ready, changes: object = {}): Promise<Body> {
  const { id } = await draft(who, made, { type: 'quote', payment_terms_id: undefined, ...changes })
  return good(await who.post(`/receivables/${id}/issue`))
}
const signature = async () => ({
  email: 'grace@example.com',
  full_name: 'Grace Hopper',
  signature_image: (
    await sharp({ create: { width: 60, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
  ).toString('base64'),
})

describe('a quote, for whoever knows its id', () => {
  test('has what the entity sees of it, the address it goes to, the partner’s title, and the link to its page', async () => {
    const { w, berlin, nobody, made } = await start()
    good(await w.partner.patch('/settings', { receivable: { create_without_personal_info: false, deduction_title: 'Bonus' } }))
    const { id } = await offered(berlin, made, { memo: 'As discussed', expiry_date: '2099-12-31', signature_required: true })
    const own = await read(berlin, id)
    const seen = good(await nobody.get(`/internal/quotes/${id}`))
    const [key] = await w.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id])
    expect(seen).toMatchObject({
      id,
      type: 'quote',
      status: 'issued',
      memo: 'As discussed',
      document_id: 'Q-00001',
      expiry_date: '2099-12-31',
      signature_required: true,
      signature: null,
      total_amount: own.total_amount,
      total_vat_amounts: own.total_vat_amounts,
      entity: own.entity,
      counterpart_universal_address: own.counterpart_billing_address,
      deduction_title: 'Bonus',
      external_qr_code_link: expect.stringMatching(new RegExp(`/view/${key!.page_key}$`)),
    })
    for (const name of ['deductions', 'file', 'counterpart_address', 'total_deduction_amount'])
      expect(seen).not.toHaveProperty(name)
    const elsewhere = await offered(berlin, made, { quote_accept_page_url: 'https://shop.example/quotes/7' })
    expect(good(await nobody.get(`/internal/quotes/${elsewhere.id}`)).external_qr_code_link).toBe('https://shop.example/quotes/7')
  })

  test('has the figures of its lines before they were rounded', async () => {
    const { berlin, nobody, made } = await start()
    const line = (value: number, quantity: number, more: object = {}) => ({
      product: { name: 'Part', price: { currency: 'EUR', value } },
      quantity,
      vat_rate_id: made.rate.id,
      ...more,
    })
    const line_items = [
      line(333, 1.5),
      line(1001, 3, { discount: { type: 'percentage', amount: 333 } }),
      line(999, 1, { discount: { type: 'amount', amount: 100 } }),
      line(250, 2, { vat_rate_id: made.reduced.id }),
    ]
    const figures = async (changes: object) => {
      const { id } = await offered(berlin, made, { line_items, ...changes })
      return good(await nobody.get(`/internal/quotes/${id}`)).line_items.map((item: Body) => [
        item.product.price_precise.value,
        item.product.price_after_vat_precise.value,
        item.total_before_vat_precise,
        item.total_after_vat_precise,
      ])
    }
    const close = (rows: number[][]) => rows.map((row) => row.map((value) => expect.closeTo(value, 8)))
    expect(await figures({})).toEqual(
      close([
        [333, 396.27, 499.5, 594.405],
        [1001, 1191.19, 2903.0001, 3454.570119],
        [999, 1188.81, 899, 1069.81],
        [250, 267.5, 500, 535],
      ]),
    )
    const net = (gross: number) => gross / 1.19
    expect(await figures({ vat_mode: 'inclusive' })).toEqual(
      close([
        [net(333), 333, net(499.5), 499.5],
        [net(1001), 1001, net(2903.0001), 2903.0001],
        // A discount in money is net, unless the entity says otherwise, and takes its VAT along.
        [net(999), 999, net(880), 880],
        [250 / 1.07, 250, 500 / 1.07, 500],
      ]),
    )
    good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { vat_inclusive_discount_mode: 'inclusive' }))
    expect((await figures({ vat_mode: 'inclusive' }))[2]).toEqual(close([[net(999), 999, net(899), 899]])[0])
  })

  test('is accepted without a token, and shows its signature then', async () => {
    const { berlin, nobody, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    expect(no(await nobody.post(`/internal/quotes/${id}/accept`))).toEqual([409, 'Signature is required'])
    const broken = { ...(await signature()), signature_image: 'x'.repeat(40) }
    expect(no(await nobody.post(`/internal/quotes/${id}/accept`, { signature: broken }))[0]).toBe(422)
    expect(good(await nobody.post(`/internal/quotes/${id}/accept`, { signature: await signature() }))).toEqual({ success: true })
    const seen = good(await nobody.get(`/internal/quotes/${id}`))
    expect(seen).toMatchObject({ status: 'accepted', signature: { email: 'grace@example.com', full_name: 'Grace Hopper' } })
    const picture = await nobody.get(new URL(seen.signature.signature_image_url).pathname)
    expect(picture.headers['content-type']).toBe('image/png')
    expect(good(await berlin.get(`/receivables?based_on=${id}`)).data).toMatchObject([{ entity_user_id: berlin.userId }])
    expect(no(await nobody.post(`/internal/quotes/${id}/accept`, { signature: await signature() }))[0]).toBe(409)
    expect(good(await berlin.get('/files?file_type=receivable_signatures')).data).toHaveLength(1)
  })

  test('keeps a small picture of the signature, whatever size it was sent in; one of too many pixels is never unpacked', async () => {
    const { berlin, nobody, made } = await start()
    const { id } = await offered(berlin, made, { signature_required: true })
    const signedWith = async (picture: Buffer) => ({ ...(await signature()), signature_image: picture.toString('base64') })
    for (const bad of [pictureBomb(), pngHead(300, 100)]) {
      const answer = await nobody.post(`/internal/quotes/${id}/accept`, { signature: await signedWith(bad) })
      expect([answer.status, answer.body.detail[0].loc]).toEqual([422, ['body', 'signature', 'signature_image']])
    }
    const large = await sharp({ create: { width: 4_000, height: 1_000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    good(await nobody.post(`/internal/quotes/${id}/accept`, { signature: await signedWith(large) }))
    const { signature: kept } = good(await nobody.get(`/internal/quotes/${id}`))
    const { body } = await nobody.get(new URL(kept.signature_image_url).pathname)
    expect(sizeOf(body)).toEqual([1_200, 300])
    expect(good(await berlin.get('/files?file_type=receivable_signatures')).data).toMatchObject([{ size: body.length }])
  })

  test('is declined without a token, with a comment', async () => {
    const { berlin, nobody, made } = await start()
    const { id } = await offered(berlin, made)
    expect(good(await nobody.post(`/internal/quotes/${id}/decline`, { comment: 'Too dear' }))).toEqual({ success: true })
    expect(good(await nobody.get(`/internal/quotes/${id}`))).toMatchObject({ status: 'declined', comment: 'Too dear' })
    for (const action of ['accept', 'decline']) expect(no(await nobody.post(`/internal/quotes/${id}/${action}`))[0]).toBe(409)
  })

  test('is not there while it is a draft, after it was deleted, or when it is something else', async () => {
    const { w, berlin, nobody, made } = await start()
    const { id: unsent } = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
    const { id: gone } = await draft(berlin, made, { type: 'quote', payment_terms_id: undefined })
    good(await berlin.delete(`/receivables/${gone}`))
    const { id: invoice } = await issued(berlin, made)
    for (const id of [unsent, gone, invoice, crypto.randomUUID()]) {
      const answers = [
        await nobody.get(`/internal/quotes/${id}`),
        await nobody.post(`/internal/quotes/${id}/accept`),
        await nobody.post(`/internal/quotes/${id}/decline`, {}),
      ]
      for (const answer of answers) expect(no(answer)).toEqual([404, `There is no quote by provided id: ${id}`])
    }
    const { id } = await offered(berlin, made)
    good(await w.partner.post(`/entities/${berlin.entityId}/deactivate`))
    expect((await nobody.get(`/internal/quotes/${id}`)).status).toBe(200)
    expect((await nobody.post(`/internal/quotes/${id}/accept`)).status).toBe(409)
  })
})

describe('lines for accounting', () => {
  test('fit as long as they name no account that nobody knows, and no tax that can’t be', async () => {
    const { berlin, nobody } = await start()
    const ask = (line_items: object[], who: Client = berlin) =>
      who.post('/internal/validators/line_items', { document_type: 'receivable', line_items })
    expect((await ask([{}, { monite_tax_rate: 1900 }, { monite_tax_rate: 550.5, ledger_account_id: null }])).status).toBe(204)
    expect((await ask([])).status).toBe(204)
    const account = crypto.randomUUID()
    const refused = await ask([{}, { ledger_account_id: account, monite_tax_rate: -1 }])
    expect(refused.status).toBe(422)
    expect(refused.body.detail.map(({ loc }: Body) => loc.join('.'))).toEqual([
      'body.line_items.1.ledger_account_id',
      'body.line_items.1.monite_tax_rate',
    ])
    expect((await ask([], nobody)).status).toBe(401)
  })
})

test('the theme of a partner’s pages is for everybody to see, and other settings are not', async () => {
  const { w, nobody } = await start()
  const payment_page_theme = { button: { primary_color: '#123456' }, logo_src: 'https://partner.example/logo.png' }
  const of = (partner: string) => nobody.get(`/internal/payment_page_theme?partner_id=${partner}&project_id=${partner}`)
  expect(good(await of(w.partner_id))).toEqual({ footer: { logo_url: null, website_url: null } })
  good(
    await w.partner.patch('/settings', {
      payments: { payment_page_theme, support_email: 'x@example.com' },
      website: 'https://partner.example',
    }),
  )
  const footer = { logo_url: 'https://partner.example/logo.png', website_url: 'https://partner.example' }
  expect(good(await of(w.partner_id))).toEqual({ ...payment_page_theme, footer })
  expect(no(await of(crypto.randomUUID()))[0]).toBe(400)
})
