import { Exceeded, type Excess, runBounded } from '../bounded/bounded.ts'
import { programBeside } from '../programs.ts'
import type { Bounce } from './outbox.ts'

/** A mail that was opened. Texts in it are as whoever sent it wrote them. */
export interface IncomingMail {
  /** The address in the From field, which anybody can write there. */
  readonly from: string | null
  readonly message_id: string | null
  /** SHA-256 of the whole mail, in hexadecimal. */
  readonly sha256: string
  /** What it says of mails of ours that could not be delivered; empty for any other mail. */
  readonly bounces: readonly Bounce[]
  /** What is attached, also to mails that are attached themselves. */
  readonly attachments: readonly IncomingFile[]
}
interface IncomingFile {
  readonly name: string | null
  readonly bytes: Buffer
  /** SHA-256 in hexadecimal. */
  readonly sha256: string
  /** Meant to be shown in the text, such as the logo below a signature. */
  readonly inline: boolean
}

/** The part of the program's answer that is not a file: `incoming.json`. */
export type Opened = Omit<IncomingMail, 'attachments'> & { readonly attachments: readonly Omit<IncomingFile, 'bytes'>[] }
export type Answer = Opened | { readonly refused: string }

/** Why a mail is not opened, in words for whoever sent it. */
export class UnreadableMail extends Error {
  override readonly name = 'UnreadableMail'
}

/** Senders wait some minutes for an answer, and come again after `QueueFull`. */
const BOUNDS = { timeout_ms: 20_000, memory_mb: 512, waiting_ms: 60_000 }
const unread: Record<Excess, string> = {
  time: `it took longer than ${BOUNDS.timeout_ms / 1000} seconds`,
  memory: `it needed more than ${BOUNDS.memory_mb} MB`,
  broken: 'it is damaged',
}

/**
 * Opens a mail (RFC 822, MIME) in a process of its own; attachments larger than `file_bytes` are left out. Rejects with `UnreadableMail`
 * when it can't be read, has too many parts or headers, or needs more than 20 s or 512 MB; with `QueueFull` when too many wait.
 */
export async function openMail(raw: Buffer, file_bytes: number): Promise<IncomingMail> {
  try {
    const files = await runBounded(program(), raw, BOUNDS, [String(file_bytes)])
    const answer = JSON.parse(String(files.get('incoming.json'))) as Answer
    if ('refused' in answer) throw new UnreadableMail(answer.refused)
    return { ...answer, attachments: answer.attachments.map((file, i) => ({ ...file, bytes: files.get(String(i))! })) }
  } catch (error) {
    throw error instanceof Exceeded ? new UnreadableMail(unread[error.reason]) : error
  }
}

const program = () => programBeside(import.meta.url, 'incoming.program')
