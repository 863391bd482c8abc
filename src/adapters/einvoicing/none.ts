import { type EinvoiceNetwork, NetworkRefusal } from '../../ports/einvoicing.ts'

const unconfigured = async (): Promise<never> => {
  throw new NetworkRefusal('E-invoicing transport is not configured')
}

/** Without a network nobody can be looked up, and so nobody can be reached. */
export const noNetwork: EinvoiceNetwork = {
  name: 'none',
  register: unconfigured,
  unregister: async () => {},
  knows: async () => false,
  send: unconfigured,
  news: async () => [],
  settle: async () => {},
}
