/** Where "now" comes from: the machine, except in tests and simulations. */
export interface Clock {
  now(): Date
  /** True when the time was moved: rows are then stamped with it instead of the database's own clock. */
  readonly moved: boolean
}

/** Whom a row belongs to, as its columns say. */
export interface Owner {
  readonly partner_id: string
  readonly entity_id: string
}

/** The clock that all entities of a partner go by stands under this instead of an entity. */
const ALL = '00000000-0000-0000-0000-000000000000'

/**
 * Test clocks: entities that live at another time than everybody else. Each is some milliseconds ahead of the machine's clock, or behind it
 * where the number is negative. An entity without a clock of its own goes by the one of its partner, and usually there is none either.
 */
export class EntityClocks {
  #ahead = new Map<string, { readonly owner: Owner; readonly ahead_ms: number }>()

  /** How far an entity is ahead of the machine, in milliseconds. */
  aheadOf(partner_id: string, entity_id: string): number {
    if (this.#ahead.size === 0) return 0
    const found = this.#ahead.get(`${partner_id} ${entity_id}`) ?? this.#ahead.get(`${partner_id} ${ALL}`)
    return found?.ahead_ms ?? 0
  }

  /** Whose clock was moved; an entity of zeros stands for all entities of the partner. */
  get owners(): readonly Owner[] {
    return [...this.#ahead.values()].map(({ owner }) => owner)
  }

  /** Replaces all clocks by these. */
  replace(clocks: readonly (Owner & { readonly ahead_ms: number })[]): void {
    this.#ahead = new Map(
      clocks.map(({ partner_id, entity_id, ahead_ms }) => [
        `${partner_id} ${entity_id}`,
        { owner: { partner_id, entity_id }, ahead_ms },
      ]),
    )
  }
}

export const machineClock: Clock = { now: () => new Date(), moved: false }
