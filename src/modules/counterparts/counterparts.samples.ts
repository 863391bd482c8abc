/** Counterparts for tests and demonstrations. */

/** The first guide's own customer, blank fields included. */
export const acme = {
  type: 'organization',
  organization: {
    legal_name: 'Acme GmbH',
    is_vendor: false,
    is_customer: true,
    phone: '+4930774619876',
    email: 'acme@example.com',
    address: { country: 'DE', city: 'Berlin', postal_code: '10119', state: '', line1: 'Flughafenstrasse 52', line2: '' },
  },
  language: 'de',
  tax_id: '12/345/67890',
} as const

export const dana = {
  type: 'individual',
  individual: {
    first_name: 'Dana',
    last_name: 'Cruz',
    title: 'Dr.',
    email: 'dana@example.com',
    is_vendor: true,
    is_customer: false,
    address: { country: 'US', city: 'Portland', postal_code: '97201', state: 'OR', line1: '1 Main Street' },
  },
} as const

export const marseille = { country: 'FR', city: 'Marseille', postal_code: '13001', line1: '3 rue de Rome' } as const

/** An organization of another name, otherwise like Acme. */
export const organizationCalled = (legal_name: string, changes: object = {}) => ({
  ...acme,
  organization: { ...acme.organization, legal_name, ...changes },
})
