/** Width and height of a picture, in pixels. */
export type Size = readonly [width: number, height: number]

/** Shorter sides than this show no document: the reader takes none below it either. */
const SIDE_MIN = 400

/** The size that the head of a PNG, JPEG or GIF names; null for anything else. Nothing is unpacked. */
export const sizeOf = (bytes: Uint8Array): Size | null => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return pngSize(view) ?? jpegSize(view) ?? gifSize(view)
}

/** Whether a file is a small PNG or JPEG picture, such as the logo below a signature. */
export function isOrnament(bytes: Buffer): boolean {
  const size = pngSize(bytes) ?? jpegSize(bytes)
  return size !== null && Math.min(...size) < SIDE_MIN
}

function pngSize(bytes: Buffer): Size | null {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

function gifSize(bytes: Buffer): Size | null {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 4) !== 'GIF8') return null
  return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)]
}

/** JPEG is a row of segments: FF, kind, length of the rest (2 bytes). The frame (C0 to CF but C4, C8, CC) has height and width after a byte. */
function jpegSize(bytes: Buffer): Size | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const kind = bytes[at + 1]!
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind))
      return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)]
  }
  return null
}
