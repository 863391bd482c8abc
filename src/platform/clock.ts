/** Where "now" comes from. Only tests and simulations have another one than the machine's. */
export interface Clock {
  now(): Date
  /** True when the time was moved: rows are then stamped with it instead of the database's own clock. */
  readonly moved: boolean
}

export const machineClock: Clock = { now: () => new Date(), moved: false }
