import type { DocumentLanguage, Labels } from './labels.ts'

/** Countries whose tax on sales is no VAT. */
export const salesTaxCountries: ReadonlySet<string> = new Set(['US', 'PR', 'GU', 'VI', 'AS', 'MP'])

type Taxed = Pick<
  Labels,
  | 'vat'
  | 'vat_amount'
  | 'price_after_vat'
  | 'total_price_after_vat'
  | 'subtotal_after_vat'
  | 'vat_exempt'
  | 'vat_id'
  | 'customer_vat_id'
>

/** The words that speak of VAT elsewhere. */
export const salesTaxLabels: Readonly<Record<DocumentLanguage, Taxed>> = {
  en: {
    vat: 'Tax',
    vat_amount: 'Tax amount',
    price_after_vat: 'Unit price incl. tax',
    total_price_after_vat: 'Amount incl. tax',
    subtotal_after_vat: 'Subtotal incl. tax',
    vat_exempt: 'Exempt from tax',
    vat_id: 'Tax ID',
    customer_vat_id: 'Your tax ID',
  },
  de: {
    vat: 'Steuer',
    vat_amount: 'Steuerbetrag',
    price_after_vat: 'Einzelpreis inkl. Steuer',
    total_price_after_vat: 'Betrag inkl. Steuer',
    subtotal_after_vat: 'Zwischensumme inkl. Steuer',
    vat_exempt: 'Steuerfrei',
    vat_id: 'Steuernummer',
    customer_vat_id: 'Ihre Steuernummer',
  },
  fr: {
    vat: 'Taxe',
    vat_amount: 'Montant de la taxe',
    price_after_vat: 'Prix unitaire taxe comprise',
    total_price_after_vat: 'Montant taxe comprise',
    subtotal_after_vat: 'Sous-total taxe comprise',
    vat_exempt: 'Exonéré de taxe',
    vat_id: 'N° fiscal',
    customer_vat_id: 'Votre n° fiscal',
  },
  nl: {
    vat: 'Belasting',
    vat_amount: 'Belastingbedrag',
    price_after_vat: 'Stuksprijs incl. belasting',
    total_price_after_vat: 'Bedrag incl. belasting',
    subtotal_after_vat: 'Subtotaal incl. belasting',
    vat_exempt: 'Vrijgesteld van belasting',
    vat_id: 'Belastingnummer',
    customer_vat_id: 'Uw belastingnummer',
  },
  es: {
    vat: 'Impuesto',
    vat_amount: 'Importe del impuesto',
    price_after_vat: 'Precio con impuesto',
    total_price_after_vat: 'Importe con impuesto',
    subtotal_after_vat: 'Subtotal con impuesto',
    vat_exempt: 'Exento de impuesto',
    vat_id: 'N.º fiscal',
    customer_vat_id: 'Su n.º fiscal',
  },
  pt: {
    vat: 'Imposto',
    vat_amount: 'Valor do imposto',
    price_after_vat: 'Preço com imposto',
    total_price_after_vat: 'Valor com imposto',
    subtotal_after_vat: 'Subtotal com imposto',
    vat_exempt: 'Isento de imposto',
    vat_id: 'N.º fiscal',
    customer_vat_id: 'O seu n.º fiscal',
  },
  it: {
    vat: 'Imposta',
    vat_amount: "Importo dell'imposta",
    price_after_vat: 'Prezzo con imposta',
    total_price_after_vat: 'Importo con imposta',
    subtotal_after_vat: 'Subtotale con imposta',
    vat_exempt: 'Esente da imposta',
    vat_id: 'N. fiscale',
    customer_vat_id: 'Il suo n. fiscale',
  },
  pl: {
    vat: 'Podatek',
    vat_amount: 'Kwota podatku',
    price_after_vat: 'Cena z podatkiem',
    total_price_after_vat: 'Wartość z podatkiem',
    subtotal_after_vat: 'Suma z podatkiem',
    vat_exempt: 'Zwolnione z podatku',
    vat_id: 'Numer podatkowy',
    customer_vat_id: 'Państwa numer podatkowy',
  },
  ar: {
    vat: 'الضريبة',
    vat_amount: 'مبلغ الضريبة',
    price_after_vat: 'سعر الوحدة شاملًا الضريبة',
    total_price_after_vat: 'المبلغ شاملًا الضريبة',
    subtotal_after_vat: 'المجموع الفرعي شاملًا الضريبة',
    vat_exempt: 'معفى من الضريبة',
    vat_id: 'الرقم الضريبي',
    customer_vat_id: 'رقمكم الضريبي',
  },
  he: {
    vat: 'מס',
    vat_amount: 'סכום המס',
    price_after_vat: 'מחיר יחידה כולל מס',
    total_price_after_vat: 'סכום כולל מס',
    subtotal_after_vat: 'סכום ביניים כולל מס',
    vat_exempt: 'פטור ממס',
    vat_id: 'מספר מס',
    customer_vat_id: 'מספר המס שלכם',
  },
}
