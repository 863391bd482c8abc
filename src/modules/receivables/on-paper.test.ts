import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { draft, good, issued, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** What stands on paper, and on the page and in the mail that show the same. */

const flat = (text: string) => text.replace(/\s+/g, ' ')

async function pdfOf(w: World, who: Client, { id }: Body): Promise<string> {
  good(await who.get(`/receivables/${id}/pdf_link`))
  await w.work()
  const { file_url } = good(await who.get(`/receivables/${id}/pdf_link`))
  const { body } = await who.get(new URL(file_url).pathname)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return flat(text)
}

/** The customer's page without its head and its program. */
async function pageOf(w: World, { id }: Body): Promise<string> {
  const [row] = await w.sql<{ page_key: string }>(`select page_key from receivables where id = $1`, [id])
  const html = String((await w.nobody.get(`/view/${row!.page_key}`)).body)
  return flat(
    html
      .replace(/<(style|script)[\s\S]*?<\/\1>/g, ' ')
      .replace(/<[^>]+>/g, ' ')
      .replaceAll('&nbsp;', ' '),
  )
}

async function mailOf(who: Client, { id }: Body): Promise<string> {
  const words = { subject_text: '{total_amount} {amount_due}', body_text: '{amount_due_with_discount} by {due_date}' }
  const { subject_preview, body_preview } = good(await who.post(`/receivables/${id}/preview`, words))
  return flat(subject_preview + body_preview.replace(/<style[\s\S]*?<\/style>/g, ' ').replace(/<[^>]+>/g, ' '))
}

/** How many digits stand behind the separator of every amount: not dates, and not thousands. */
const decimalsIn = (text: string) =>
  [...text.matchAll(/(?<![\d.,/-])\d{1,3}(?:[.,\u202f ]?\d{3})*([.,]\d{1,4})?(?![\d.,/-]*\d)/g)].flatMap(([, fraction]) =>
    fraction ? [fraction.length - 1] : [],
  )

describe.each([
  ['JPY', ['333', '999', '1,001', '2,000', '2,380']],
  ['CLP', ['333', '999', '1,001', '2,000', '2,380']],
  ['ISK', ['333', '999', '1,001', '2,000', '2,380']],
  ['KWD', ['0.333', '0.999', '1.001', '2.000', '2.380']],
])('an invoice in %s', (currency, figures) => {
  test('has the decimals of its currency, and no others, in the PDF, on the page and in the mail', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    const line = (value: number, quantity: number) => ({
      product: { name: `At ${currency}`, price: { currency, value }, measure_unit: { name: 'piece' } },
      quantity,
      vat_rate_id: made.rate.id,
    })
    good(await berlin.post('/bank_accounts', { iban: 'DE02100100100006820101', currency, country: 'DE' }))
    const invoice = await issued(berlin, made, {
      currency,
      line_items: [line(333, 3), line(1001, 1)],
    })
    const [pdf, page, mail] = [await pdfOf(w, berlin, invoice), await pageOf(w, invoice), await mailOf(berlin, invoice)]
    for (const figure of figures) {
      expect(pdf).toContain(figure)
      expect(page).toContain(figure)
    }
    expect(mail).toContain(figures.at(-1))
    for (const text of [pdf, page]) expect(text).toMatch(/19 ?%/)
    const minor = currency === 'KWD' ? 3 : 0
    for (const text of [pdf, page, mail])
      expect(decimalsIn(text.replaceAll(/\d+\.\d+\.\d{4}/g, '')).filter((count) => count !== 3 && count !== minor)).toEqual([])
    expect(pdf).not.toMatch(/[.,]00\b/)
  })
})

test('a line with VAT in its price adds up in the amounts that are printed', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const product = { name: 'Book', price: { currency: 'EUR', value: 1070 }, measure_unit: { name: 'piece' } }
  const invoice = await draft(berlin, made, {
    vat_mode: 'inclusive',
    line_items: [{ product, quantity: 1, vat_rate_id: made.reduced.id, discount: { type: 'amount', amount: 70 } }],
  })
  expect(invoice).toMatchObject({ total_amount: 995, line_items: [{ discount: { amount: 70 } }] })
  expect(await pdfOf(w, berlin, invoice)).toMatch(/10\.70 0\.75 7% 9\.95/)
})

test('the sums under gross amounts are gross, also when the discount was agreed in net', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const product = { name: 'Lamp', price: { currency: 'EUR', value: 11_900 }, measure_unit: { name: 'piece' } }
  const invoice = await draft(berlin, made, {
    vat_mode: 'inclusive',
    discount: { type: 'amount', amount: 1000 },
    line_items: [{ product, quantity: 2, vat_rate_id: made.rate.id }],
  })
  expect(invoice.total_amount).toBe(22_610)
  const text = await pdfOf(w, berlin, invoice)
  expect(text).toMatch(/238\.00 .*Subtotal.* 238\.00 Discount −11\.90 Total €226\.10/)
})

