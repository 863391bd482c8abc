/** The numbers of every kind of document, for the kinds that live elsewhere. */
export { nextNumber } from './numbering.ts'
