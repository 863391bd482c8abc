import type { Bounce } from './outbox.ts'

/** One part of a MIME message: its headers in lower case, and its bytes as they stand. */
interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const NESTED_MAX = 5
const PARTS_MAX = 50

/**
 * Reads a delivery status notification (RFC 3464): which of our mails it is about, and what became of each recipient it names. Delays
 * and successes are left out. Anything else, a person's answer or a broken message, is an empty list.
 */
export function readBounce(message: Buffer): Bounce[] {
  const parts = partsOf(message, 0)
  const report = parts.find(({ headers }) => typeOf(headers) === 'message/delivery-status')
  const original = parts.find(({ headers }) => /^(message\/(rfc822|global)|text\/rfc822-headers)/.test(typeOf(headers)))
  if (!report) return []
  const outer = headersOf(split(message)[0])
  // Some servers leave the original out and answer to it instead.
  const message_id = [
    original && headersOf(decodedBody(original)).get('message-id'),
    outer.get('in-reply-to'),
    outer.get('references'),
  ]
    .map((field) => /<[^<>\s]+>/.exec(field ?? '')?.[0])
    .find((id) => id !== undefined)
  if (!message_id) return []
  // The first group of fields is about the message, each further one about a recipient.
  const [, ...recipients] = groups(decodedBody(report).toString('utf8'))
  return recipients.flatMap((fields) => {
    const action = fields.get('action')?.toLowerCase()
    const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? ''
    if (action !== 'failed' || !status.startsWith('5')) return []
    const recipient = addressIn(fields.get('original-recipient')) ?? addressIn(fields.get('final-recipient'))
    const diagnostic = fields.get('diagnostic-code')?.replace(/^[a-z-]+\s*;\s*/i, '') ?? null
    return [{ message_id, recipient, status, diagnostic }]
  })
}

/** `rfc822; ada@example.com` */
const addressIn = (field: string | undefined): string | null =>
  field
    ?.replace(/^[^;]*;/, '')
    .trim()
    .replace(/^<|>$/g, '') || null

const typeOf = (headers: ReadonlyMap<string, string>): string =>
  (headers.get('content-type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase()

/** All parts of a message, those of a multipart laid out flat. */
function partsOf(bytes: Buffer, depth: number): Part[] {
  const [head, body] = split(bytes)
  const headers = headersOf(head)
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(headers.get('content-type') ?? '')
  if (!typeOf(headers).startsWith('multipart/') || !boundary || depth >= NESTED_MAX) return [{ headers, body }]
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2]}`)
  const parts: Part[] = []
  let start = lineWith(body, mark, 0)
  while (start !== -1 && parts.length < PARTS_MAX) {
    const end = lineWith(body, mark, start + mark.length)
    const from = body.indexOf('\n', start) + 1
    if (from === 0 || body.subarray(start + mark.length, start + mark.length + 2).toString() === '--') break
    parts.push(...partsOf(body.subarray(from, end === -1 ? undefined : end), depth + 1))
    start = end
  }
  return parts
}

/** Where a line begins with `mark`, from `at` on; -1 if none does. */
function lineWith(body: Buffer, mark: Buffer, at: number): number {
  for (let found = body.indexOf(mark, at); found !== -1; found = body.indexOf(mark, found + 1))
    if (found === 0 || body[found - 1] === 0x0a) return found
  return -1
}

/** The head and the body of a message: an empty line stands between them. */
function split(bytes: Buffer): [head: Buffer, body: Buffer] {
  if (/^\r?\n/.test(bytes.toString('latin1', 0, 2))) return [Buffer.alloc(0), bytes.subarray(bytes.indexOf('\n') + 1)]
  const found = /\r?\n\r?\n/.exec(bytes.toString('latin1'))
  if (!found) return [bytes, Buffer.alloc(0)]
  return [bytes.subarray(0, found.index), bytes.subarray(found.index + found[0].length)]
}

/** Header fields by name in lower case, the first of each; continued lines are one. */
function headersOf(head: Buffer): Map<string, string> {
  const [text] = head.toString('utf8').split(/\r?\n\r?\n/, 1)
  const fields = new Map<string, string>()
  for (const line of text!.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

const groups = (text: string): ReadonlyMap<string, string>[] =>
  text
    .trim()
    .split(/(?:\r?\n[ \t]*){2,}/)
    .map((group) => headersOf(Buffer.from(group)))

function decodedBody({ headers, body }: Part): Buffer {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64')
  if (encoding !== 'quoted-printable') return body
  const text = body
    .toString('latin1')
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}
