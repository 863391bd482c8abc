// A program of its own: opens the mail on its standard input. See incoming.ts.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { readBounce } from './dsn.ts'
import type { Answer, Opened } from './incoming.ts'
import { createCounter, Overfull } from './parts.ts'

const [folder = '', fileBytes = '0'] = process.argv.slice(2)
/** Mails within mails that are opened: that is how some programs forward. */
const FORWARDS_MAX = 3

const raw = await buffer(process.stdin)
await writeFile(join(folder, 'incoming.json'), JSON.stringify(await open()))

async function open(): Promise<Answer> {
  try {
    return await opened()
  } catch (error) {
    // What a library says goes to the log only.
    process.stderr.write(`${String(error).slice(0, 500)}\n`)
    return { refused: error instanceof Overfull ? error.message : 'it is damaged' }
  }
}

async function opened(): Promise<Opened> {
  const count = createCounter()
  count(raw)
  const mail = await parse(raw)
  const kept = (await attachmentsOf(mail, count)).filter(({ bytes }) => bytes.length <= Number(fileBytes))
  for (const [i, { bytes }] of kept.entries()) await writeFile(join(folder, String(i)), bytes)
  return {
    from: mail.from?.address ?? null,
    message_id: mail.messageId ?? null,
    sha256: sha256(raw),
    bounces: readBounce(raw),
    attachments: kept.map(({ attachment, bytes }) => ({
      name: attachment.filename || null,
      sha256: sha256(bytes),
      inline: isInline(attachment),
    })),
  }
}

function parse(bytes: Buffer): Promise<Email> {
  return PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer' })
}

interface Found {
  readonly attachment: Attachment
  readonly bytes: Buffer
}

async function attachmentsOf({ attachments }: Email, count: (bytes: Buffer) => void, depth = 0): Promise<Found[]> {
  const found: Found[] = []
  for (const attachment of attachments) {
    const bytes = Buffer.from(attachment.content as ArrayBuffer)
    if (attachment.mimeType !== 'message/rfc822' || depth === FORWARDS_MAX) {
      found.push({ attachment, bytes })
      continue
    }
    count(bytes)
    found.push(...(await attachmentsOf(await parse(bytes), count, depth + 1)))
  }
  return found
}

function isInline({ disposition, contentId, related }: Attachment): boolean {
  return disposition === 'inline' || related === true || (disposition === null && contentId !== undefined)
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
