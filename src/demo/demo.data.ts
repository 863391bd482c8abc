import { actionsOf, objectTypes } from '../platform/auth/permissions.ts'

/** The demo company and what it did in the last year. All of it is made up. */

export const company = {
  type: 'organization',
  email: 'rechnung@nordlicht.example',
  phone: '+494012345678',
  website: 'https://nordlicht.example',
  tax_id: '22/718/04561',
  registration_number: 'HRB 148312',
  registration_authority: 'Amtsgericht Hamburg',
  address: { country: 'DE', city: 'Hamburg', postal_code: '20459', line1: 'Deichstraße 19' },
  organization: { legal_name: 'Nordlicht Studio GmbH' },
}

export const bankAccount = {
  currency: 'EUR',
  country: 'DE',
  iban: 'DE89370400440532013000',
  bic: 'COBADEFFXXX',
  bank_name: 'Commerzbank',
  account_holder_name: 'Nordlicht Studio GmbH',
  display_name: 'Main account',
}

type Permission = 'allowed' | 'allowed_for_own' | 'not_allowed'
const may = (objects: Record<string, Permission>) => ({
  objects: Object.entries(objects).map(([object_type, permission]) => ({
    object_type,
    actions: ['create', 'read', 'update', 'delete'].map((action_name) => ({ action_name, permission })),
  })),
})
/** All that a role can allow. */
const everything = {
  objects: objectTypes.map((object_type) => ({
    object_type,
    actions: actionsOf(object_type).map((action_name) => ({ action_name, permission: 'allowed' })),
  })),
}

export const users = [
  {
    login: 'lena',
    first_name: 'Lena',
    last_name: 'Hansen',
    email: 'lena@nordlicht.example',
    role: { name: 'Owner', permissions: everything },
  },
  {
    login: 'jonas',
    first_name: 'Jonas',
    last_name: 'Petersen',
    email: 'jonas@nordlicht.example',
    role: { name: 'Sales', permissions: may({ receivable: 'allowed_for_own', counterpart: 'allowed', product: 'allowed' }) },
  },
  {
    login: 'mira',
    first_name: 'Mira',
    last_name: 'Aydın',
    email: 'mira@nordlicht.example',
    role: {
      name: 'Bookkeeping',
      permissions: may({ receivable: 'allowed', counterpart: 'allowed', counterpart_vat_id: 'allowed', tag: 'allowed' }),
    },
  },
]

export const products: {
  name: string
  description?: string
  type: 'product' | 'service'
  price: { currency: string; value: number }
  unit: 'hour' | 'piece'
}[] = [
  {
    name: 'Brand strategy workshop',
    description: 'One day with two consultants',
    type: 'service',
    price: { currency: 'EUR', value: 240000 },
    unit: 'piece',
  },
  { name: 'Interface design', type: 'service', price: { currency: 'EUR', value: 11500 }, unit: 'hour' },
  { name: 'Front-end development', type: 'service', price: { currency: 'EUR', value: 12500 }, unit: 'hour' },
  {
    name: 'Hosting and care',
    description: 'Per month, with daily backups',
    type: 'service',
    price: { currency: 'EUR', value: 18900 },
    unit: 'piece',
  },
  {
    name: 'Photography licence',
    description: 'Online use, two years',
    type: 'product',
    price: { currency: 'EUR', value: 32000 },
    unit: 'piece',
  },
  { name: 'Printed style guide', type: 'product', price: { currency: 'EUR', value: 4950 }, unit: 'piece' },
]

interface Customer {
  type: 'organization' | 'individual'
  tax_id?: string
  language?: string
  organization?: object
  individual?: object
  vat_id?: { country: string; type: string; value: string }
  contact?: object
}

const at = (country: string, city: string, postal_code: string, line1: string, state?: string) => ({
  country,
  city,
  postal_code,
  line1,
  ...(state && { state }),
})
const firm = (legal_name: string, email: string, address: object) => ({
  legal_name,
  email,
  is_customer: true,
  is_vendor: false,
  address,
})

export const customers: Customer[] = [
  {
    type: 'organization',
    language: 'de',
    tax_id: '48/123/45678',
    organization: firm(
      'Kaffeerösterei Elbe GmbH',
      'buchhaltung@elbkaffee.example',
      at('DE', 'Hamburg', '22767', 'Große Elbstraße 145'),
    ),
    vat_id: { country: 'DE', type: 'eu_vat', value: 'DE811234567' },
    contact: {
      first_name: 'Thea',
      last_name: 'Brandt',
      email: 'thea@elbkaffee.example',
      address: at('DE', 'Hamburg', '22767', 'Große Elbstraße 145'),
    },
  },
  {
    type: 'organization',
    language: 'fr',
    organization: firm('Maison Clément SARL', 'compta@clement.example', at('FR', 'Lyon', '69002', '12 rue Mercière')),
    vat_id: { country: 'FR', type: 'eu_vat', value: 'FR40303265045' },
  },
  {
    type: 'organization',
    language: 'nl',
    organization: firm(
      'Van den Berg Fietsen B.V.',
      'facturen@vdbfietsen.example',
      at('NL', 'Utrecht', '3511 LN', 'Oudegracht 220'),
    ),
    vat_id: { country: 'NL', type: 'eu_vat', value: 'NL004495445B01' },
  },
  {
    type: 'individual',
    language: 'de',
    individual: {
      first_name: 'Amara',
      last_name: 'Okafor',
      email: 'amara@okafor.example',
      is_customer: true,
      is_vendor: false,
      address: at('DE', 'Berlin', '10997', 'Wrangelstraße 8'),
    },
  },
  {
    type: 'organization',
    language: 'en',
    tax_id: '19/222/33344',
    organization: firm('Harbour Analytics GmbH', 'billing@harbour.example', at('DE', 'Bremen', '28195', 'Am Wall 137')),
  },
  {
    type: 'organization',
    language: 'es',
    organization: firm('Bodegas Montesol S.L.', 'cuentas@montesol.example', at('ES', 'Logroño', '26001', 'Calle Laurel 9')),
    vat_id: { country: 'ES', type: 'eu_vat', value: 'ESB26123456' },
  },
]

