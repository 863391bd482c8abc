import { deflateSync } from 'node:zlib'

/** A PNG with the head of a picture of that size, and whatever follows. */
export function pngHead(width: number, height: number, data = Buffer.alloc(0)): Buffer {
  const chunk = (kind: string, bytes: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    const body = Buffer.concat([Buffer.from(kind), bytes])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // One bit a pixel, grey.
  head[8] = 1
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}
function crc(bytes: Buffer): number {
  let sum = ~0
  for (const byte of bytes) {
    sum ^= byte
    for (let k = 0; k < 8; k++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return ~sum >>> 0
}

/** A PNG of some hundred kilobytes that unpacks to 900 million pixels. */
export const pictureBomb = () => pngHead(30_000, 30_000, deflateSync(Buffer.alloc(30_000 * 3_751)))
