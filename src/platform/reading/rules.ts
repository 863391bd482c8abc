/** The lines of tables, taken out of a picture: a reader of letters takes them for letters, or the letters between them for a drawing. */

/** Darker than this is ink, 0 to 255. */
const INK = 150
/** No stroke of a letter is that long without being thick; a line that lies askew is still in one row of pixels for this long. */
const LENGTH_MIN = 60
const THICKNESS_MAX = 6

/** Whitens lines across and down in a grey picture, a byte a pixel, in place. What crosses a line or touches it stays. */
export function takeOutRules(pixels: Uint8Array, width: number, height: number): void {
  const found: number[] = []
  const look = (lanes: number, length: number, along: number, across: number) => {
    for (let lane = 0; lane < lanes; lane++) {
      const start = lane * across
      for (let from = 0; from < length; ) {
        if (pixels[start + from * along]! >= INK) {
          from++
          continue
        }
        let to = from
        while (to < length && pixels[start + to * along]! < INK) to++
        if (to - from >= LENGTH_MIN) for (let at = from; at < to; at++) thin(start + at * along, lane, lanes, across)
        from = to
      }
    }
  }
  /** Remembers the pixel if the ink around it is thin across the line. */
  const thin = (pixel: number, lane: number, lanes: number, across: number) => {
    let [before, after] = [0, 0]
    while (before <= THICKNESS_MAX && lane - before > 0 && pixels[pixel - (before + 1) * across]! < INK) before++
    while (after <= THICKNESS_MAX && lane + after < lanes - 1 && pixels[pixel + (after + 1) * across]! < INK) after++
    if (before + after < THICKNESS_MAX) found.push(pixel, across)
  }
  look(height, width, 1, width)
  look(width, height, width, 1)
  for (let i = 0; i < found.length; i += 2) {
    const [pixel, across] = [found[i]!, found[i + 1]!]
    // The soft edge of a line goes with it.
    for (const near of [pixel, pixel - across, pixel + across]) if (near >= 0 && near < pixels.length) pixels[near] = 255
  }
}