type State = 'draft' | 'issued' | 'paid' | 'partially_paid' | 'overdue' | 'uncollectible' | 'canceled'
interface Plan {
  customer: number
  daysAgo: number
  state: State
  lines: [product: number, quantity: number][]
  memo?: string
  discount?: number
}

const thanks = 'Thank you for working with us, {contact_name}.'

/** The months before the last quarter: three customers each month, who all paid. */
const before = [11, 10, 9, 8, 7, 6, 5, 4, 3].flatMap((month): Plan[] => [
  { customer: 4, daysAgo: month * 30 + 20, state: 'paid', lines: [[2, 48 + ((month * 5) % 11)]] },
  {
    customer: 2,
    daysAgo: month * 30 + 12,
    state: 'paid',
    lines: [
      [0, 1],
      [1, 18 + (month % 4)],
    ],
  },
  {
    customer: 0,
    daysAgo: month * 30 + 4,
    state: 'paid',
    lines: [
      [3, 1],
      [0, 1],
      [2, 6 + ((month * 3) % 5)],
    ],
  },
])

/** A year, oldest first. */
export const invoices: Plan[] = before.concat([
  { customer: 0, daysAgo: 90, state: 'paid', lines: [[0, 1]], memo: thanks },
  { customer: 1, daysAgo: 88, state: 'uncollectible', lines: [[1, 6.5]] },
  {
    customer: 4,
    daysAgo: 85,
    state: 'paid',
    lines: [
      [2, 24],
      [3, 1],
    ],
  },
  { customer: 3, daysAgo: 82, state: 'canceled', lines: [[5, 2]] },
  {
    customer: 2,
    daysAgo: 79,
    state: 'paid',
    lines: [
      [1, 12],
      [2, 8],
    ],
  },
  { customer: 5, daysAgo: 76, state: 'paid', lines: [[4, 3]], discount: 500 },
  { customer: 0, daysAgo: 73, state: 'paid', lines: [[3, 1]] },
  { customer: 4, daysAgo: 70, state: 'overdue', lines: [[2, 40]] },
  {
    customer: 1,
    daysAgo: 67,
    state: 'paid',
    lines: [
      [1, 9],
      [5, 10],
    ],
  },
  { customer: 3, daysAgo: 64, state: 'paid', lines: [[5, 1]] },
  {
    customer: 2,
    daysAgo: 60,
    state: 'partially_paid',
    lines: [
      [0, 1],
      [1, 10],
    ],
  },
  {
    customer: 0,
    daysAgo: 57,
    state: 'paid',
    lines: [
      [3, 1],
      [4, 1],
    ],
  },
  { customer: 5, daysAgo: 54, state: 'canceled', lines: [[4, 1]] },
  { customer: 4, daysAgo: 50, state: 'paid', lines: [[2, 16]], memo: thanks },
  { customer: 1, daysAgo: 46, state: 'paid', lines: [[1, 4.25]] },
  {
    customer: 2,
    daysAgo: 43,
    state: 'overdue',
    lines: [
      [3, 3],
      [2, 6],
    ],
  },
  { customer: 0, daysAgo: 40, state: 'paid', lines: [[3, 1]] },
  { customer: 3, daysAgo: 36, state: 'paid', lines: [[4, 2]], discount: 1000 },
  { customer: 5, daysAgo: 33, state: 'overdue', lines: [[0, 1]] },
  {
    customer: 4,
    daysAgo: 30,
    state: 'partially_paid',
    lines: [
      [2, 30],
      [1, 14],
    ],
  },
  { customer: 1, daysAgo: 27, state: 'paid', lines: [[5, 25]] },
  { customer: 2, daysAgo: 24, state: 'paid', lines: [[1, 7.5]] },
  {
    customer: 0,
    daysAgo: 20,
    state: 'overdue',
    lines: [
      [3, 1],
      [5, 4],
    ],
  },
  { customer: 3, daysAgo: 17, state: 'overdue', lines: [[1, 2]] },
  { customer: 4, daysAgo: 12, state: 'issued', lines: [[2, 20]] },
  { customer: 5, daysAgo: 10, state: 'partially_paid', lines: [[4, 4]] },
  {
    customer: 1,
    daysAgo: 8,
    state: 'issued',
    lines: [
      [0, 1],
      [1, 5],
    ],
    memo: thanks,
  },
  { customer: 2, daysAgo: 6, state: 'issued', lines: [[3, 2]] },
  {
    customer: 0,
    daysAgo: 4,
    state: 'issued',
    lines: [
      [3, 1],
      [2, 9],
      [5, 6],
    ],
    discount: 250,
  },
  { customer: 4, daysAgo: 2, state: 'issued', lines: [[2, 11.75]] },
  { customer: 3, daysAgo: 1, state: 'draft', lines: [[5, 3]] },
  {
    customer: 1,
    daysAgo: 0,
    state: 'draft',
    lines: [
      [0, 2],
      [1, 20],
      [4, 1],
    ],
  },
])
