import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { invalid, invalidAt, type Refusal, tooLarge } from '../../core/refusal.ts'

/**
 * Multipart forms (RFC 7578), read whole: a file and some short fields. The search for marks is the buffer's own, which passes over
 * twenty megabytes in milliseconds; parsers that look at each byte as it comes held up everybody for seconds (decision 19).
 */

/** A part without a file name is a field. */
interface Part {
  readonly name: string
  readonly filename: string | null
  readonly content: Buffer
}
export interface SentForm {
  readonly file: { readonly name: string; readonly bytes: Buffer } | null
  readonly fields: Readonly<Record<string, string>>
}

const PARTS_MAX = 12
const FIELDS_MAX = 10
const FIELD_BYTES = 64 * 1024
const HEAD_BYTES = 8 * 1024
const BLANKS_MAX = 70
/** What a form may have beside its file. */
const BESIDE_BYTES = 1024 * 1024

const unreadable = () => invalidAt(['body'], 'The form can not be read')
const noForm = () =>
  invalidAt(['header', 'content-type'], 'This operation does not take that content type: send multipart/form-data')

export const isForm = ({ headers }: FastifyRequest): boolean => /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')

/**
 * The file named `file` and the fields of a form that was sent. Refuses what is not a form (`invalid`), has too many or too long parts
 * (`too_large`), or a file of more than `max_bytes`, with a refusal of its own if one is given.
 */
export async function readForm(request: FastifyRequest, max_bytes: number, refusal: Refusal = tooLarge('')): Promise<SentForm> {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(request.headers['content-type'] ?? '')
  if (!boundary) throw noForm()
  const body = await readAll(request.raw, max_bytes + BESIDE_BYTES)
  if (!body) throw refusal
  const parts = partsOf(body, boundary[1] ?? boundary[2]!)
  const files = parts.filter(({ filename }) => filename !== null)
  const fields = parts.filter(({ filename }) => filename === null)
  if (files.some(({ content }) => content.length > max_bytes)) throw refusal
  if (files.length > 1 || fields.length > FIELDS_MAX || fields.some(({ content }) => content.length > FIELD_BYTES))
    throw tooLarge('')
  const [file] = files.filter(({ name }) => name === 'file')
  return {
    file: file ? { name: file.filename!, bytes: file.content } : null,
    fields: Object.fromEntries(fields.map(({ name, content }) => [name, content.toString('utf8')])),
  }
}

/**
 * The files of a form by the names of their parts, of which each stands for one. Refuses what is not a form (`invalid`), a part that has none of
 * these names, and files of more than `max_bytes` (`refusal`).
 */
export async function readFiles(
  request: FastifyRequest,
  names: readonly string[],
  max_bytes: number,
  refusal: Refusal,
): Promise<ReadonlyMap<string, { readonly name: string; readonly bytes: Buffer }>> {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(request.headers['content-type'] ?? '')
  if (!boundary) throw noForm()
  const body = await readAll(request.raw, max_bytes * names.length + BESIDE_BYTES)
  if (!body) throw refusal
  const files = partsOf(body, boundary[1] ?? boundary[2]!).filter(({ filename }) => filename !== null)
  const stranger = files.find(({ name }, nth) => !names.includes(name) || files.findIndex((one) => one.name === name) !== nth)
  if (stranger) throw invalid([{ loc: ['body', stranger.name], msg: 'There is no such file here', type: 'extra_forbidden' }])
  if (files.some(({ content }) => content.length > max_bytes)) throw refusal
  return new Map(files.map(({ name, filename, content }) => [name, { name: filename ?? '', bytes: content }]))
}

/** All that is sent; null when it is too much. What still comes then is let go by. */
function readAll(stream: IncomingMessage, max_bytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const keep = (chunk: Buffer) => {
      size += chunk.length
      if (size <= max_bytes) return chunks.push(chunk)
      stream.off('data', keep).resume()
      resolve(null)
    }
    stream
      .on('data', keep)
      .once('error', reject)
      .once('aborted', () => reject(unreadable()))
    stream.once('end', () => resolve(Buffer.concat(chunks)))
  })
}

/** The parts of a form between its marks. */
export function partsOf(body: Buffer, boundary: string): Part[] {
  const mark = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const parts: Part[] = []
  // The first mark may be the very beginning.
  const begins = body.subarray(0, mark.length - 2).equals(mark.subarray(2))
  let at = begins ? mark.length - 2 : endOf(body, mark, 0)
  for (;;) {
    if (at === -1) throw unreadable()
    if (isLast(body, at)) return parts
    if (parts.length === PARTS_MAX) throw tooLarge('')
    const line = body.indexOf('\r\n', at)
    const head = body.subarray(line, line + HEAD_BYTES)
    const length = line === -1 ? -1 : head.indexOf('\r\n\r\n')
    if (length === -1) throw unreadable()
    const from = line + length + 4
    const next = endOf(body, mark, from)
    if (next === -1) throw unreadable()
    parts.push(partOf(head.toString('utf8', 0, length), body.subarray(from, next - mark.length)))
    at = next
  }
}

/** The place after the next mark, which ends its line or the form; -1 if none comes. */
function endOf(body: Buffer, mark: Buffer, from: number): number {
  for (let at = body.indexOf(mark, from); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    const end = at + mark.length
    if (isLast(body, end) || endsLine(body, end)) return end
  }
  return -1
}

/** Blanks may stand behind a mark, and nothing else. */
function endsLine(body: Buffer, from: number): boolean {
  let at = from
  while (at < from + BLANKS_MAX && (body[at] === 0x20 || body[at] === 0x09)) at++
  return body[at] === 0x0d && body[at + 1] === 0x0a
}

const isLast = (body: Buffer, at: number) => body[at] === 0x2d && body[at + 1] === 0x2d

function partOf(head: string, content: Buffer): Part {
  const lines = head.split('\r\n')
  const [disposition = ''] = lines.filter((line) => /^content-disposition:/i.test(line))
  const isBinary = lines.some((line) => /^content-type:\s*application\/octet-stream/i.test(line))
  const params = new Map<string, string>()
  for (const [, key, quoted, bare] of disposition.matchAll(/;\s*(name|filename\*?)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/gi))
    params.set(key!.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? bare ?? '')
  const filename = decoded(params.get('filename*')) ?? params.get('filename') ?? (isBinary ? '' : null)
  // Some browsers send the whole path.
  return { name: params.get('name') ?? '', filename: filename?.replace(/^.*[/\\]/s, '') ?? null, content }
}

/** `UTF-8''Rechnung%20M%C3%A4rz.pdf` (RFC 8187). */
function decoded(text: string | undefined): string | null {
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(text ?? '') ?? []
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded)
  } catch {
    return null
  }
}
