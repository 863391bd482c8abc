/** Numbers that look drawn by chance and are the same on every run (mulberry32). */
export class Random {
  #state: number
  constructor(seed: number | string) {
    this.#state =
      typeof seed === 'number' ? seed : [...seed].reduce((sum, letter) => Math.imul(sum, 31) + letter.codePointAt(0)!, 7)
  }
  /** From 0 up to, but without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }
  pick<Item>(list: readonly Item[]): Item {
    return list[this.int(0, list.length - 1)]!
  }
  chance(share: number): boolean {
    return this.next() < share
  }
  digits(count: number): string {
    return Array.from({ length: count }, () => this.int(0, 9)).join('')
  }
  letters(count: number): string {
    return Array.from({ length: count }, () => String.fromCharCode(this.int(65, 90))).join('')
  }
  shuffle<Item>(list: readonly Item[]): Item[] {
    const left = [...list]
    return Array.from({ length: left.length }, () => left.splice(this.int(0, left.length - 1), 1)[0]!)
  }
}
