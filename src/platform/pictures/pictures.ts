import { Exceeded, runBounded } from '../bounded/bounded.ts'
import { programBeside } from '../programs.ts'

/** A page of a PDF as a picture, counted from 0. */
interface Page {
  readonly number: number
  readonly bytes: Buffer
}
/** A small picture of the first page, or of the picture itself; pixels. */
interface Preview {
  readonly width: number
  readonly height: number
  readonly bytes: Buffer
}
export interface Pictures {
  readonly pages: readonly Page[]
  readonly previews: readonly Preview[]
}

/** Pages of one file that are drawn; whoever needs more opens the file itself. */
export const PAGES_MAX = 50
const BOUNDS = { timeout_ms: 30_000, memory_mb: 512 }

/** What pictures are made of. */
export const drawable = (mimetype: string): boolean =>
  mimetype === 'application/pdf' || /^image\/(png|jpeg|gif|webp|tiff)$/.test(mimetype)

/**
 * PNG pictures of a file: every page of a PDF up to `PAGES_MAX`, at 1,600 pixels on its longer side, and previews 200 and 600 pixels wide.
 * Bytes that can't be read, or that need more than 30 s or 512 MB, have no pictures: answers null.
 */
export async function draw(bytes: Buffer, mimetype: string, bounds = BOUNDS): Promise<Pictures | null> {
  try {
    const files = await runBounded(program(), bytes, bounds, [mimetype, String(PAGES_MAX)])
    const pages: Page[] = []
    const previews: Preview[] = []
    for (const [name, picture] of files) {
      const [kind, a, b] = name.split(/[-x.]/)
      if (kind === 'page') pages.push({ number: Number(a), bytes: picture })
      else previews.push({ width: Number(a), height: Number(b), bytes: picture })
    }
    return { pages: pages.sort((a, b) => a.number - b.number), previews: previews.sort((a, b) => a.width - b.width) }
  } catch (error) {
    if (error instanceof Exceeded) return null
    throw error
  }
}

const program = () => programBeside(import.meta.url, 'pictures.program')
