import { expect, test } from 'vitest'
import { takeOutRules } from './rules.ts'

const [WIDTH, HEIGHT] = [200, 120]
/** A white page with dark boxes: left, top, width, height. */
function page(...boxes: (readonly [number, number, number, number])[]): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(255)
  for (const [left, top, width, height] of boxes)
    for (let y = top; y < top + height; y++) pixels.fill(0, y * WIDTH + left, y * WIDTH + left + width)
  return pixels
}
const inked = (pixels: Uint8Array) => pixels.filter((one) => one < 150).length
function without(pixels: Uint8Array): number {
  takeOutRules(pixels, WIDTH, HEIGHT)
  return inked(pixels)
}

test('thin lines across and down go, to their ends and edges', () => {
  expect(without(page([0, 20, 200, 3], [50, 0, 2, 120]))).toBeLessThan(12)
})

test('letters stay: short strokes, thick strokes of titles, filled boxes', () => {
  const letters = page([20, 30, 4, 30], [40, 30, 12, 80], [80, 30, 100, 20])
  expect(without(letters)).toBe(inked(page([20, 30, 4, 30], [40, 30, 12, 80], [80, 30, 100, 20])))
})

test('a letter that touches a line stays whole but for its foot', () => {
  const letter = 4 * 28
  expect(without(page([0, 60, 200, 2], [100, 32, 4, 28]))).toBeGreaterThan(letter - 20)
})
