import { describe, expect, test } from 'vitest'
import { evenLight } from './light.ts'

/** A page with a stroke of ink every 20 pixels; `paper` says how light it is at a place. */
function page(paper: (x: number, y: number) => number, ink = 0.3) {
  const [width, height] = [240, 120]
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels[y * width + x] = paper(x, y) * (x % 20 < 3 && y % 30 > 8 ? ink : 1)
  evenLight(pixels, width, height)
  const at = (x: number, y: number) => pixels[y * width + x]!
  return {
    at,
    light: pixels.filter((_, i) => i % 20 > 5),
    dark: pixels.filter((_, i) => i % 20 === 1 && Math.floor(i / width) % 30 > 12),
  }
}

describe('light', () => {
  test.each([
    ['even', () => 250],
    ['dim', () => 130],
    ['from one side', (x: number) => 230 - x / 2],
    ['from a corner', (x: number, y: number) => 240 - (x + y) / 4],
    ['with a grey heading', (_x: number, y: number) => (y < 36 ? 200 : 250)],
  ])('%s: paper becomes white and ink black', (_kind, paper) => {
    const { light, dark } = page(paper)
    expect(Math.min(...light)).toBeGreaterThan(225)
    expect(Math.max(...dark)).toBeLessThan(60)
  })

  test('a dark band is printed, no paper', () => {
    const { at } = page((_x, y) => (y >= 48 && y < 84 ? 40 : 250))
    expect(at(30, 65)).toBeLessThan(120)
  })
})
