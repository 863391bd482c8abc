import { Exceeded, runBounded } from '../bounded/bounded.ts'
import { programBeside } from '../programs.ts'
import { sizeOf } from './size.ts'

/** Logos and signatures: pictures from outside that are printed again and again, so they are kept small. */

/** A picture of more pixels is not unpacked; the cameras of phones make half as many. */
const PIXELS_MAX = 50_000_000
/** Longest side of what is kept: 10 cm in print. */
export const KEPT_PX = 1_200
/** Somebody waits for the answer. `waiting_ms`: for how long, behind other pictures of the same owner. */
const BOUNDS = { timeout_ms: 10_000, memory_mb: 512, waiting_ms: 10_000 }

export interface SmallPicture {
  readonly bytes: Buffer
  readonly mimetype: 'image/png' | 'image/jpeg' | 'image/gif'
}

const mimetypes = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif' } as const

/** Whether the head of a PNG, JPEG or GIF names a size that may be unpacked. */
export function isUnpackable(bytes: Uint8Array): boolean {
  const [width, height] = sizeOf(bytes) ?? [0, 0]
  return width > 0 && height > 0 && width * height <= PIXELS_MAX
}

/**
 * A picture (PNG, JPEG, GIF) drawn anew, upright and at most `KEPT_PX` long, in a process of its own; null when it can't be read or
 * has too many pixels. With `keep`, one that is small already stays as it is. Rejects with `QueueFull` when too many pictures of the
 * owner wait.
 */
export async function smallPicture(bytes: Buffer, owner: string, { keep = false } = {}): Promise<SmallPicture | null> {
  if (!isUnpackable(bytes)) return null
  return drawn(bytes, owner, [keep ? 'keep' : 'redraw', String(KEPT_PX)])
}

/** A word as a picture: `markup` is Pango's, `font` a family from `fontfile`; at most so many pixels. */
export interface Writing {
  readonly markup: string
  readonly font: string
  readonly fontfile: string
  readonly width: number
  readonly height: number
}

/** Writes a word as a PNG on nothing, in a process of its own; null when that takes too much. Rejects with `QueueFull` like `smallPicture`. */
export const writtenPicture = (writing: Writing, owner: string): Promise<SmallPicture | null> =>
  drawn(Buffer.from(JSON.stringify(writing)), owner, ['write'])

async function drawn(input: Buffer, owner: string, args: string[]): Promise<SmallPicture | null> {
  try {
    const [[name, bytes] = []] = await runBounded(program(), input, BOUNDS, args, owner)
    return name && bytes ? { bytes, mimetype: mimetypes[name.split('.')[1] as keyof typeof mimetypes] } : null
  } catch (error) {
    if (error instanceof Exceeded) return null
    throw error
  }
}

const program = () => programBeside(import.meta.url, 'small.program')
