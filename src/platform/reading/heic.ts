/** Pictures of telephones (HEIC): what their head says, before anything is unpacked. */

const BOX_HEAD = 8
/** Boxes that hold other boxes, and how many bytes of their own stand before these. */
const WITHIN: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 }

/** Sizes stand in `meta`, `iprp`, `ipco`. */
const DEPTH_MAX = 3

/** The largest picture a HEIC file describes (ISO/IEC 23008-12, `ispe`), in pixels; null where it describes none. */
export function heicSize(bytes: Buffer): { width: number; height: number } | null {
  let largest: { width: number; height: number } | null = null
  const look = (from: number, to: number, depth: number) => {
    for (let at = from; at + BOX_HEAD <= to; ) {
      const size = bytes.readUInt32BE(at)
      const kind = bytes.toString('latin1', at + 4, at + BOX_HEAD)
      // 0 goes to the end of the file; sizes of 64 bits are those of data, which stand behind all that is looked for.
      const end = size === 0 ? to : at + size
      if (end > to || end < at + BOX_HEAD) return
      const own = WITHIN[kind]
      if (own !== undefined && depth < DEPTH_MAX) look(at + BOX_HEAD + own, end, depth + 1)
      if (kind === 'ispe' && end >= at + BOX_HEAD + 12) {
        const [width, height] = [bytes.readUInt32BE(at + 12), bytes.readUInt32BE(at + 16)]
        if (!largest || width * height > largest.width * largest.height) largest = { width, height }
      }
      at = end
    }
  }
  look(0, bytes.length, 0)
  return largest
}

export interface Grey {
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly width: number
  readonly height: number
}

/** A picture of four bytes a pixel (RGBA) as a grey one, `by` times smaller; what is transparent lies on white. */
export function shrunk(data: Uint8ClampedArray, width: number, height: number, by: number): Grey {
  const [columns, rows] = [Math.floor(width / by), Math.floor(height / by)]
  const pixels = new Uint8Array(columns * rows)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      let sum = 0
      for (let j = y * by; j < (y + 1) * by; j++)
        for (let i = x * by; i < (x + 1) * by; i++) {
          const at = 4 * (j * width + i)
          const shade = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
          sum += 255 - ((255 - shade) * data[at + 3]!) / 255
        }
      pixels[y * columns + x] = sum / (by * by)
    }
  return { pixels, width: columns, height: rows }
}
