import { expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { readTerms } from './terms.ts'

const none = { due_date: null, days: null, early: [] }

test.each([
  ['Zahlbar ohne Abzug bis zum 09.02.2031.', { ...none, due_date: '2031-02-09' }],
  ['Fällig am 9.2.31', { ...none, due_date: '2031-02-09' }],
  ['Payable by 2031-02-09, please quote the number', { ...none, due_date: '2031-02-09' }],
  ['À régler au plus tard le 09/02/2031', { ...none, due_date: '2031-02-09' }],
  ['Da pagare entro il 09/02/2031', { ...none, due_date: '2031-02-09' }],
  ['Uiterlijk op 09-02-2031 te voldoen', { ...none, due_date: '2031-02-09' }],
  ['Vence el 09/02/2031', { ...none, due_date: '2031-02-09' }],
  ['Bitte 119,00 EUR innerhalb von 14 Tagen zahlen.', { ...none, days: 14 }],
  ['Payment within 30 days', { ...none, days: 30 }],
  ['Paiement à 45 jours', { ...none, days: 45 }],
  ['Pago a 60 días', { ...none, days: 60 }],
  ['Pagamento a 30 giorni', { ...none, days: 30 }],
  ['Betaling binnen 14 dagen', { ...none, days: 14 }],
  ['Net 30', { ...none, days: 30 }],
  ['2/10 net 30', { ...none, days: 30, early: [{ days: 10, discount: 200 }] }],
  ['14 Tage 2 % Skonto, 30 Tage netto', { ...none, days: 30, early: [{ days: 14, discount: 200 }] }],
  ['2% 10, Net 30', { ...none, days: 30, early: [{ days: 10, discount: 200 }] }],
  [
    'Zahlbar innerhalb von 10 Tagen mit 2 % Skonto (116,62 €), 30 Tage netto.',
    { ...none, days: 30, early: [{ days: 10, discount: 200 }] },
  ],
  ['Bis zum 15.01.2031 abzgl. 2 % Skonto = 116,62 EUR, bis zum 09.02.2031 netto', { ...none, due_date: '2031-02-09' }],
  ['2 % discount if paid by 15.01.2031, otherwise payable by 09.02.2031', { ...none, due_date: '2031-02-09' }],
  ['Zahlbar bis 09.02.2031, danach 9 % Zinsen', { ...none, due_date: '2031-02-09' }],
  ['3 % Skonto bis 15.01.2031', none],
  [
    '2% Skonto bei Zahlung innerhalb von 14 Tagen, sonst 30 Tage netto',
    { ...none, days: 30, early: [{ days: 14, discount: 200 }] },
  ],
  ['3 % discount if paid within 7 days, otherwise 30 days', { ...none, days: 30, early: [{ days: 7, discount: 300 }] }],
  [
    '#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=7#PROZENT=3.00#\n30 Tage netto',
    {
      ...none,
      days: 30,
      early: [
        { days: 7, discount: 300 },
        { days: 14, discount: 200 },
      ],
    },
  ],
])('%s', (text, found) => {
  expect(readTerms(text)).toEqual(found)
})

test.each([
  'Bitte überweisen Sie 119,00 EUR auf DE89 3704 0044 0532 0130 00.',
  'Bei Verzug berechnen wir 9 % Zinsen.',
  'Kundennummer 4711, Rechnung 20310110',
  'Tel. 030 123456',
  'Zahlbar sofort, Konto 30 40 50',
  '10 Tage oder 20 Tage, wie vereinbart',
  'Paiement à 30 jours fin de mois',
  'Net 30 EOM',
  'Bonifico 30 gg fine mese',
  'Zahlbar 30 Tage ab Monatsende',
  'Fällig am 31.02.2031',
])('nothing is guessed from: %s', (text) => {
  expect(readTerms(text)).toEqual(none)
})

test('a discount whose days don’t come before the last ones is left out', () => {
  expect(readTerms('2% / 30, net 10')).toEqual({ ...none, days: 10 })
})

test('long texts take no long time', () => {
  const used_ms = processorTime()
  for (const piece of ['2 % ', '14 tage ', 'bis zum ', '#SKONTO#TAGE=1#', '1/1 ', 'net ']) readTerms(piece.repeat(20_000))
  expect(used_ms()).toBeLessThan(1_500)
})
