/** What a Swiss QR-bill says beside its code, in the languages that it may be in (SIX, Implementation Guidelines QR-bill, annex D). */

const en = {
  payment_part: 'Payment part',
  receipt: 'Receipt',
  account: 'Account / Payable to',
  reference: 'Reference',
  message: 'Additional information',
  payable_by: 'Payable by',
  payable_by_blank: 'Payable by (name/address)',
  currency: 'Currency',
  amount: 'Amount',
  acceptance: 'Acceptance point',
  separate: 'Separate before paying in',
  code: 'Swiss QR Code',
}
export type SwissWords = typeof en

const all: Readonly<Record<string, SwissWords>> = {
  en,
  de: {
    payment_part: 'Zahlteil',
    receipt: 'Empfangsschein',
    account: 'Konto / Zahlbar an',
    reference: 'Referenz',
    message: 'Zusätzliche Informationen',
    payable_by: 'Zahlbar durch',
    payable_by_blank: 'Zahlbar durch (Name/Adresse)',
    currency: 'Währung',
    amount: 'Betrag',
    acceptance: 'Annahmestelle',
    separate: 'Vor der Einzahlung abzutrennen',
    code: 'Swiss QR Code',
  },
  fr: {
    payment_part: 'Section paiement',
    receipt: 'Récépissé',
    account: 'Compte / Payable à',
    reference: 'Référence',
    message: 'Informations supplémentaires',
    payable_by: 'Payable par',
    payable_by_blank: 'Payable par (nom/adresse)',
    currency: 'Monnaie',
    amount: 'Montant',
    acceptance: 'Point de dépôt',
    separate: 'A détacher avant le versement',
    code: 'Swiss QR Code',
  },
  it: {
    payment_part: 'Sezione pagamento',
    receipt: 'Ricevuta',
    account: 'Conto / Pagabile a',
    reference: 'Riferimento',
    message: 'Informazioni supplementari',
    payable_by: 'Pagabile da',
    payable_by_blank: 'Pagabile da (nome/indirizzo)',
    currency: 'Valuta',
    amount: 'Importo',
    acceptance: 'Punto di accettazione',
    separate: 'Da staccare prima del versamento',
    code: 'Swiss QR Code',
  },
}

export const swissWords = (language: string): SwissWords => all[language] ?? en
