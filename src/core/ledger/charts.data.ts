/**
 * Charts of accounts to begin with: what a business that sends and gets invoices needs, by the numbers its accountant knows. An entity adds
 * its own. Sources: DATEV, Kontenrahmen SKR03 (Art.-Nr. 11174) and SKR04 (Art.-Nr. 11175), editions of 2024; Autorité des normes comptables,
 * règlement 2014-03 (plan comptable général), as of 1 January 2025. The general chart is our own.
 */

type AccountType = 'Asset' | 'Equity' | 'Expense' | 'Income' | 'Liability'

/** What the books use an account for by themselves. */
export const roles = [
  'receivables',
  'payables',
  'bank',
  'sales',
  'purchases',
  'sales_discounts',
  'purchase_discounts',
  'bad_debts',
  'customer_overpayments',
  'vendor_overpayments',
  'withheld',
  'deductions',
  'fees',
  'gains',
  'losses',
  'rounding',
] as const
export type Role = (typeof roles)[number]

interface ChartAccount {
  readonly number: string
  readonly name: string
  readonly type: AccountType
  readonly role?: Role
}

/** Where the tax of a rate is booked, and what is taxed by it where nobody says otherwise. Rates in hundredths of a percent. */
interface ChartTax {
  readonly direction: 'sale' | 'purchase'
  /** Of EN 16931: S taxed, Z at zero, E exempt, AE the buyer owes it, K within the EU, G exported. */
  readonly category: 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G'
  /** Null: every rate of the country that no other line names. */
  readonly rate: number | null
  readonly tax: string | null
  readonly base?: string
}

export interface Chart {
  readonly name: string
  readonly title: string
  /** Countries that it is meant for; the general chart for all others. */
  readonly countries: readonly string[]
  readonly accounts: readonly ChartAccount[]
  readonly taxes: readonly ChartTax[]
  /** Numbers of customers and vendors count from here. */
  readonly customers_from: number
  readonly vendors_from: number
  /** Accounts on which DATEV takes the tax out by itself, with their rate. */
  readonly automatic?: Readonly<Record<string, number>>
  /** DATEV's own word for the chart. */
  readonly datev?: '03' | '04'
}

const asset = (number: string, name: string, role?: Role): ChartAccount => ({
  number,
  name,
  type: 'Asset',
  ...(role && { role }),
})
const liability = (number: string, name: string, role?: Role): ChartAccount => ({
  number,
  name,
  type: 'Liability',
  ...(role && { role }),
})
const income = (number: string, name: string, role?: Role): ChartAccount => ({
  number,
  name,
  type: 'Income',
  ...(role && { role }),
})
const expense = (number: string, name: string, role?: Role): ChartAccount => ({
  number,
  name,
  type: 'Expense',
  ...(role && { role }),
})
const equity = (number: string, name: string): ChartAccount => ({ number, name, type: 'Equity' })
const sold = (category: ChartTax['category'], rate: number | null, tax: string | null, base?: string): ChartTax => ({
  direction: 'sale',
  category,
  rate,
  tax,
  ...(base && { base }),
})
const bought = (category: ChartTax['category'], rate: number | null, tax: string | null): ChartTax => ({
  direction: 'purchase',
  category,
  rate,
  tax,
})

const skr03: Chart = {
  name: 'skr03',
  title: 'SKR 03',
  countries: ['DE', 'AT'],
  customers_from: 10000,
  vendors_from: 70000,
  datev: '03',
  automatic: { 8400: 1900, 8300: 700, 3400: 1900, 3300: 700, 8736: 1900, 8731: 700, 3736: 1900, 3731: 700 },
  accounts: [
    asset('1000', 'Kasse'),
    asset('1200', 'Bank', 'bank'),
    asset('1400', 'Forderungen aus Lieferungen und Leistungen', 'receivables'),
    asset('1500', 'Sonstige Vermögensgegenstände', 'vendor_overpayments'),
    asset('1549', 'Einbehaltene Steuern', 'withheld'),
    asset('1570', 'Abziehbare Vorsteuer'),
    asset('1571', 'Abziehbare Vorsteuer 7 %'),
    asset('1576', 'Abziehbare Vorsteuer 19 %'),
    liability('1600', 'Verbindlichkeiten aus Lieferungen und Leistungen', 'payables'),
    liability('1700', 'Sonstige Verbindlichkeiten', 'customer_overpayments'),
    liability('1770', 'Umsatzsteuer'),
    liability('1771', 'Umsatzsteuer 7 %'),
    liability('1776', 'Umsatzsteuer 19 %'),
    equity('0800', 'Gezeichnetes Kapital'),
    expense('2150', 'Aufwendungen aus der Währungsumrechnung', 'losses'),
    expense('2400', 'Forderungsverluste', 'bad_debts'),
    income('2660', 'Erträge aus der Währungsumrechnung', 'gains'),
    expense('3300', 'Wareneingang 7 % Vorsteuer'),
    expense('3400', 'Wareneingang 19 % Vorsteuer'),
    expense('3730', 'Erhaltene Skonti', 'purchase_discounts'),
    expense('4900', 'Sonstige betriebliche Aufwendungen', 'rounding'),
    expense('4930', 'Bürobedarf'),
    expense('4970', 'Nebenkosten des Geldverkehrs', 'fees'),
    expense('4980', 'Sonstiger Betriebsbedarf', 'purchases'),
    income('8100', 'Steuerfreie Umsätze § 4 Nr. 8 ff. UStG'),
    income('8120', 'Steuerfreie Umsätze § 4 Nr. 1a UStG'),
    income('8125', 'Steuerfreie innergemeinschaftliche Lieferungen § 4 Nr. 1b UStG'),
    income('8200', 'Erlöse', 'sales'),
    income('8300', 'Erlöse 7 % USt'),
    income('8336', 'Erlöse aus im anderen EU-Land steuerpflichtigen sonstigen Leistungen'),
    income('8400', 'Erlöse 19 % USt'),
    income('8700', 'Erlösschmälerungen', 'deductions'),
    income('8730', 'Gewährte Skonti', 'sales_discounts'),
  ],
  taxes: [
    sold('S', 1900, '1776', '8400'),
    sold('S', 700, '1771', '8300'),
    sold('S', null, '1770'),
    sold('E', 0, null, '8100'),
    sold('G', 0, null, '8120'),
    sold('K', 0, null, '8125'),
    sold('AE', 0, null, '8336'),
    bought('S', 1900, '1576'),
    bought('S', 700, '1571'),
    bought('S', null, '1570'),
    bought('E', 0, null),
  ],
}

