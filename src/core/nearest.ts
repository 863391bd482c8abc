/** How many slips make one word of the other, or more than `limit`: a letter put in, left out or changed, or two that change places. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
    // From here it only gets further, and two letters that change places look back one row.
    if (Math.min(...row) > limit && Math.min(...before) > limit) return limit + 1
  }
  return row[b.length] ?? 0
}

/** Whether two words may be one slip apart: then what they have in common at both ends leaves two letters at most. */
function mayBeOneSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return Math.max(a.length, b.length) - start - end <= 2
}

/** The known word that somebody may have meant, or null: at most so many slips, and no more than one in three letters. */
export function nearest(word: string, known: readonly string[], most = 2): string | null {
  const limit = Math.min(most, Math.floor(word.length / 3))
  // Words whose lengths differ by more are further apart than that.
  const close = known.filter((name) => Math.abs(name.length - word.length) <= limit && (limit > 1 || mayBeOneSlip(name, word)))
  const [best] = close.map((name) => ({ name, far: distance(word, name, limit) })).sort((a, b) => a.far - b.far)
  return best && best.far > 0 && best.far <= limit ? best.name : null
}
