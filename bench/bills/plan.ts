import type { Column, Order } from './bills.ts'

const columns = (names: string) => names.split(' ') as Column[]
const full = columns('pos description quantity unit price amount')
const plainly = columns('description quantity price amount')
const rated = columns('description quantity price rate amount')
const coded = columns('article description quantity price amount')
const first = columns('quantity description price amount')
const polish = columns('pos description quantity unit price amount rate gross')
const wide = columns('pos article description quantity unit price reduction rate amount')
const worded = columns('description amount')
const aside = columns('description quantity_unit price rate amount')
const joined = columns('pos quantity_unit description price amount')
const gross = columns('description quantity rate gross')
const wordy = columns('pos description quantity unit price amount')
const reduced = columns('article description quantity price reduction rate amount')

const few = [1, 4] as const
const some = [3, 8] as const
const many = [32, 40] as const

const till = {
  layout: 'till',
  inclusive: true,
  trade: 'groceries',
  lines: some,
  columns: plainly,
  due: 'now',
  without: ['bank'],
} as const

/** The bills with a text layer, by layout. */
export const texts: readonly Order[] = [
  { layout: 'saas', country: 'IE', buyer: 'DE', trade: 'software', lines: few, columns: plainly, tax: 'reverse', due: 'field' },
  { layout: 'saas', country: 'US', trade: 'software', lines: few, columns: plainly, due: 'now', without: ['bank'] },
  { layout: 'saas', country: 'DE', trade: 'software', lines: few, columns: rated, due: 'both' },
  { layout: 'saas', country: 'FR', trade: 'software', lines: few, columns: rated },
  { layout: 'saas', country: 'NL', language: 'en', trade: 'software', lines: few, columns: plainly },
  { layout: 'letterhead', country: 'DE', trade: 'services', lines: some, columns: full, due: 'sentence' },
  { layout: 'letterhead', country: 'DE', trade: 'goods', lines: some, columns: coded, tax: 'several', due: 'term', cash: true },
  { layout: 'letterhead', country: 'AT', trade: 'services', lines: some, columns: joined, due: 'both' },
  { layout: 'letterhead', country: 'NL', trade: 'services', lines: few, columns: plainly },
  { layout: 'letterhead', country: 'DE', trade: 'goods', lines: few, columns: coded, credit: true },
  { layout: 'craftsman', country: 'DE', trade: 'services', lines: some, columns: joined, due: 'sentence', cash: true },
  { layout: 'craftsman', country: 'DE', trade: 'services', lines: few, columns: first, due: 'term' },
  { layout: 'craftsman', country: 'AT', buyer: 'DE', trade: 'services', lines: few, columns: full, tax: 'reverse' },
  { layout: 'craftsman', country: 'SE', trade: 'services', lines: some, columns: joined },
  { layout: 'facture', country: 'FR', trade: 'goods', lines: some, columns: coded, tax: 'several' },
  { layout: 'facture', country: 'FR', trade: 'services', lines: few, columns: full, due: 'both', discount: 10 },
  { layout: 'facture', country: 'FR', trade: 'goods', lines: some, columns: rated, credit: true },
  { layout: 'facture', country: 'ES', trade: 'goods', lines: some, columns: coded },
  { layout: 'boxes', country: 'ES', trade: 'goods', lines: some, columns: rated, tax: 'several' },
  { layout: 'boxes', country: 'ES', trade: 'services', lines: few, columns: plainly, due: 'sentence' },
  { layout: 'boxes', country: 'PT', trade: 'goods', lines: some, columns: rated },
  { layout: 'boxes', country: 'PT', trade: 'services', lines: few, columns: plainly, due: 'both' },
  { layout: 'fattura', country: 'IT', trade: 'goods', lines: some, columns: coded, tax: 'several' },
  { layout: 'fattura', country: 'IT', trade: 'services', lines: few, columns: rated, due: 'term' },
  { layout: 'fattura', country: 'PT', trade: 'goods', lines: some, columns: coded, discount: 5 },
  { layout: 'factuur', country: 'NL', trade: 'services', lines: few, columns: first },
  { layout: 'factuur', country: 'BE', trade: 'goods', lines: some, columns: rated, tax: 'several', due: 'both' },
  {
    layout: 'factuur',
    country: 'NL',
    buyer: 'DE',
    trade: 'services',
    lines: few,
    columns: plainly,
    tax: 'reverse',
    due: 'sentence',
  },
  { layout: 'faktura', country: 'PL', trade: 'goods', lines: some, columns: polish, tax: 'several' },
  { layout: 'faktura', country: 'PL', trade: 'services', lines: few, columns: polish },
  {
    layout: 'faktura',
    country: 'PL',
    buyer: 'DE',
    currency: 'EUR',
    language: 'en',
    trade: 'services',
    lines: few,
    columns: full,
    tax: 'reverse',
  },
  { layout: 'nordic', country: 'SE', trade: 'goods', lines: some, columns: coded },
  { layout: 'nordic', country: 'SE', trade: 'goods', lines: some, columns: rated, tax: 'several', due: 'both' },
  { layout: 'nordic', country: 'DK', trade: 'services', lines: few, columns: plainly },
  { layout: 'nordic', country: 'DK', trade: 'goods', lines: some, columns: first, discount: 8 },
  { layout: 'uk', country: 'GB', trade: 'services', lines: few, columns: plainly },
  { layout: 'uk', country: 'GB', trade: 'goods', lines: some, columns: rated, tax: 'several', due: 'both' },
  { layout: 'uk', country: 'GB', trade: 'goods', lines: some, columns: coded, discount: 5, due: 'term' },
  { layout: 'uk', country: 'GB', trade: 'goods', lines: few, columns: plainly, credit: true },
  { layout: 'us', country: 'US', trade: 'goods', lines: some, columns: first, due: 'term' },
  { layout: 'us', country: 'US', trade: 'goods', lines: some, columns: coded, due: 'field' },
  { layout: 'us', country: 'US', trade: 'services', lines: few, columns: plainly, due: 'both' },
  { layout: 'swiss', country: 'CH', trade: 'services', lines: few, columns: full, due: 'both' },
  { layout: 'swiss', country: 'CH', language: 'fr', trade: 'goods', lines: few, columns: rated, tax: 'several' },
  { layout: 'swiss', country: 'CH', trade: 'services', lines: few, columns: joined, due: 'term' },
  { layout: 'utility', country: 'DE', trade: 'energy', lines: few, columns: plainly, due: 'sentence' },
  { layout: 'utility', country: 'GB', trade: 'energy', lines: few, columns: plainly },
  { layout: 'utility', country: 'ES', trade: 'energy', lines: few, columns: plainly, due: 'both' },
  { layout: 'letter', country: 'GB', trade: 'services', person: true, lines: few, columns: worded, due: 'sentence', tax: 'none' },
  { layout: 'letter', country: 'DE', trade: 'services', person: true, lines: few, columns: worded, due: 'term' },
  { layout: 'letter', country: 'ES', trade: 'services', person: true, lines: few, columns: worded },
  { layout: 'letter', country: 'SE', trade: 'services', person: true, lines: few, columns: worded, due: 'sentence' },
  { layout: 'wholesale', country: 'DE', trade: 'goods', lines: many, columns: wide, tax: 'several', cash: true },
  { layout: 'wholesale', country: 'GB', trade: 'goods', lines: many, columns: wide, tax: 'several' },
  { layout: 'wholesale', country: 'IT', trade: 'goods', lines: many, columns: wide, due: 'both' },
  { layout: 'sidebar', country: 'NL', trade: 'services', lines: few, columns: aside, due: 'sentence' },
  { layout: 'sidebar', country: 'US', trade: 'services', lines: few, columns: aside },
  { layout: 'sidebar', country: 'FR', trade: 'services', lines: few, columns: aside, due: 'both' },
  { layout: 'erp', country: 'DE', trade: 'goods', lines: some, columns: coded, due: 'both' },
  { layout: 'erp', country: 'US', trade: 'goods', lines: some, columns: coded },
  { layout: 'erp', country: 'IT', trade: 'goods', lines: some, columns: plainly },
  { layout: 'shop', country: 'DE', trade: 'goods', lines: few, columns: gross, due: 'now', without: ['bank'] },
  { layout: 'shop', country: 'PL', trade: 'goods', lines: few, columns: gross },
  { layout: 'shop', country: 'FR', trade: 'goods', lines: few, columns: rated, tax: 'several' },
  { layout: 'account', country: 'US', trade: 'energy', lines: few, columns: plainly, without: ['bank'] },
  { layout: 'account', country: 'US', trade: 'telecom', lines: some, columns: plainly, due: 'both', without: ['bank'] },
  { layout: 'account', country: 'GB', trade: 'energy', lines: few, columns: plainly },
  { layout: 'sections', country: 'DE', trade: 'telecom', lines: [5, 9], columns: plainly, due: 'sentence' },
  { layout: 'sections', country: 'GB', trade: 'telecom', lines: [5, 9], columns: first, due: 'both' },
  { layout: 'sections', country: 'FR', trade: 'telecom', lines: [5, 9], columns: plainly },
  { layout: 'trades', country: 'DE', trade: 'building', lines: [5, 9], columns: joined, due: 'term', cash: true },
  { layout: 'trades', country: 'DE', trade: 'building', lines: some, columns: wordy, due: 'sentence' },
  { layout: 'trades', country: 'AT', buyer: 'DE', trade: 'building', lines: some, columns: joined, tax: 'reverse' },
  { layout: 'trades', country: 'FR', trade: 'building', lines: some, columns: wordy, due: 'both' },
  { layout: 'remise', country: 'FR', trade: 'goods', lines: some, columns: reduced, tax: 'several' },
  { layout: 'remise', country: 'FR', trade: 'services', lines: few, columns: reduced, due: 'term', discount: 5 },
  { layout: 'remise', country: 'FR', trade: 'goods', lines: some, columns: wide, due: 'both' },
  { ...till, country: 'DE', tax: 'several' },
  { ...till, country: 'GB' },
  { ...till, country: 'FR', tax: 'several' },
  { layout: 'carried', country: 'DE', trade: 'goods', lines: [26, 34], columns: coded, due: 'both' },
  { layout: 'carried', country: 'GB', trade: 'goods', lines: [26, 34], columns: rated, tax: 'several' },
  { layout: 'carried', country: 'FR', trade: 'goods', lines: [26, 34], columns: coded, due: 'sentence' },
]

