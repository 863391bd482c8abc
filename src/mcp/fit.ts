/** Answers for models: JSON that is whole, however much there is. */

interface List {
  readonly holder: Record<string, unknown>
  readonly name: string
  readonly rows: readonly unknown[]
}

/** The list of a value that takes the most room; null where it has none. */
function longest(value: unknown): List | null {
  let found: (List & { readonly size: number }) | null = null
  const look = (one: unknown, depth: number) => {
    if (one === null || typeof one !== 'object' || depth > 4) return
    for (const [name, part] of Object.entries(one)) {
      if (Array.isArray(part) && part.length > 1) {
        const size = JSON.stringify(part).length
        if (!found || size > found.size) found = { holder: one as Record<string, unknown>, name, rows: part, size }
      } else look(part, depth + 1)
    }
  }
  look(value, 0)
  return found
}

/** So many characters are kept for the word about what was left out. */
const WORD_CHARS = 400

/**
 * A value as JSON of at most `max` characters. Where it is more, whole rows of its longest list are left out at the end, and `cut` says how to
 * read on; of what has no list the beginning is shown as text.
 */
export function fitted(value: unknown, max: number): string {
  const text = JSON.stringify(value) ?? 'null'
  if (text.length <= max) return text
  const copy: unknown = JSON.parse(text)
  const list = longest(Array.isArray(copy) ? { rows: copy } : copy)
  const around = list && text.length - JSON.stringify(list.rows).length
  if (!list || around === null || around > max - WORD_CHARS) {
    const how = 'This is only the beginning. Ask for less at once, e.g. for one object, or for fewer fields.'
    // Quotes and line ends of the text are written with a stroke before them.
    for (let length = max - WORD_CHARS; ; length = Math.floor(length / 2)) {
      const shown = JSON.stringify({ cut: { how }, beginning: text.slice(0, length).toWellFormed() })
      if (shown.length <= max) return shown
    }
  }
  let room = max - WORD_CHARS - around
  const kept: unknown[] = []
  for (const row of list.rows) {
    room -= JSON.stringify(row).length + 1
    if (room < 0) break
    kept.push(row)
  }
  list.holder[list.name] = kept
  const how = `Of ${list.rows.length} entries of ${list.name} the first ${kept.length} are shown. Ask again with a limit of ${Math.max(1, kept.length)} and go on with next_pagination_token, or narrow the question by filters.`
  const whole = Array.isArray(copy) ? { rows: kept } : copy
  return JSON.stringify({ ...(whole as object), cut: { shown: kept.length, of: list.rows.length, how } })
}
