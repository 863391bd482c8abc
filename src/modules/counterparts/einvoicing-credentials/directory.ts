import type { Static } from 'typebox'
import type { EinvoiceSchemaTypeEnum } from './einvoicing-credentials.schema.ts'

/** Who can be reached in a network for e-invoices. */
export interface EinvoiceDirectory {
  knows(scheme: Static<typeof EinvoiceSchemaTypeEnum>, identifier: string): Promise<boolean>
}

/** Without a provider nobody can be looked up, and so nobody can be reached. */
export const noDirectory: EinvoiceDirectory = { knows: async () => false }
