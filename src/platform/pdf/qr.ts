import { encode } from 'uqr'

/** A QR code as an SVG of one unit a module, without a margin: for transfers (level M, as EPC069-12 asks) and links. */
export function qrSvg(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', boostEcc: false, border: 0 })
  const path = data.map((row, y) => bars(row, y)).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"><path d="${path}"/></svg>`
}

/** Dark modules side by side are one bar, so that no hairline shows between them. */
function bars(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const start = x
    while (row[x + 1]) x++
    path += `M${start} ${y}h${x + 1 - start}v1h${start - x - 1}z`
  }
  return path
}
