import type { Category } from './model.ts'

/** Why no VAT is asked, in the languages of our documents, with its code (VATEX list of the European Commission). */

type Reasoned = 'AE' | 'K' | 'G' | 'O' | 'E'

export const reasonCodes: Readonly<Partial<Record<Category, string>>> = {
  AE: 'VATEX-EU-AE',
  K: 'VATEX-EU-IC',
  G: 'VATEX-EU-G',
  O: 'VATEX-EU-O',
}

export const reasons: Readonly<Record<string, Readonly<Record<Reasoned, string>>>> = {
  en: {
    AE: 'Reverse charge: the customer owes the VAT',
    K: 'Exempt intra-Community supply',
    G: 'Exempt export outside the European Union',
    O: 'Not subject to VAT',
    E: 'Exempt from VAT',
  },
  de: {
    AE: 'Steuerschuldnerschaft des Leistungsempfängers',
    K: 'Steuerfreie innergemeinschaftliche Lieferung',
    G: 'Steuerfreie Ausfuhrlieferung',
    O: 'Nicht steuerbar',
    E: 'Von der Umsatzsteuer befreit',
  },
  fr: {
    AE: 'Autoliquidation',
    K: 'Livraison intracommunautaire exonérée',
    G: 'Exportation exonérée',
    O: 'Hors du champ de la TVA',
    E: 'Exonéré de TVA',
  },
  nl: {
    AE: 'Btw verlegd',
    K: 'Vrijgestelde intracommunautaire levering',
    G: 'Vrijgestelde uitvoer',
    O: 'Niet aan btw onderworpen',
    E: 'Vrijgesteld van btw',
  },
  es: {
    AE: 'Inversión del sujeto pasivo',
    K: 'Entrega intracomunitaria exenta',
    G: 'Exportación exenta',
    O: 'No sujeto al IVA',
    E: 'Exento de IVA',
  },
  pt: {
    AE: 'IVA - autoliquidação',
    K: 'Transmissão intracomunitária isenta',
    G: 'Exportação isenta',
    O: 'Não sujeito a IVA',
    E: 'Isento de IVA',
  },
  it: {
    AE: 'Inversione contabile',
    K: 'Cessione intracomunitaria non imponibile',
    G: "Cessione all'esportazione non imponibile",
    O: 'Fuori campo IVA',
    E: 'Esente da IVA',
  },
  pl: {
    AE: 'Odwrotne obciążenie',
    K: 'Wewnątrzwspólnotowa dostawa towarów, stawka 0 %',
    G: 'Eksport towarów poza Unię Europejską, stawka 0 %',
    O: 'Nie podlega VAT',
    E: 'Zwolnione z VAT',
  },
  ar: {
    AE: 'الاحتساب العكسي: العميل مدين بالضريبة',
    K: 'توريد معفى داخل الاتحاد الأوروبي',
    G: 'تصدير معفى إلى خارج الاتحاد الأوروبي',
    O: 'غير خاضع لضريبة القيمة المضافة',
    E: 'معفى من ضريبة القيمة المضافة',
  },
  he: {
    AE: 'חיוב הפוך: הלקוח חייב במע"מ',
    K: 'אספקה פטורה בתוך האיחוד האירופי',
    G: 'יצוא פטור אל מחוץ לאיחוד האירופי',
    O: 'אינו כפוף למע"מ',
    E: 'פטור ממע"מ',
  },
}

/** Words by which people say that the customer owes the tax of a domestic sale. */
const REVERSE =
  /reverse[\s-]?charge|steuerschuldnerschaft|§\s*13\s*b|13b\s*ustg|autoliquid|inversi[oó]n del sujeto pasivo|inversione contabile|btw verlegd|verlegging|odwrotne obci|medecontractant|cocontractant|omvänd|omvendt/i
export const saysReverseCharge = (rationale: string | null): boolean => rationale !== null && REVERSE.test(rationale)

/** The code of an exemption that its words name beyond doubt; most have none. */
export function exemptionCode(rationale: string | null): string | null {
  return rationale && /293\s*B\b/i.test(rationale) ? 'VATEX-FR-FRANCHISE' : null
}