const skr04: Chart = {
  name: 'skr04',
  title: 'SKR 04',
  countries: ['DE', 'AT'],
  customers_from: 10000,
  vendors_from: 70000,
  datev: '04',
  automatic: { 4400: 1900, 4300: 700, 5400: 1900, 5300: 700, 4736: 1900, 4731: 700, 5736: 1900, 5731: 700 },
  accounts: [
    asset('1600', 'Kasse'),
    asset('1800', 'Bank', 'bank'),
    asset('1200', 'Forderungen aus Lieferungen und Leistungen', 'receivables'),
    asset('1300', 'Sonstige Vermögensgegenstände', 'vendor_overpayments'),
    asset('1369', 'Einbehaltene Steuern', 'withheld'),
    asset('1400', 'Abziehbare Vorsteuer'),
    asset('1401', 'Abziehbare Vorsteuer 7 %'),
    asset('1406', 'Abziehbare Vorsteuer 19 %'),
    liability('3300', 'Verbindlichkeiten aus Lieferungen und Leistungen', 'payables'),
    liability('3500', 'Sonstige Verbindlichkeiten', 'customer_overpayments'),
    liability('3800', 'Umsatzsteuer'),
    liability('3801', 'Umsatzsteuer 7 %'),
    liability('3806', 'Umsatzsteuer 19 %'),
    equity('2900', 'Gezeichnetes Kapital'),
    income('4100', 'Steuerfreie Umsätze § 4 Nr. 8 ff. UStG'),
    income('4120', 'Steuerfreie Umsätze § 4 Nr. 1a UStG'),
    income('4125', 'Steuerfreie innergemeinschaftliche Lieferungen § 4 Nr. 1b UStG'),
    income('4200', 'Erlöse', 'sales'),
    income('4300', 'Erlöse 7 % USt'),
    income('4336', 'Erlöse aus im anderen EU-Land steuerpflichtigen sonstigen Leistungen'),
    income('4400', 'Erlöse 19 % USt'),
    income('4700', 'Erlösschmälerungen', 'deductions'),
    income('4730', 'Gewährte Skonti', 'sales_discounts'),
    income('4840', 'Erträge aus der Währungsumrechnung', 'gains'),
    expense('5300', 'Wareneingang 7 % Vorsteuer'),
    expense('5400', 'Wareneingang 19 % Vorsteuer'),
    expense('5730', 'Erhaltene Skonti', 'purchase_discounts'),
    expense('6300', 'Sonstige betriebliche Aufwendungen', 'rounding'),
    expense('6815', 'Bürobedarf'),
    expense('6850', 'Sonstiger Betriebsbedarf', 'purchases'),
    expense('6855', 'Nebenkosten des Geldverkehrs', 'fees'),
    expense('6880', 'Aufwendungen aus der Währungsumrechnung', 'losses'),
    expense('6930', 'Forderungsverluste', 'bad_debts'),
  ],
  taxes: [
    sold('S', 1900, '3806', '4400'),
    sold('S', 700, '3801', '4300'),
    sold('S', null, '3800'),
    sold('E', 0, null, '4100'),
    sold('G', 0, null, '4120'),
    sold('K', 0, null, '4125'),
    sold('AE', 0, null, '4336'),
    bought('S', 1900, '1406'),
    bought('S', 700, '1401'),
    bought('S', null, '1400'),
    bought('E', 0, null),
  ],
}

