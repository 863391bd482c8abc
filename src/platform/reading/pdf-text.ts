import type { Word } from '../../core/reading/page.ts'

/** The words of a PDF that has text, with their places. */

export type Pdf = Awaited<ReturnType<typeof import('unpdf').getDocumentProxy>>

/** The words of a page, counted from 1; text that doesn't run from left to right is left out. */
export async function textOf(pdf: Pdf, number: number): Promise<Word[]> {
  const page = await pdf.getPage(number)
  const { height } = page.getViewport({ scale: 1 })
  const { items } = await page.getTextContent({ includeMarkedContent: false })
  const found: Word[] = []
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue
    const [a = 1, b = 0, , , x = 0, y = 0] = item.transform as number[]
    const size = Math.hypot(a, b) || item.height || 10
    if (Math.abs(b) > 0.2 * size) continue
    found.push(
      ...wordsFrom(item.str, {
        x,
        width: item.width,
        top: height - y - size * 0.8,
        bottom: height - y + size * 0.2,
        page: number - 1,
      }),
    )
  }
  return joined(found)
}

interface Run {
  x: number
  width: number
  top: number
  bottom: number
  page: number
}

/** Words of a run of text, each with its share of the width. */
function wordsFrom(text: string, { x, width, top, bottom, page }: Run): Word[] {
  const each = width / Math.max(1, text.length)
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    text: word,
    page,
    x0: x + index * each,
    x1: x + (index + word.length) * each,
    y0: top,
    y1: bottom,
  }))
}

/** Pieces of one word that were drawn one by one, as some programs do for spacing, become one again. */
function joined(words: readonly Word[]): Word[] {
  const found: Word[] = []
  for (const word of words) {
    const last = found.at(-1)
    const size = word.y1 - word.y0
    const touches =
      last &&
      last.page === word.page &&
      Math.abs(last.y1 - word.y1) < 0.1 * size &&
      word.x0 - last.x1 < 0.08 * size &&
      word.x0 - last.x1 > -0.2 * size
    if (last && touches) found[found.length - 1] = { ...last, text: last.text + word.text, x1: word.x1 }
    else found.push(word)
  }
  return found
}
