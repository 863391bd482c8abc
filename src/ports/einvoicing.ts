/** Who can be reached in a network for e-invoices. */
export interface EinvoiceDirectory {
  /** Whether somebody takes e-invoices under this number, e.g. `0060` and a DUNS number. */
  knows(scheme: string, identifier: string): Promise<boolean>
}