test('early payment is offered for what is left when something was paid or credited before', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const payment_terms = {
    term_1: { number_of_days: 10, discount: 200 },
    term_2: { number_of_days: 20, discount: 100 },
    term_final: { number_of_days: 30 },
  }
  const invoice = await issued(berlin, made, { payment_terms_id: undefined, payment_terms })
  expect(invoice.total_amount).toBe(148_750)
  good(await berlin.post(`/receivables/${invoice.id}/mark_as_partially_paid`, { amount_paid: 40_000 }))
  const { amount_to_pay } = await read(berlin, invoice.id)
  expect(amount_to_pay).toBe(105_775)
  for (const paper of [await pdfOf(w, berlin, invoice), await pageOf(w, invoice)])
    expect([...paper.matchAll(/discount if paid by [^:]+: (€[\d,.]+\d)/g)].map(([, amount]) => amount)).toEqual(
      expect.arrayContaining(['€1,057.75', '€1,072.63']),
    )
})

test('the amounts of VAT beside the lines come to the VAT below them', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const product = { name: 'Nail', price: { currency: 'EUR', value: 33 }, measure_unit: { name: 'piece' } }
  const line = { product, quantity: 1, vat_rate_id: made.rate.id }
  const invoice = await draft(berlin, made, {
    document_rendering: { line_items: { vat_amount: { display: true } } },
    discount: { type: 'percentage', amount: 1000 },
    line_items: [line, line, line],
  })
  const text = await pdfOf(w, berlin, invoice)
  const beside = [...text.matchAll(/19% (0\.\d\d) 0\.33/g)].map(([, amount]) => Number(amount) * 100)
  expect(beside).toHaveLength(3)
  expect(Math.round(beside.reduce((all, one) => all + one, 0))).toBe(invoice.total_vat_amount)
})

describe.each(['compliant', 'non_compliant'])('an invoice that was canceled in the mode %s', (mode) => {
  test('asks for nothing: not by its figures, on its PDF, on its page, or in a mail', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    if (mode === 'non_compliant') await withoutRules(berlin)
    const { id } = await issued(berlin, made, { payment_page_url: 'https://pay.example.com/i/1' })
    expect(await pdfOf(w, berlin, { id })).toMatch(/Payable by .* Scan with your banking app Pay online/)
    good(await berlin.post(`/receivables/${id}/cancel`))
    const canceled = await read(berlin, id)
    expect(canceled).toMatchObject({ status: 'canceled', amount_due: 0, amount_to_pay: 0 })
    const [pdf, page] = [await pdfOf(w, berlin, { id }), await pageOf(w, { id })]
    for (const text of [pdf, page]) {
      expect(text).toContain('Amount due €0.00')
      expect(text).not.toMatch(/Payable by|Pay online|Scan with|pay\.example/)
    }
    const words = { subject_text: '{amount_due}, {days_overdue}', body_text: '({payment_link})' }
    const preview = await berlin.post(`/receivables/${id}/preview`, words)
    expect(preview.status).toBe(mode === 'compliant' ? 409 : 201)
    if (mode === 'compliant') return
    expect(preview.body.subject_preview).toBe('€0.00, 0')
    expect(preview.body.body_preview).toContain('()')
    expect(preview.body.body_preview).not.toMatch(/pay\.example|Pay the invoice|Due on/)
  })
})

test('a name in braces that nobody knows is in no mail: not in a sent one, a preview, or a reminder', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const words = { subject: '{contact name} {nobody}', body: '{invoice_number} {no one} {{who}} due {due_date}' }
  const reminder = good(await berlin.post('/payment_reminders', { name: 'R', term_final_reminder: { days_before: 1, ...words } }))
  const { id } = await issued(berlin, made, { payment_reminder_id: reminder.id })
  const text = { subject_text: words.subject, body_text: words.body }
  const preview = good(await berlin.post(`/receivables/${id}/preview`, text))
  expect(preview.subject_preview.trim()).toBe('Acme GmbH')
  good(await berlin.post(`/receivables/${id}/send`, text))
  good(
    await berlin.post(`/receivables/${id}/send_test_reminder`, {
      reminder_type: 'term_final',
      recipients: { to: ['a@b.example'] },
    }),
  )
  const mails = await w.sql<{ subject: string; html: string; text: string }>(
    'select subject, html, text from mails where object_id = $1',
    [id],
  )
  expect(mails).toHaveLength(2)
  for (const { subject, text } of mails) {
    expect(subject.trim()).toBe('Acme GmbH')
    expect(text).toContain('INV-00001')
    expect(subject + text).not.toMatch(/[{}]|nobody|no one|who/)
  }
  expect(preview.body_preview.replace(/<style[\s\S]*?<\/style>/g, '')).not.toMatch(/[{}]|nobody|no one|who/)
})