/** The bills that come as pictures, in English and German. */
export const scans: readonly Order[] = [
  { layout: 'letterhead', country: 'DE', trade: 'services', lines: some, columns: full, due: 'sentence' },
  { layout: 'letterhead', country: 'DE', trade: 'goods', lines: some, columns: coded, due: 'field' },
  { layout: 'craftsman', country: 'DE', trade: 'services', lines: few, columns: joined, due: 'term' },
  { layout: 'craftsman', country: 'AT', trade: 'services', lines: few, columns: full, due: 'sentence' },
  { layout: 'uk', country: 'GB', trade: 'services', lines: few, columns: plainly },
  { layout: 'uk', country: 'GB', trade: 'goods', lines: some, columns: rated },
  { layout: 'us', country: 'US', trade: 'goods', lines: some, columns: coded },
  { layout: 'us', country: 'US', trade: 'services', lines: few, columns: plainly, due: 'term' },
  { layout: 'saas', country: 'IE', trade: 'software', lines: few, columns: plainly },
  { layout: 'saas', country: 'DE', trade: 'software', lines: few, columns: rated, due: 'both' },
  { layout: 'utility', country: 'GB', trade: 'energy', lines: few, columns: plainly },
  { layout: 'utility', country: 'DE', trade: 'energy', lines: few, columns: plainly, due: 'both' },
  { layout: 'letter', country: 'GB', trade: 'services', person: true, lines: few, columns: worded, due: 'sentence' },
  { layout: 'erp', country: 'DE', trade: 'goods', lines: some, columns: coded },
  { layout: 'swiss', country: 'CH', trade: 'services', lines: few, columns: full, due: 'both' },
  { layout: 'shop', country: 'DE', trade: 'goods', lines: few, columns: rated, tax: 'several' },
  { layout: 'uk', country: 'GB', trade: 'goods', lines: few, columns: plainly, credit: true },
  { layout: 'wholesale', country: 'GB', trade: 'goods', lines: [12, 16], columns: wide },
  { ...till, country: 'DE', tax: 'several' },
  { ...till, country: 'GB' },
  { layout: 'trades', country: 'DE', trade: 'building', lines: [4, 6], columns: joined, due: 'both' },
  { layout: 'account', country: 'US', trade: 'telecom', lines: some, columns: plainly, without: ['bank'] },
  { layout: 'sections', country: 'DE', trade: 'telecom', lines: [5, 7], columns: plainly },
]

