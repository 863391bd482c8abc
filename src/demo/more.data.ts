/** What the demo company buys, and what its sisters abroad do. All of it is made up. */

interface Vendor {
  readonly name: string
  readonly email: string
  readonly vat_id: string
  readonly iban: string
  readonly address: { country: string; city: string; postal_code: string; line1: string }
  /** What it sells: lines with prices in minor units. */
  readonly sells: readonly (readonly [name: string, price: number])[]
  readonly accent: number
}

export const vendors: readonly Vendor[] = [
  {
    name: 'Druckhaus Alster GmbH',
    email: 'rechnung@druckhaus-alster.example',
    vat_id: 'DE136695976',
    iban: 'DE02120300000000202051',
    address: { country: 'DE', city: 'Hamburg', postal_code: '20357', line1: 'Schanzenstraße 44' },
    sells: [
      ['Broschüren, 2.000 Stück', 89000],
      ['Plakate A1', 42500],
    ],
    accent: 0,
  },
  {
    name: 'Serverraum Nord GmbH',
    email: 'billing@serverraum-nord.example',
    vat_id: 'DE129273398',
    iban: 'DE02500105170137075030',
    address: { country: 'DE', city: 'Kiel', postal_code: '24103', line1: 'Hafenstraße 9' },
    sells: [
      ['Hosting, Monat', 24900],
      ['Datensicherung, Monat', 4900],
    ],
    accent: 1,
  },
  {
    name: 'Büroservice Petersen',
    email: 'kontor@petersen.example',
    vat_id: 'DE143593636',
    iban: 'DE02100500000054540402',
    address: { country: 'DE', city: 'Hamburg', postal_code: '22765', line1: 'Ottenser Hauptstraße 21' },
    sells: [
      ['Reinigung der Büroräume', 38000],
      ['Fensterreinigung', 12000],
    ],
    accent: 2,
  },
]

/** How far a bill is by today. */
type BillState = 'new' | 'approval' | 'waiting' | 'paid' | 'rejected' | 'by mail'

interface Bill {
  readonly vendor: number
  readonly daysAgo: number
  readonly state: BillState
  readonly times: number
}

/** The months before the last quarter: hosting every month, and cleaning every other. */
const earlier = [11, 10, 9, 8, 7, 6, 5, 4, 3].flatMap((month): Bill[] => {
  const hosting: Bill = { vendor: 1, daysAgo: month * 30 + 18, state: 'paid', times: 1 }
  return month % 2 === 0 ? [hosting] : [hosting, { vendor: 2, daysAgo: month * 30 + 5, state: 'paid', times: 2 }]
})

/** Bills of a year: by whom, when, how far, and how many of its lines. */
export const bills: readonly Bill[] = earlier.concat([
  { vendor: 1, daysAgo: 80, state: 'paid', times: 1 },
  { vendor: 2, daysAgo: 64, state: 'paid', times: 2 },
  { vendor: 1, daysAgo: 50, state: 'paid', times: 1 },
  { vendor: 0, daysAgo: 41, state: 'waiting', times: 1 },
  { vendor: 2, daysAgo: 33, state: 'rejected', times: 4 },
  { vendor: 1, daysAgo: 20, state: 'waiting', times: 1 },
  { vendor: 0, daysAgo: 9, state: 'approval', times: 3 },
  { vendor: 2, daysAgo: 5, state: 'approval', times: 2 },
  { vendor: 1, daysAgo: 2, state: 'new', times: 1 },
  { vendor: 0, daysAgo: 1, state: 'by mail', times: 1 },
])

interface Order {
  readonly vendor: number
  readonly daysAgo: number
  readonly sent: boolean
  readonly message: string
  readonly items: readonly (readonly [name: string, quantity: number, price: number])[]
}

/** What was ordered: of the first one the bill came four days later. */
export const orders: readonly Order[] = [
  {
    vendor: 0,
    daysAgo: 45,
    sent: true,
    message: 'Bitte liefern Sie bis Ende des Monats an unsere Adresse in Hamburg.',
    items: [
      ['Broschüren, 2.000 Stück', 1, 89000],
      ['Plakate A1', 1, 42500],
    ],
  },
  {
    vendor: 2,
    daysAgo: 3,
    sent: false,
    message: 'Bitte reinigen Sie vor dem Tag der offenen Tür auch die Fenster.',
    items: [['Fensterreinigung', 2, 12000]],
  },
]

interface Sister {
  readonly company: object
  /** The chart of its accounts. */
  readonly chart: string
  readonly currency: string
  readonly account: object
  readonly vat_id: { country: string; type: string; value: string } | null
  readonly customer: object
  readonly product: { name: string; price: number }
  /** In hundredths of a percent. */
  readonly rate: number
  /** Months back in which an invoice was issued, with how many of the product. */
  readonly months: readonly (readonly [months: number, quantity: number])[]
}

const year = Array.from({ length: 12 }, (_, i) => [11 - i, 4 + ((i * 5) % 7)] as const)

export const sisters: readonly Sister[] = [
  {
    company: {
      type: 'organization',
      email: 'compta@atelier-riviere.example',
      phone: '+33472000000',
      tax_id: '732829320',
      address: { country: 'FR', city: 'Lyon', postal_code: '69001', line1: '4 quai Saint-Vincent' },
      organization: { legal_name: 'Atelier Rivière SARL' },
    },
    chart: 'pcg',
    currency: 'EUR',
    account: { currency: 'EUR', country: 'FR', iban: 'FR1420041010050500013M02606', account_holder_name: 'Atelier Rivière SARL' },
    vat_id: { country: 'FR', type: 'eu_vat', value: 'FR44732829320' },
    customer: {
      type: 'organization',
      language: 'fr',
      tax_id: '303265045',
      organization: {
        legal_name: 'Papeterie des Terreaux SAS',
        email: 'achats@terreaux.example',
        is_customer: true,
        is_vendor: false,
        address: { country: 'FR', city: 'Lyon', postal_code: '69001', line1: '8 place des Terreaux' },
      },
    },
    product: { name: 'Illustration', price: 68000 },
    rate: 2000,
    months: year,
  },
  {
    company: {
      type: 'organization',
      email: 'billing@harborlight.example',
      phone: '+16175550123',
      tax_id: '123456789',
      address: { country: 'US', state: 'MA', city: 'Boston', postal_code: '02110', line1: '88 Broad Street' },
      organization: { legal_name: 'Harborlight Design Inc.' },
    },
    chart: 'general',
    currency: 'USD',
    account: {
      currency: 'USD',
      country: 'US',
      account_number: '000123456789',
      routing_number: '021000021',
      account_holder_name: 'Harborlight Design Inc.',
    },
    vat_id: null,
    customer: {
      type: 'organization',
      language: 'en',
      tax_id: '987654321',
      organization: {
        legal_name: 'Common Street Books LLC',
        email: 'ap@commonstreet.example',
        is_customer: true,
        is_vendor: false,
        address: { country: 'US', state: 'MA', city: 'Cambridge', postal_code: '02139', line1: '12 Pearl Street' },
      },
    },
    product: { name: 'Design retainer', price: 95000 },
    rate: 0,
    months: year,
  },
]
