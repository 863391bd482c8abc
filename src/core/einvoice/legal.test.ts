import { expect, test } from 'vitest'
import { legalNeeds, legalTexts } from './legal.data.ts'
import { legallyMissing, legalNotes, type Sale } from './legal.ts'

const sale = (seller: string, buyer = seller, changes: Partial<Sale> = {}): Sale => ({
  type: 'invoice',
  day: '2026-06-01',
  seller: {
    country: seller,
    organization: true,
    registration_number: '1',
    registration_authority: 'Court',
    legal_form: 'SARL',
    tax_id: null,
  },
  buyer: { country: buyer, organization: true },
  said: [],
  early_discount: false,
  is_einvoice: false,
  memo: null,
  ...changes,
})
const missing = (of: Sale) => legallyMissing(of).map(({ rule }) => rule)

test('a French firm tells another what comes of late payment, with the subject codes of the standard', () => {
  expect(legalNotes(sale('FR')).map(({ code }) => code)).toEqual(['PMD', 'PMT', 'AAB'])
  expect(legalNotes(sale('FR', 'MQ'))).toHaveLength(3)
  expect(legalNotes(sale('FR')).find(({ code }) => code === 'PMT')?.text).toContain('40 €')
  expect(legalNotes(sale('FR', 'DE'))).toEqual([])
  expect(legalNotes(sale('FR', 'FR', { buyer: { country: 'FR', organization: false } }))).toEqual([])
  expect(legalNotes(sale('FR', 'FR', { type: 'credit_note' }))).toEqual([])
  expect(legalNotes(sale('DE'))).toEqual([])
})

test('what the document says in its own words is not said twice, and a discount is not denied', () => {
  const said = ['Escompte de 2 % à 10 jours', 'INDEMNITÉ FORFAITAIRE de 40 euros']
  expect(legalNotes(sale('FR', 'FR', { said })).map(({ code }) => code)).toEqual(['PMD'])
  const [, , discount] = legalNotes(sale('FR', 'FR', { early_discount: true }))
  expect(discount?.text).toBe('Escompte pour paiement anticipé : voir les conditions de paiement.')
})

test('a rule holds from its first day on', () => {
  expect(missing(sale('BE', 'BE', { day: '2025-12-31' }))).toEqual([])
  expect(missing(sale('BE', 'BE', { day: '2026-01-01' }))).toEqual(['QT-LAW-BE-NETWORK'])
  expect(missing(sale('BE', 'BE', { is_einvoice: true }))).toEqual([])
  expect(missing(sale('PL', 'PL', { day: '2026-03-31' }))).toEqual([])
  expect(missing(sale('PL'))).toEqual(['QT-LAW-PL-KSEF'])
})

test('firms of a register name their number there; persons, and firms whose tax number is that number, need not', () => {
  const bare = {
    country: 'DE',
    organization: true,
    registration_number: null,
    registration_authority: null,
    legal_form: null,
    tax_id: null,
  }
  expect(missing(sale('DE', 'DE', { seller: bare }))).toEqual(['QT-LAW-DE-REGISTER'])
  expect(missing(sale('DE', 'DE', { seller: { ...bare, registration_number: 'HRB 1' } }))).toEqual(['QT-LAW-DE-COURT'])
  expect(missing(sale('DE', 'DE', { seller: { ...bare, organization: false } }))).toEqual([])
  const siret = { ...bare, country: 'FR', tax_id: '51234562000011' }
  expect(missing(sale('FR', 'FR', { seller: { ...siret, legal_form: 'SAS au capital de 10 000 €' } }))).toEqual([])
})

test('companies name their form and capital where the law asks', () => {
  for (const country of ['FR', 'IT', 'PL']) {
    const { seller } = sale(country)
    const none = { ...seller, legal_form: ' ' }
    expect(missing(sale(country, 'DE', { seller: none }))).toEqual([`QT-LAW-${country}-CAPITAL`])
    expect(missing(sale(country, 'DE', { seller: { ...none, organization: false } }))).toEqual([])
  }
  expect(missing(sale('DE', 'DE', { seller: { ...sale('DE').seller, legal_form: null } }))).toEqual([])
})

test('a credit note says why it is made where the law asks', () => {
  const note = { type: 'credit_note', memo: null } as const
  expect(missing(sale('ES', 'FR', note))).toEqual(['QT-LAW-ES-REASON'])
  expect(missing(sale('ES', 'FR', { ...note, memo: 'Goods came back' }))).toEqual([])
  expect(missing(sale('DE', 'FR', note))).toEqual([])
})

test('every rule names its source and its first day', () => {
  for (const { source, since } of [...legalTexts, ...legalNeeds]) {
    expect(source.length).toBeGreaterThan(5)
    expect(since).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  }
  expect(new Set(legalNeeds.map(({ rule }) => rule)).size).toBe(legalNeeds.length)
})
