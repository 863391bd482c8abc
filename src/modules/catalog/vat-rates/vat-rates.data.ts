import type { Country } from '../../../core/countries.data.ts'

/**
 * VAT rates by country as known on 21 November 2026, each with the place in the law that sets it: look there when in doubt.
 *
 * The catalogue goes back to 2020: rates that are older carry its first day. Rates for single regions (Madeira, Corsica, the Greek
 * islands, Jungholz) are left out; so are surcharges on single trades. `zero` is what exports and supplies to businesses elsewhere
 * in the EU are charged, and what a country taxes at nothing at home.
 */
export const EDITION = '2026-11-21T00:00:00.000000+00:00'

type RateKind = 'standard' | 'reduced' | 'zero'

/** Hundredths of a percent, kind, source, first and last day; both days count. */
type Line = readonly [value: number, kind: RateKind, source: string, from?: string, until?: string]

const START = '2020-01-01'

// biome-ignore format: a table
const table: Partial<Record<Country, readonly Line[]>> = {
  AE: [
    [500, 'standard', 'Federal Decree-Law No. 8 of 2017 on Value Added Tax, art. 3'],
    [0, 'zero', 'Federal Decree-Law No. 8 of 2017 on Value Added Tax, art. 45'],
  ],
  AO: [
    [1400, 'standard', 'Código do IVA (Lei n.º 7/19), art. 19.º'],
    [700, 'reduced', 'Código do IVA (Lei n.º 7/19), art. 19.º; Lei n.º 32/21', '2022-01-01'],
    [500, 'reduced', 'Código do IVA (Lei n.º 7/19), art. 19.º; Lei n.º 14/23', '2024-01-01'],
    [0, 'zero', 'Código do IVA (Lei n.º 7/19), art. 15.º'],
  ],
  AT: [
    [2000, 'standard', 'UStG 1994, § 10 Abs. 1'],
    [1300, 'reduced', 'UStG 1994, § 10 Abs. 3'],
    [1000, 'reduced', 'UStG 1994, § 10 Abs. 2'],
    [490, 'reduced', 'UStG 1994, § 10 in der ab 1. Juli 2026 geltenden Fassung', '2026-07-01'],
    [500, 'reduced', 'UStG 1994, § 28 Abs. 52', '2020-07-01', '2021-12-31'],
    [0, 'zero', 'UStG 1994, § 6 Abs. 1 Z 1'],
  ],
  AU: [
    [1000, 'standard', 'A New Tax System (Goods and Services Tax) Act 1999, s 9-70'],
    [0, 'zero', 'A New Tax System (Goods and Services Tax) Act 1999, div 38'],
  ],
  BE: [
    [2100, 'standard', 'Arrêté royal n° 20 du 20 juillet 1970, art. 1'],
    [1200, 'reduced', 'Arrêté royal n° 20 du 20 juillet 1970, tableau B'],
    [600, 'reduced', 'Arrêté royal n° 20 du 20 juillet 1970, tableau A'],
    [0, 'zero', 'Code de la TVA, art. 39 et 39bis'],
  ],
  BG: [
    [2000, 'standard', 'ЗДДС, чл. 66, ал. 1'],
    [900, 'reduced', 'ЗДДС, чл. 66, ал. 2'],
    [0, 'zero', 'ЗДДС, чл. 28 и 53'],
  ],
  BW: [
    [1200, 'standard', 'Value Added Tax Act (Cap. 50:03)', START, '2021-03-31'],
    [1400, 'standard', 'Value Added Tax (Amendment) Act 2021', '2021-04-01', '2022-07-31'],
    [1200, 'standard', 'Value Added Tax (Amendment) Act 2022', '2022-08-01', '2023-01-31'],
    [1400, 'standard', 'Value Added Tax Act (Cap. 50:03)', '2023-02-01'],
    [0, 'zero', 'Value Added Tax Act (Cap. 50:03), First Schedule'],
  ],
  CH: [
    [770, 'standard', 'MWSTG (SR 641.20), Art. 25 Abs. 1', START, '2023-12-31'],
    [370, 'reduced', 'MWSTG (SR 641.20), Art. 25 Abs. 4', START, '2023-12-31'],
    [250, 'reduced', 'MWSTG (SR 641.20), Art. 25 Abs. 2', START, '2023-12-31'],
    [810, 'standard', 'MWSTG (SR 641.20), Art. 25 Abs. 1', '2024-01-01'],
    [380, 'reduced', 'MWSTG (SR 641.20), Art. 25 Abs. 4', '2024-01-01'],
    [260, 'reduced', 'MWSTG (SR 641.20), Art. 25 Abs. 2', '2024-01-01'],
    [0, 'zero', 'MWSTG (SR 641.20), Art. 23'],
  ],
  CZ: [
    [2100, 'standard', 'Zákon č. 235/2004 Sb., § 47'],
    [1500, 'reduced', 'Zákon č. 235/2004 Sb., § 47', START, '2023-12-31'],
    [1000, 'reduced', 'Zákon č. 235/2004 Sb., § 47', START, '2023-12-31'],
    [1200, 'reduced', 'Zákon č. 235/2004 Sb., § 47; zákon č. 349/2023 Sb.', '2024-01-01'],
    [0, 'zero', 'Zákon č. 235/2004 Sb., § 64 a 66'],
  ],
  DE: [
    [1900, 'standard', 'UStG, § 12 Abs. 1', START, '2020-06-30'],
    [700, 'reduced', 'UStG, § 12 Abs. 2', START, '2020-06-30'],
    [1600, 'standard', 'UStG, § 28 Abs. 1', '2020-07-01', '2020-12-31'],
    [500, 'reduced', 'UStG, § 28 Abs. 2', '2020-07-01', '2020-12-31'],
    [1900, 'standard', 'UStG, § 12 Abs. 1', '2021-01-01'],
    [700, 'reduced', 'UStG, § 12 Abs. 2', '2021-01-01'],
    [0, 'zero', 'UStG, § 4 Nr. 1 und § 12 Abs. 3'],
  ],
  DK: [
    [2500, 'standard', 'Momsloven, § 33'],
    [0, 'zero', 'Momsloven, § 34'],
  ],
  EE: [
    [2000, 'standard', 'Käibemaksuseadus, § 15 lg 1', START, '2023-12-31'],
    [2200, 'standard', 'Käibemaksuseadus, § 15 lg 1', '2024-01-01', '2025-06-30'],
    [2400, 'standard', 'Käibemaksuseadus, § 15 lg 1', '2025-07-01'],
    [1300, 'reduced', 'Käibemaksuseadus, § 15 lg 2', '2025-01-01'],
    [900, 'reduced', 'Käibemaksuseadus, § 15 lg 2'],
    [500, 'reduced', 'Käibemaksuseadus, § 15 lg 2', '2022-08-01', '2024-12-31'],
    [0, 'zero', 'Käibemaksuseadus, § 15 lg 3'],
  ],
  ES: [
    [2100, 'standard', 'Ley 37/1992, art. 90'],
    [1000, 'reduced', 'Ley 37/1992, art. 91.Uno'],
    [400, 'reduced', 'Ley 37/1992, art. 91.Dos'],
    [500, 'reduced', 'Real Decreto-ley 11/2022; Real Decreto-ley 20/2022', '2022-07-01', '2024-09-30'],
    [750, 'reduced', 'Real Decreto-ley 4/2024', '2024-10-01', '2024-12-31'],
    [200, 'reduced', 'Real Decreto-ley 4/2024', '2024-10-01', '2024-12-31'],
    [0, 'zero', 'Ley 37/1992, art. 21 y 25'],
  ],
  FI: [
    [2400, 'standard', 'Arvonlisäverolaki (1501/1993), 84 §', START, '2024-08-31'],
    [2550, 'standard', 'Arvonlisäverolaki (1501/1993), 84 §', '2024-09-01'],
    [1400, 'reduced', 'Arvonlisäverolaki (1501/1993), 85 §', START, '2025-12-31'],
    [1350, 'reduced', 'Arvonlisäverolaki (1501/1993), 85 §', '2026-01-01'],
    [1000, 'reduced', 'Arvonlisäverolaki (1501/1993), 85 a §'],
    [0, 'zero', 'Arvonlisäverolaki (1501/1993), 70 ja 72 a §'],
  ],
  FR: [
    [2000, 'standard', 'Code général des impôts, art. 278'],
    [1000, 'reduced', 'Code général des impôts, art. 278 bis à 279'],
    [550, 'reduced', 'Code général des impôts, art. 278-0 bis'],
    [210, 'reduced', 'Code général des impôts, art. 281 quater à 281 nonies'],
    [0, 'zero', 'Code général des impôts, art. 262 et 262 ter'],
  ],
  GB: [
    [2000, 'standard', 'Value Added Tax Act 1994, s 2(1)'],
    [500, 'reduced', 'Value Added Tax Act 1994, s 29A and sch 7A'],
    [1250, 'reduced', 'Finance Act 2021, s 92', '2021-10-01', '2022-03-31'],
    [0, 'zero', 'Value Added Tax Act 1994, s 30 and sch 8'],
  ],
  GR: [
    [2400, 'standard', 'Κώδικας ΦΠΑ (ν. 2859/2000, από το 2024 ν. 5144/2024)'],
    [1300, 'reduced', 'Κώδικας ΦΠΑ (ν. 2859/2000, από το 2024 ν. 5144/2024), παράρτημα III'],
    [600, 'reduced', 'Κώδικας ΦΠΑ (ν. 2859/2000, από το 2024 ν. 5144/2024), παράρτημα III'],
    [0, 'zero', 'Κώδικας ΦΠΑ (ν. 2859/2000, από το 2024 ν. 5144/2024)'],
  ],
  IE: [
    [2300, 'standard', 'Value-Added Tax Consolidation Act 2010, s 46(1)(a)', START, '2020-08-31'],
    [2100, 'standard', 'Financial Provisions (Covid-19) (No. 2) Act 2020, s 11', '2020-09-01', '2021-02-28'],
    [2300, 'standard', 'Value-Added Tax Consolidation Act 2010, s 46(1)(a)', '2021-03-01'],
    [1350, 'reduced', 'Value-Added Tax Consolidation Act 2010, s 46(1)(c)'],
    [900, 'reduced', 'Value-Added Tax Consolidation Act 2010, s 46(1)(ca)'],
    [480, 'reduced', 'Value-Added Tax Consolidation Act 2010, s 46(1)(d)'],
    [0, 'zero', 'Value-Added Tax Consolidation Act 2010, s 46(1)(b)'],
  ],
  IL: [
    [1700, 'standard', 'Value Added Tax Law 5736-1975, s 2', START, '2024-12-31'],
    [1800, 'standard', 'Value Added Tax Law 5736-1975, s 2', '2025-01-01'],
    [0, 'zero', 'Value Added Tax Law 5736-1975, s 30'],
  ],
  LR: [
    [1000, 'standard', 'Liberia Revenue Code, part III, ch. 10 (goods and services tax)', START, '2025-03-31'],
    // A budget for 2026 spoke of 13 %, and VAT of 18 % is to follow in 2027; neither was found to be law yet.
    [1200, 'standard', 'Liberia Revenue Code, part III, ch. 10 (goods and services tax), as amended', '2025-04-01'],
    [0, 'zero', 'Liberia Revenue Code, part III, ch. 10 (goods and services tax)'],
  ],
  LS: [
    [1500, 'standard', 'Value Added Tax Act 2001 (No. 9 of 2001)'],
    // Electricity. Rates before this day were lower, and changed often.
    [1000, 'reduced', 'Value Added Tax Act 2001 (No. 9 of 2001)', '2023-04-01'],
    [0, 'zero', 'Value Added Tax Act 2001 (No. 9 of 2001)'],
  ],
  LU: [
    [1700, 'standard', 'Loi TVA du 12 février 1979, art. 39', START, '2022-12-31'],
    [1400, 'reduced', 'Loi TVA du 12 février 1979, art. 40', START, '2022-12-31'],
    [800, 'reduced', 'Loi TVA du 12 février 1979, art. 40', START, '2022-12-31'],
    [1600, 'standard', 'Loi du 26 octobre 2022', '2023-01-01', '2023-12-31'],
    [1300, 'reduced', 'Loi du 26 octobre 2022', '2023-01-01', '2023-12-31'],
    [700, 'reduced', 'Loi du 26 octobre 2022', '2023-01-01', '2023-12-31'],
    [1700, 'standard', 'Loi TVA du 12 février 1979, art. 39', '2024-01-01'],
    [1400, 'reduced', 'Loi TVA du 12 février 1979, art. 40', '2024-01-01'],
    [800, 'reduced', 'Loi TVA du 12 février 1979, art. 40', '2024-01-01'],
    [300, 'reduced', 'Loi TVA du 12 février 1979, art. 40'],
    [0, 'zero', 'Loi TVA du 12 février 1979, art. 43'],
  ],
  MZ: [
    [1700, 'standard', 'Código do IVA (Lei n.º 32/2007), art. 17', START, '2022-12-31'],
    [1600, 'standard', 'Código do IVA (Lei n.º 32/2007), art. 17; Lei n.º 22/2022', '2023-01-01'],
    [500, 'reduced', 'Código do IVA (Lei n.º 32/2007), art. 17; Lei n.º 22/2022', '2023-01-01'],
    [0, 'zero', 'Código do IVA (Lei n.º 32/2007), art. 13'],
  ],
  NA: [
    [1500, 'standard', 'Value-Added Tax Act 10 of 2000, s 6'],
    [0, 'zero', 'Value-Added Tax Act 10 of 2000, s 9'],
  ],
  NL: [
    [2100, 'standard', 'Wet op de omzetbelasting 1968, art. 9 lid 1'],
    [900, 'reduced', 'Wet op de omzetbelasting 1968, art. 9 lid 2 onder a'],
    [0, 'zero', 'Wet op de omzetbelasting 1968, art. 9 lid 2 onder b'],
  ],
  PK: [
    [1700, 'standard', 'Sales Tax Act 1990, s 3(1)', START, '2023-02-13'],
    [1800, 'standard', 'Sales Tax Act 1990, s 3(1); Finance (Supplementary) Act 2023', '2023-02-14'],
    [0, 'zero', 'Sales Tax Act 1990, s 4'],
  ],
  PL: [
    [2300, 'standard', 'Ustawa o podatku od towarów i usług, art. 41 ust. 1 i art. 146ef'],
    [800, 'reduced', 'Ustawa o podatku od towarów i usług, art. 41 ust. 2 i art. 146ef'],
    [500, 'reduced', 'Ustawa o podatku od towarów i usług, art. 41 ust. 2a'],
    [0, 'zero', 'Ustawa o podatku od towarów i usług, art. 41 ust. 3 i 4'],
  ],
  SE: [
    [2500, 'standard', 'Mervärdesskattelag (2023:200), 9 kap. 2 §'],
    [1200, 'reduced', 'Mervärdesskattelag (2023:200), 9 kap.'],
    [600, 'reduced', 'Mervärdesskattelag (2023:200), 9 kap.'],
    [0, 'zero', 'Mervärdesskattelag (2023:200), 10 kap.'],
  ],
  SZ: [
    [1500, 'standard', 'Value Added Tax Act 2011 (No. 12 of 2011)'],
    [0, 'zero', 'Value Added Tax Act 2011 (No. 12 of 2011)'],
  ],
  ZA: [
    [1500, 'standard', 'Value-Added Tax Act 89 of 1991, s 7(1)'],
    [0, 'zero', 'Value-Added Tax Act 89 of 1991, s 11'],
  ],
  ZW: [
    [1450, 'standard', 'Value Added Tax Act [Chapter 23:12], s 6; Finance Act [Chapter 23:04]', START, '2022-12-31'],
    [1500, 'standard', 'Value Added Tax Act [Chapter 23:12], s 6; Finance Act 2022', '2023-01-01', '2025-12-31'],
    [1550, 'standard', 'Value Added Tax Act [Chapter 23:12], s 6; Finance Act 2025 (No. 7)', '2026-01-01'],
    [0, 'zero', 'Value Added Tax Act [Chapter 23:12], s 10'],
  ],
}

export interface CatalogueRate {
  readonly country: Country
  /** Hundredths of a percent. */
  readonly value: number
  readonly kind: RateKind
  readonly source: string
  readonly valid_from: string
  /** The last day; null while no end is known. */
  readonly valid_until: string | null
}

/** Every rate there is or was, as plain objects. */
export const catalogue: readonly CatalogueRate[] = Object.entries(table).flatMap(([country, lines]) =>
  lines.map(([value, kind, source, valid_from = START, valid_until = null]) => ({
    country: country as Country,
    value,
    kind,
    source,
    valid_from,
    valid_until,
  })),
)
