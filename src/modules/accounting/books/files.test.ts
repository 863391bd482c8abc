import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connected, partnerOf } from '../../../../test/support/accounting.ts'
import { good, issued, no, ready, withoutRules } from '../../../../test/support/invoicing.ts'
import { world } from '../../../../test/support/world.ts'
import { unzip } from '../../../../test/support/zip.ts'

const has = (program: string) => spawnSync(program, ['--version']).status === 0

async function start() {
  const w = await world()
  const { berlin } = w
  await connected(w, berlin)
  const made = await ready(berlin)
  await withoutRules(berlin)
  good(
    await berlin.patch(`/entities/${berlin.entityId}/settings`, {
      currency: { default: 'EUR', exchange_rates: [{ base: 'USD', to: 'EUR', rate: 0.9 }] },
    }),
  )
  const export_ = good(await berlin.post('/products', { name: 'Export', price: { currency: 'USD', value: 9999 } }))
  const foreign = {
    currency: 'USD',
    line_items: [{ product_id: export_.id, quantity: 1, tax_rate_value: 0, tax_rate_name: 'None' }],
  }
  const pay = async (id: string, amount: number, currency = 'EUR') =>
    good(await berlin.post('/payment_records', { amount, currency, object: { type: 'receivable', id } }))
  const [whole, part, usd, lost] = [
    await issued(berlin, made),
    await issued(berlin, made),
    await issued(berlin, made, foreign),
    await issued(berlin, made),
  ]
  await pay(whole.id, 148850)
  await pay(part.id, 100)
  await pay(usd.id, 3333, 'USD')
  good(await berlin.post(`/receivables/${lost.id}/mark_as_uncollectible`, {}))
  await w.work()
  const partner = partnerOf(w, berlin)
  const fetch = async (query: string) => {
    const { status, body } = await partner.get(`/x/ledger/export?${query}`)
    return { status, bytes: body as Buffer, text: Buffer.isBuffer(body) ? body.toString() : '' }
  }
  return { w, partner, fetch, whole }
}

describe('the books as files', () => {
  test('are accepted by hledger and bean-check, where they are installed', async () => {
    const { fetch } = await start()
    const folder = mkdtempSync(join(tmpdir(), 'quittance-books-'))
    const run = (program: string, name: string, text: string, args: (path: string) => string[]) => {
      const path = join(folder, name)
      writeFileSync(path, text)
      if (!has(program)) return console.warn(`${program} is not installed: nothing checks ${name}`)
      expect(execFileSync(program, args(path), { stdio: 'pipe', env: { ...process.env, LANG: 'C.UTF-8' } }).toString()).toBe('')
    }
    const hledger = await fetch('format=hledger')
    expect(hledger.text).toContain('99.99 USD @@ 89.99 EUR')
    run('hledger', 'books.journal', hledger.text, (path) => ['-f', path, 'check', 'accounts', 'commodities'])
    const beancount = await fetch('format=beancount')
    run('bean-check', 'books.beancount', beancount.text, (path) => ['--no-cache', path])
  })

  test('for DATEV are a package with postings, customers and the documents themselves', async () => {
    const { partner, fetch, whole } = await start()
    expect(no(await partner.get('/x/ledger/export?format=datev'))).toEqual([
      409,
      "DATEV can't be written: datev_adviser and datev_client are not set: DATEV asks for the numbers of the adviser and the client",
    ])
    good(await partner.patch('/x/ledger', { datev_adviser: 12345, datev_client: 7 }))
    const plain = await unzip((await fetch('format=datev')).bytes)
    expect(plain.map(([name]) => name.replace(/\d{8}/, 'YEAR'))).toEqual([
      'EXTF_Buchungsstapel_YEAR.csv',
      'EXTF_DebitorenKreditoren.csv',
    ])
    const files = new Map(await unzip((await fetch('format=datev&pictures=true')).bytes))
    const [postings] = [...files].filter(([name]) => name.startsWith('EXTF_Buchungsstapel'))
    const rows = postings![1].toString('latin1').split('\r\n').slice(2, -1)
    const row = rows.find((one) => one.includes('"INV-00001"') && one.includes(';8400;'))
    expect(row).toMatch(/^1487,50;"H";"EUR";;;;8400;10000;"";\d{4};"INV-00001"/)
    expect(row).toContain(`"BEDI ""${whole.id}"""`)
    expect(files.get(`${whole.id}.pdf`)!.subarray(0, 5).toString()).toBe('%PDF-')
    expect(files.get('document.xml')!.toString()).toContain(`<extension xsi:type="File" name="${whole.id}.pdf"/>`)
  })

  test('are there for the French tax office, Xero and QuickBooks, and of a period', async () => {
    const { partner, fetch } = await start()
    for (const format of ['fec', 'xero_invoices', 'xero_bills', 'quickbooks_invoices', 'quickbooks_bills'])
      expect([format, (await fetch(`format=${format}`)).text.split('\r\n').length > 1]).toEqual([format, true])
    expect((await fetch('format=xero_invoices')).text.split('\r\n')).toHaveLength(6)
    expect((await fetch('format=fec&to=2000-01-01')).text.split('\r\n')).toHaveLength(2)
    expect(no(await partner.get('/x/ledger/export?format=fec&from=2001-01-01&to=2000-01-01'))[0]).toBe(400)
    expect((await partner.get('/x/ledger/export?format=odd')).status).toBe(422)
  })
})
