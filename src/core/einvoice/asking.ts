/** How rules ask: whatever does not hold is said under the rule's name, with the field of the request that mends it. */
export type Asks = (rule: string, holds: boolean, message: string, field?: string | null) => unknown
export interface Check {
  readonly error: Asks
  readonly warn: Asks
}

export const given = (text: string | null | undefined): text is string =>
  text !== null && text !== undefined && text.trim() !== ''
