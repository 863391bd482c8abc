/** What the law of the seller's country wants to stand on an invoice, and where the law says so. */

/** A sentence that has to be said. */
export interface LegalText {
  readonly country: string
  /** The first day it holds for. */
  readonly since: string
  readonly source: string
  /** BT-21, UNTDID 4451. */
  readonly code: string | null
  readonly text: string
  /** The other sentence, where a discount for early payment is offered. */
  readonly with_discount?: string
  /** How people say it themselves: then it isn't said twice. */
  readonly said: RegExp
}

/** Between firms at home. */
export const legalTexts: readonly LegalText[] = [
  {
    country: 'FR',
    since: '2013-01-01',
    source: 'Code de commerce, art. L441-9, L441-10',
    code: 'PMD',
    text: "En cas de retard de paiement : pénalités exigibles dès le lendemain de l'échéance, au taux de refinancement de la BCE majoré de 10 points.",
    said: /p[ée]nalit[ée]s? de retard|pénalités exigibles/i,
  },
  {
    country: 'FR',
    since: '2013-01-01',
    source: 'Code de commerce, art. L441-10, D441-5',
    code: 'PMT',
    text: 'Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.',
    said: /indemnit[ée] forfaitaire/i,
  },
  {
    country: 'FR',
    since: '2009-01-01',
    source: 'Code de commerce, art. L441-9',
    code: 'AAB',
    text: "Pas d'escompte pour paiement anticipé.",
    with_discount: 'Escompte pour paiement anticipé : voir les conditions de paiement.',
    said: /escompte/i,
  },
]

export type Needed =
  | 'registration_number'
  | 'registration_authority'
  | 'legal_form'
  | 'reason'
  | 'is_einvoice'
  | 'national_network'

/** Something that has to be there, and who has to be told. */
export interface LegalNeed {
  readonly rule: string
  readonly country: string
  readonly since: string
  readonly source: string
  readonly needs: Needed
  readonly message: string
  readonly field: string | null
}

const register = (country: string, since: string, source: string, message: string): LegalNeed => ({
  rule: `QT-LAW-${country}-REGISTER`,
  country,
  since,
  source,
  needs: 'registration_number',
  message,
  field: 'entity.registration_number',
})
const form = (country: string, since: string, source: string): LegalNeed => ({
  rule: `QT-LAW-${country}-CAPITAL`,
  country,
  since,
  source,
  needs: 'legal_form',
  message: 'Companies name their legal form and their capital',
  field: 'settings.legal_form',
})
const reason = (country: string, since: string, source: string): LegalNeed => ({
  rule: `QT-LAW-${country}-REASON`,
  country,
  since,
  source,
  needs: 'reason',
  message: 'A credit note says why it is made: the memo has a place for it',
  field: 'memo',
})

export const legalNeeds: readonly LegalNeed[] = [
  register('DE', '2007-01-01', '§ 35a GmbHG, § 80 AktG, § 37a HGB', 'Firms in the register name their number there (HRB, HRA)'),
  {
    rule: 'QT-LAW-DE-COURT',
    country: 'DE',
    since: '2007-01-01',
    source: '§ 35a GmbHG, § 80 AktG, § 37a HGB',
    needs: 'registration_authority',
    message: 'Firms in the register name the court that keeps it',
    field: 'entity.registration_authority',
  },
  register('AT', '2007-01-01', '§ 14 UGB', 'Firms in the register name their number there (FN)'),
  register('FR', '2007-08-01', 'Code de commerce, art. R123-237', 'Firms name their SIREN and the town of their register (RCS)'),
  register('IT', '2007-01-01', 'Codice civile, art. 2250', 'Companies name their register and their number there (REA)'),
  register('ES', '2007-01-01', 'Código de Comercio, art. 24', 'Companies name their entry in the Registro Mercantil'),
  register('NL', '2008-07-01', 'Handelsregisterwet 2007, art. 27', 'Firms name their number in the Handelsregister (KVK)'),
  register('PL', '2001-01-01', 'Kodeks spółek handlowych, art. 206, 374', 'Companies name their number in the register (KRS)'),
  register(
    'GB',
    '2015-01-31',
    'Company, LLP and Business (Names and Trading Disclosures) Regulations 2015, reg. 25',
    'Companies name their registered number',
  ),
  form('FR', '2007-08-01', 'Code de commerce, art. R123-237, R123-238'),
  form('IT', '2007-01-01', 'Codice civile, art. 2250'),
  form('PL', '2001-01-01', 'Kodeks spółek handlowych, art. 206, 374'),
  reason('PL', '2014-01-01', 'Ustawa o VAT, art. 106j'),
  reason('ES', '2013-01-01', 'Real Decreto 1619/2012, art. 15'),
  {
    rule: 'QT-LAW-BE-NETWORK',
    country: 'BE',
    since: '2026-01-01',
    source: 'Wetboek btw, art. 53 § 2bis',
    needs: 'is_einvoice',
    message: 'Belgian firms send each other invoices through the Peppol network: set is_einvoice',
    field: 'is_einvoice',
  },
  {
    rule: 'QT-LAW-IT-SDI',
    country: 'IT',
    since: '2019-01-01',
    source: 'D.Lgs. 127/2015, art. 1',
    needs: 'national_network',
    message: 'Invoices within Italy go through the Sistema di Interscambio, which is not reached from here',
    field: null,
  },
  {
    rule: 'QT-LAW-PL-KSEF',
    country: 'PL',
    since: '2026-04-01',
    source: 'Ustawa o VAT, art. 106ga',
    needs: 'national_network',
    message: 'Invoices between Polish firms go through the KSeF, which is not reached from here',
    field: null,
  },
]
