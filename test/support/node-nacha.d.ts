/** The part of it that tests use: it has no types of its own. */
declare module '@midlandsbank/node-nacha' {
  interface Entry {
    readonly amount: number
    readonly dfiAccount: string
    readonly identificationNumber: string
    readonly receivingCompanyName: string
    readonly receivingDFIIdentification: number
    readonly checkDigit: number
  }
  interface Ach {
    readonly data: { readonly batches: readonly { readonly entries: readonly Entry[] }[] }
    to(format: 'ach'): string
  }
  const nacha: { from(source: { readonly format: 'ach'; readonly source: string }): Ach }
  export default nacha
}
