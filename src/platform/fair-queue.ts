/** Work that waits for a free hand, in turns per owner: whoever has a hundred pieces waiting waits for themselves. */
export interface FairQueue {
  /** Does `work` when a hand is free and it is the owner's turn. Rejects with `QueueFull` when the owner has too much waiting. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is at work and nothing waits. */
  idle(): Promise<void>
}

/** One owner has too much waiting already. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull'
}

/** The owner of work that belongs to nobody in particular. */
export const NOBODY = ''

export interface FairQueueOptions {
  /** Pieces at work at once. */
  readonly at_once: number
  /** Pieces of one owner that may wait. */
  readonly waiting_max: number
  /** How long a new piece may have to wait for those of its own owner, if each takes as long as their last one. */
  readonly waiting_ms?: number
}

/** Owners whose last duration is remembered. */
const REMEMBERED = 1_000

export function fairQueue({ at_once, waiting_max, waiting_ms = Number.POSITIVE_INFINITY }: FairQueueOptions): FairQueue {
  /** Who waits, with what. The owner whose turn is next stands first. */
  const waiting = new Map<string, (() => Promise<void>)[]>()
  const took_ms = new Map<string, number>()
  const whenIdle: (() => void)[] = []
  let atWork = 0

  async function timed<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      if (took_ms.size >= REMEMBERED) took_ms.clear()
      took_ms.set(owner, performance.now() - began)
    }
  }

  function next() {
    while (atWork < at_once && waiting.size > 0) {
      const [[owner, pieces]] = waiting as unknown as [[string, (() => Promise<void>)[]]]
      waiting.delete(owner)
      const piece = pieces.shift()!
      if (pieces.length > 0) waiting.set(owner, pieces)
      atWork++
      void piece().finally(() => {
        atWork--
        next()
      })
    }
    if (atWork === 0) for (const tell of whenIdle.splice(0)) tell()
  }

  return {
    run(owner, work) {
      const pieces = waiting.get(owner) ?? []
      if (pieces.length >= waiting_max || pieces.length * (took_ms.get(owner) ?? 0) > waiting_ms)
        return Promise.reject(new QueueFull(`${pieces.length} pieces of work wait already`))
      return new Promise((resolve, reject) => {
        pieces.push(() => timed(owner, work).then(resolve, reject))
        waiting.set(owner, pieces)
        next()
      })
    },
    idle: () => (atWork === 0 && waiting.size === 0 ? Promise.resolve() : new Promise((tell) => whenIdle.push(tell))),
  }
}
