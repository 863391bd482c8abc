/** Light as it falls on a page: a photograph is darker on one side, a heading lies on grey. A reader of letters needs one white all over. */

/** The side of a square that is sure to show some paper between the strokes of letters, in pixels. */
const SQUARE = 12
/** Paper is not taken for darker than this share of the lightest: what is, is printed. */
const PAPER_MIN = 0.5
/** What is lighter than this share of its paper is paper. */
const WHITE = 0.93

/** Makes the paper of a grey picture white and its ink black, a byte a pixel, in place. */
export function evenLight(pixels: Uint8Array, width: number, height: number): void {
  const [columns, rows] = [Math.ceil(width / SQUARE), Math.ceil(height / SQUARE)]
  const paper = new Float32Array(columns * rows)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / SQUARE) * columns
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor(x / SQUARE)
      const value = pixels[y * width + x]!
      if (value > paper[at]!) paper[at] = value
    }
  }
  const lightest = paper.reduce((all, one) => Math.max(all, one), 1)
  for (let at = 0; at < paper.length; at++) paper[at] = Math.max(paper[at]!, PAPER_MIN * lightest)
  const even = smoothed(smoothed(paper, columns, rows), columns, rows)
  const counts = new Uint32Array(256)
  for (let y = 0; y < height; y++) {
    const fy = Math.min(rows - 1, Math.max(0, y / SQUARE - 0.5))
    const [top, down] = [Math.floor(fy), fy - Math.floor(fy)]
    const bottom = Math.min(rows - 1, top + 1)
    for (let x = 0; x < width; x++) {
      const fx = Math.min(columns - 1, Math.max(0, x / SQUARE - 0.5))
      const [left, along] = [Math.floor(fx), fx - Math.floor(fx)]
      const right = Math.min(columns - 1, left + 1)
      const above = even[top * columns + left]! * (1 - along) + even[top * columns + right]! * along
      const below = even[bottom * columns + left]! * (1 - along) + even[bottom * columns + right]! * along
      const value = Math.min(255, (pixels[y * width + x]! * 255) / (above * (1 - down) + below * down))
      pixels[y * width + x] = value
      counts[Math.floor(value)]!++
    }
  }
  stretch(pixels, darkest(counts, pixels.length), 255 * WHITE)
}

/** Each square the mean of itself and its neighbours. */
function smoothed(squares: Float32Array, columns: number, rows: number): Float32Array {
  const found = new Float32Array(squares.length)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      let [sum, count] = [0, 0]
      for (let j = Math.max(0, y - 1); j <= Math.min(rows - 1, y + 1); j++)
        for (let i = Math.max(0, x - 1); i <= Math.min(columns - 1, x + 1); i++) {
          sum += squares[j * columns + i]!
          count++
        }
      found[y * columns + x] = sum / count
    }
  return found
}

/** The value that one pixel in two hundred is darker than: ink. */
function darkest(counts: Uint32Array, all: number): number {
  let seen = 0
  for (const [value, count] of counts.entries()) {
    seen += count
    if (seen > all / 200) return Math.min(value, 160)
  }
  return 0
}

function stretch(pixels: Uint8Array, black: number, white: number): void {
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = Math.max(0, Math.min(255, ((pixels[at]! - black) * 255) / (white - black)))
}
