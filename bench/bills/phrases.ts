/** What only some layouts say: carried sums, sections, receipts, bills of accounts. By language; alternatives are parted by `|`. All invented. */

export interface Phrases {
  readonly carried: string
  readonly brought: string
  /** Titles of sections, and what the sum of one is called; `{t}` stands for the title. */
  readonly building_sections: readonly string[]
  readonly telecom_sections: readonly string[]
  readonly section_sum: string
  readonly receipt: string
  readonly receipt_number: string
  readonly sum: string
  readonly card: string
  readonly given: string
  readonly change: string
  readonly piece: string
  /** Heads of the table of rates: rate, net, tax, gross. */
  readonly rates: readonly [string, string, string, string]
  readonly thanks: string
  /** Wages within the sum: `{n}` is an amount that is no sum of the bill. */
  readonly wages: string
  readonly previous: string
  readonly received: string
  readonly forward: string
  readonly current: string
  readonly account: string
  readonly detach: string
  /** Work at a building: what, by which unit, and how it is told at length. */
  readonly building: readonly (readonly [name: string, unit: string, text: string])[]
  readonly telecom: readonly string[]
  readonly groceries: readonly string[]
}

export const phrases: Readonly<Record<string, Phrases>> = {
  en: {
    carried: 'Carried forward|Balance carried forward',
    brought: 'Brought forward|Balance brought forward',
    building_sections: ['Strip out', 'Supply and fix', 'Decoration'],
    telecom_sections: ['Landline and broadband', 'Mobile 07700 900142', 'One-off charges'],
    section_sum: 'Total {t}|Sub-total {t}',
    receipt: 'SALES RECEIPT|RECEIPT',
    receipt_number: 'Receipt no.|Receipt #|Ticket no.',
    sum: 'TOTAL|TOTAL TO PAY|BALANCE DUE',
    card: 'VISA DEBIT',
    given: 'CASH',
    change: 'CHANGE',
    piece: 'x',
    rates: ['VAT', 'Net', 'Tax', 'Gross'],
    thanks: 'THANK YOU FOR SHOPPING WITH US|PLEASE KEEP YOUR RECEIPT',
    wages: 'Labour included in the above: {n}.',
    previous: 'Previous balance',
    received: 'Payment received - thank you',
    forward: 'Balance forward',
    current: 'Current charges',
    account: 'Account number|Acct. No.|Account #',
    detach: 'Please detach and return this portion with your payment',
    building: [
      [
        'Plasterboard ceiling',
        'm²',
        'Supply and fix 12.5 mm board on timber battens, joints taped and filled to receive paint, waste removed',
      ],
      ['Skirting', 'm', 'MDF primed, 18 x 120 mm, mitred at corners, glued and pinned, gaps caulked'],
      ['Joiner', 'hrs', 'Making good around existing door linings, as instructed on site'],
      ['Skip hire', 'item', '6 yd skip incl. delivery, collection and disposal'],
    ],
    telecom: [
      'Broadband 500',
      'Line rental',
      'Unlimited UK calls',
      'Mobile plan 20 GB',
      'Roaming day pass',
      'Device instalment 7 of 24',
      'Static IP address',
      'Delivery of SIM card',
    ],
    groceries: [
      'SEMI SKIMMED MILK',
      'WHITE BLOOMER',
      'BANANAS LOOSE',
      'CHEDDAR MATURE',
      'DISHWASHER TABS',
      'ORANGE JUICE 1L',
      'BIRO BLACK 4PK',
      'FREE RANGE EGGS',
    ],
  },
  de: {
    carried: 'Übertrag|Übertrag auf Seite 2|Zwischensumme (Übertrag)',
    brought: 'Übertrag|Übertrag von Seite 1',
    building_sections: ['Demontage und Entsorgung', 'Sanitärinstallation', 'Trockenbau'],
    telecom_sections: ['Festnetz und Internet', 'Mobilfunk 0151 20001428', 'Einmalige Leistungen'],
    section_sum: 'Summe {t}|Zwischensumme {t}',
    receipt: 'KASSENBON|RECHNUNG / QUITTUNG',
    receipt_number: 'Bon-Nr.|Beleg-Nr.|Bonnummer',
    sum: 'SUMME|SUMME EUR|Zu zahlen',
    card: 'girocard',
    given: 'Gegeben bar',
    change: 'Rückgeld',
    piece: 'Stk x',
    rates: ['MwSt', 'Netto', 'Steuer', 'Brutto'],
    thanks: 'VIELEN DANK FÜR IHREN EINKAUF|Es bediente Sie Frau Kühn',
    wages: 'Im Rechnungsbetrag sind Lohnkosten in Höhe von {n} enthalten (§ 35a EStG).',
    previous: 'Saldo vorheriger Rechnung',
    received: 'Zahlung erhalten',
    forward: 'Saldovortrag',
    current: 'Aktuelle Rechnung',
    account: 'Kundenkonto|Vertragskonto',
    detach: 'Bitte abtrennen und der Zahlung beilegen',
    building: [
      [
        'Demontage Waschtisch',
        'Stk.',
        'inkl. Armatur, Siphon und Befestigung, Abtransport und fachgerechte Entsorgung des Altmaterials',
      ],
      [
        'Rohrleitung Kupfer 15 mm',
        'lfm',
        'liefern und verlegen, gepresst, einschl. Form- und Verbindungsstücke sowie Dämmung nach GEG 13 mm',
      ],
      ['Obermonteur', 'Std.', 'Arbeiten auf Nachweis gemäß Stundenzettel vom 12. bis 14., Herr Lindner'],
      ['GK-Wand doppelt beplankt', 'm²', 'Metallständerwerk CW 75, Mineralwolle 60 mm, Fugen verspachtelt Q2, Höhe bis 2,75 m'],
      ['Baustelleneinrichtung', 'psch', 'Vorhalten von Werkzeug und Schutzabdeckung während der Bauzeit'],
      ['Wandfliesen 30/60', 'qm', 'im Dünnbettverfahren auf vorbereitetem Untergrund verlegt und verfugt, Farbe weiß glänzend'],
    ],
    telecom: [
      'Internet 250',
      'Telefon Flat',
      'Mobilfunk Business M',
      'Datenoption 10 GB',
      'Roaming Tagespass',
      'Geräterate 7 von 24',
      'Feste IP-Adresse',
      'Versand SIM-Karte',
    ],
    groceries: [
      'H-MILCH 3,5%',
      'BAUERNBROT 750G',
      'BANANEN',
      'GOUDA JUNG',
      'SPÜLMASCHINENTABS',
      'ORANGENSAFT 1L',
      'KUGELSCHREIBER 4ER',
      'BIO EIER 10ER',
    ],
  },
  fr: {
    carried: 'À reporter|Total à reporter',
    brought: 'Report|Report page 1',
    building_sections: ['Dépose', 'Plomberie', 'Cloisons'],
    telecom_sections: ['Fixe et internet', 'Mobile 06 39 98 14 20', 'Frais ponctuels'],
    section_sum: 'Total {t}|Sous-total {t}',
    receipt: 'TICKET DE CAISSE|REÇU',
    receipt_number: 'Ticket n°|N° ticket',
    sum: 'TOTAL TTC|TOTAL EUR|A PAYER',
    card: 'CARTE BANCAIRE',
    given: 'ESPECES',
    change: 'RENDU',
    piece: 'x',
    rates: ['TVA', 'HT', 'Taxe', 'TTC'],
    thanks: 'MERCI DE VOTRE VISITE|A BIENTOT',
    wages: 'Dont main-d’œuvre : {n}.',
    previous: 'Solde précédent',
    received: 'Paiement reçu, merci',
    forward: 'Report de solde',
    current: 'Facture du mois',
    account: 'Compte client|N° de compte client',
    detach: 'À découper et à joindre à votre règlement',
    building: [
      ['Dépose lavabo', 'u', 'y compris robinetterie et évacuation des gravats en décharge'],
      ['Tube cuivre 16 mm', 'ml', 'fourniture et pose, raccords sertis, calorifuge 13 mm, fixations comprises'],
      ['Main-d’œuvre plombier', 'h', 'selon attachement signé, deux compagnons'],
      ['Cloison placo BA13', 'm²', 'ossature métallique, laine de verre 45 mm, joints finis, prêts à peindre'],
    ],
    telecom: [
      'Fibre Pro 500',
      'Abonnement téléphone',
      'Forfait mobile 20 Go',
      'Option roaming jour',
      'Adresse IP fixe',
      'Mensualité appareil 7/24',
      'Envoi carte SIM',
    ],
    groceries: [
      'LAIT DEMI ECREME',
      'PAIN CAMPAGNE',
      'BANANES VRAC',
      'COMTE 12 MOIS',
      'TABLETTES LV',
      'JUS ORANGE 1L',
      'STYLO NOIR X4',
      'OEUFS PLEIN AIR',
    ],
  },
}