/** Names of what is taken off, of withheld tax, and of a document that takes back. `{…}` stands for a value. */
export interface Words {
  readonly discount: string
  readonly withheld: string
  readonly deducted: string
  readonly credited: string
  readonly credited_of: string
  readonly early: string
  readonly due: string
  readonly page: string
}
export const wordsIn: Readonly<Record<string, Words>> = {
  en: {
    discount: 'Discount',
    withheld: 'Withholding tax of {rate} %: {amount}',
    deducted: 'Deducted: {name} {amount}',
    credited: 'Credit note for invoice {number}',
    credited_of: 'Credit note for invoice {number} of {date}',
    early: '{percent} % discount for payment until {date}',
    due: 'Payable until {date}',
    page: 'Pay online: {url}',
  },
  de: {
    discount: 'Rabatt',
    withheld: 'Einbehaltene Steuer von {rate} %: {amount}',
    deducted: 'Abzug: {name} {amount}',
    credited: 'Gutschrift zur Rechnung {number}',
    credited_of: 'Gutschrift zur Rechnung {number} vom {date}',
    early: '{percent} % Skonto bei Zahlung bis {date}',
    due: 'Zahlbar bis {date}',
    page: 'Online bezahlen: {url}',
  },
  fr: {
    discount: 'Remise',
    withheld: 'Retenue à la source de {rate} % : {amount}',
    deducted: 'Déduction : {name} {amount}',
    credited: 'Avoir sur la facture {number}',
    credited_of: 'Avoir sur la facture {number} du {date}',
    early: "{percent} % d'escompte pour paiement avant le {date}",
    due: "Payable jusqu'au {date}",
    page: 'Payer en ligne : {url}',
  },
  nl: {
    discount: 'Korting',
    withheld: 'Ingehouden belasting van {rate} %: {amount}',
    deducted: 'Aftrek: {name} {amount}',
    credited: 'Creditnota bij factuur {number}',
    credited_of: 'Creditnota bij factuur {number} van {date}',
    early: '{percent} % korting bij betaling tot {date}',
    due: 'Te betalen tot {date}',
    page: 'Online betalen: {url}',
  },
  es: {
    discount: 'Descuento',
    withheld: 'Retención del {rate} %: {amount}',
    deducted: 'Deducción: {name} {amount}',
    credited: 'Factura rectificativa de la factura {number}',
    credited_of: 'Factura rectificativa de la factura {number} de {date}',
    early: '{percent} % de descuento por pago hasta {date}',
    due: 'A pagar hasta {date}',
    page: 'Pagar en línea: {url}',
  },
  pt: {
    discount: 'Desconto',
    withheld: 'Retenção de {rate} %: {amount}',
    deducted: 'Dedução: {name} {amount}',
    credited: 'Nota de crédito da fatura {number}',
    credited_of: 'Nota de crédito da fatura {number} de {date}',
    early: '{percent} % de desconto para pagamento até {date}',
    due: 'A pagar até {date}',
    page: 'Pagar online: {url}',
  },
  it: {
    discount: 'Sconto',
    withheld: "Ritenuta d'acconto del {rate} %: {amount}",
    deducted: 'Deduzione: {name} {amount}',
    credited: 'Nota di credito della fattura {number}',
    credited_of: 'Nota di credito della fattura {number} del {date}',
    early: '{percent} % di sconto per pagamento entro il {date}',
    due: 'Da pagare entro il {date}',
    page: 'Pagare online: {url}',
  },
  pl: {
    discount: 'Rabat',
    withheld: 'Podatek u źródła {rate} %: {amount}',
    deducted: 'Potrącenie: {name} {amount}',
    credited: 'Korekta faktury {number}',
    credited_of: 'Korekta faktury {number} z dnia {date}',
    early: '{percent} % rabatu przy zapłacie do {date}',
    due: 'Płatne do {date}',
    page: 'Zapłać online: {url}',
  },
  ar: {
    discount: 'خصم',
    withheld: 'ضريبة مستقطعة {rate} %: {amount}',
    deducted: 'خصم: {name} {amount}',
    credited: 'إشعار دائن للفاتورة {number}',
    credited_of: 'إشعار دائن للفاتورة {number} بتاريخ {date}',
    early: 'خصم {percent} % عند الدفع حتى {date}',
    due: 'مستحق الدفع حتى {date}',
    page: 'ادفع عبر الإنترنت: {url}',
  },
  he: {
    discount: 'הנחה',
    withheld: 'ניכוי מס במקור {rate} %: {amount}',
    deducted: 'ניכוי: {name} {amount}',
    credited: 'זיכוי לחשבונית {number}',
    credited_of: 'זיכוי לחשבונית {number} מיום {date}',
    early: '{percent} % הנחה בתשלום עד {date}',
    due: 'לתשלום עד {date}',
    page: 'תשלום מקוון: {url}',
  },
}

/** A sentence with its values. */
export const filled = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '').replace(/\s+$/, '')
