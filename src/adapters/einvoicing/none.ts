import type { EinvoiceDirectory } from '../../ports/einvoicing.ts'

/** Without a provider nobody can be looked up, and so nobody can be reached. */
export const noDirectory: EinvoiceDirectory = { knows: async () => false }