const pcg: Chart = {
  name: 'pcg',
  title: 'Plan comptable général',
  countries: ['FR'],
  customers_from: 1,
  vendors_from: 1,
  accounts: [
    equity('101000', 'Capital'),
    liability('401000', 'Fournisseurs', 'payables'),
    asset('409800', 'Fournisseurs débiteurs', 'vendor_overpayments'),
    asset('411000', 'Clients', 'receivables'),
    liability('419100', 'Clients créditeurs', 'customer_overpayments'),
    asset('442000', 'Retenues à la source', 'withheld'),
    asset('445660', 'TVA déductible sur autres biens et services'),
    liability('445710', 'TVA collectée'),
    asset('512000', 'Banques', 'bank'),
    expense('604000', "Achats d'études et prestations de services", 'purchases'),
    expense('606400', 'Fournitures administratives'),
    expense('607000', 'Achats de marchandises'),
    expense('627000', 'Services bancaires et assimilés', 'fees'),
    expense('654000', 'Pertes sur créances irrécouvrables', 'bad_debts'),
    expense('658000', 'Charges diverses de gestion courante', 'rounding'),
    expense('665000', 'Escomptes accordés', 'sales_discounts'),
    expense('666000', 'Pertes de change', 'losses'),
    income('706000', 'Prestations de services', 'sales'),
    income('707000', 'Ventes de marchandises'),
    income('709000', 'Rabais, remises et ristournes accordés', 'deductions'),
    income('765000', 'Escomptes obtenus', 'purchase_discounts'),
    income('766000', 'Gains de change', 'gains'),
  ],
  taxes: [
    sold('S', null, '445710'),
    sold('E', 0, null),
    sold('G', 0, null),
    sold('K', 0, null),
    sold('AE', 0, null),
    bought('S', null, '445660'),
    bought('E', 0, null),
  ],
}

const general: Chart = {
  name: 'general',
  title: 'General',
  countries: [],
  customers_from: 1,
  vendors_from: 1,
  accounts: [
    asset('1000', 'Bank', 'bank'),
    asset('1100', 'Accounts receivable', 'receivables'),
    asset('1200', 'Input tax'),
    asset('1300', 'Tax withheld by customers', 'withheld'),
    asset('1400', 'Paid to vendors beyond what was owed', 'vendor_overpayments'),
    liability('2000', 'Accounts payable', 'payables'),
    liability('2100', 'Paid by customers beyond what was owed', 'customer_overpayments'),
    liability('2200', 'Sales tax'),
    equity('3000', 'Capital'),
    income('4000', 'Sales', 'sales'),
    income('4800', 'Deductions from sales', 'deductions'),
    income('4900', 'Discounts conceded', 'sales_discounts'),
    income('4950', 'Exchange gains', 'gains'),
    expense('5000', 'Purchases', 'purchases'),
    expense('5900', 'Discounts taken', 'purchase_discounts'),
    expense('6100', 'Office supplies'),
    expense('6200', 'Bank and payment fees', 'fees'),
    expense('6300', 'Bad debts', 'bad_debts'),
    expense('6400', 'Exchange losses', 'losses'),
    expense('6900', 'Rounding', 'rounding'),
  ],
  taxes: [
    sold('S', null, '2200'),
    sold('E', 0, null),
    sold('G', 0, null),
    sold('K', 0, null),
    sold('AE', 0, null),
    bought('S', null, '1200'),
    bought('E', 0, null),
  ],
}

export const charts: readonly Chart[] = [skr03, skr04, pcg, general]
export const chartNamed = (name: string): Chart => charts.find((chart) => chart.name === name) ?? general
/** The charts that an entity of a country chooses from; the first one is the usual one. */
export const chartsFor = (country: string): Chart[] => [...charts.filter(({ countries }) => countries.includes(country)), general]

export interface TaxRateOfBooks {
  readonly code: string
  readonly name: string
  readonly rate: number
  readonly direction: 'sale' | 'purchase'
  readonly category: string
  readonly tax_account: string | null
  readonly base_account: string | null
}

const categories: Readonly<Record<ChartTax['category'], string>> = {
  S: '',
  Z: ' zero',
  E: ' exempt',
  AE: ' reverse charge',
  K: ' within the EU',
  G: ' export',
}

/** The tax rates of books by a chart, for a country that has these rates (hundredths of a percent). */
export function taxRatesOf(chart: Chart, rates: readonly number[]): TaxRateOfBooks[] {
  const positive = [...new Set(rates)].filter((rate) => rate > 0).sort((a, b) => b - a)
  return chart.taxes.flatMap((line) => {
    const named = chart.taxes.flatMap(({ direction, rate }) => (direction === line.direction && rate ? [rate] : []))
    const own = line.rate === null ? positive.filter((rate) => !named.includes(rate)) : [line.rate]
    return own
      .filter((rate) => rate === 0 || positive.includes(rate))
      .map((rate) => ({
        code: `${line.direction === 'sale' ? 'S' : 'P'}${rate / 100}${line.category === 'S' ? '' : `-${line.category}`}`,
        name: `${line.direction === 'sale' ? 'Sales' : 'Purchases'} ${rate / 100} %${categories[line.category]}`,
        rate,
        direction: line.direction,
        category: line.category,
        tax_account: line.tax,
        base_account: line.base ?? null,
      }))
  })
}