/** The bills that come as data: plain, or inside a page. */
export const einvoices: readonly (Order & { readonly format: 'ubl' | 'cii' | 'factur-x' })[] = [
  { format: 'ubl', layout: 'ubl', country: 'DE', trade: 'goods', lines: some, columns: rated, tax: 'several' },
  { format: 'ubl', layout: 'ubl', country: 'NL', trade: 'services', lines: few, columns: rated },
  { format: 'ubl', layout: 'ubl', country: 'BE', trade: 'goods', lines: some, columns: rated, discount: 10 },
  { format: 'ubl', layout: 'ubl', country: 'SE', trade: 'services', lines: few, columns: rated },
  { format: 'ubl', layout: 'ubl', country: 'IE', buyer: 'DE', trade: 'software', lines: few, columns: rated, tax: 'reverse' },
  { format: 'ubl', layout: 'ubl', country: 'DK', trade: 'goods', lines: some, columns: rated, credit: true },
  { format: 'cii', layout: 'cii', country: 'DE', trade: 'goods', lines: some, columns: rated, tax: 'several' },
  { format: 'cii', layout: 'cii', country: 'DE', trade: 'services', lines: few, columns: rated, discount: 5 },
  { format: 'cii', layout: 'cii', country: 'FR', trade: 'goods', lines: some, columns: rated },
  { format: 'cii', layout: 'cii', country: 'IT', trade: 'services', lines: few, columns: rated },
  { format: 'cii', layout: 'cii', country: 'AT', buyer: 'DE', trade: 'services', lines: few, columns: rated, tax: 'reverse' },
  { format: 'cii', layout: 'cii', country: 'FR', trade: 'goods', lines: few, columns: rated, credit: true },
  { format: 'factur-x', layout: 'letterhead', country: 'DE', trade: 'services', lines: some, columns: full, due: 'sentence' },
  { format: 'factur-x', layout: 'facture', country: 'FR', trade: 'goods', lines: some, columns: rated, tax: 'several' },
  { format: 'factur-x', layout: 'saas', country: 'DE', trade: 'software', lines: few, columns: rated },
  { format: 'factur-x', layout: 'facture', country: 'FR', trade: 'goods', lines: few, columns: rated, credit: true },
  { format: 'factur-x', layout: 'craftsman', country: 'AT', trade: 'services', lines: few, columns: full },
  { format: 'factur-x', layout: 'shop', country: 'DE', trade: 'goods', lines: few, columns: rated, discount: 10 },
]
