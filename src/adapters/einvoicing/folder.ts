import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from '../../platform/once.ts'
import {
  type EinvoiceDirectory,
  type EinvoiceNetwork,
  type NetworkEvent,
  NetworkRefusal,
  type Outgoing,
  type Participant,
  type Registration,
} from '../../ports/einvoicing.ts'
import { open, seal } from './envelope.ts'

/**
 * A network of folders. Documents for participants of this installation are delivered at once; others lie in `out`, where an access point
 * fetches them and leaves its receipts, and what it received lies in `in`.
 *
 *     participants/  who is registered here, a file each
 *     out/           <message>.xml in its envelope, <message>.json about it; <message>.ok or <message>.err is the receipt
 *     in/            *.xml in their envelopes, whole: written under another name and renamed
 *     done/          what is settled; refused documents with their reason in <message>.err
 */
export interface FolderOptions {
  readonly folder: string
  /** Nobody carries documents away: only participants of this installation are reached. */
  readonly closed: boolean
  /** Whether whoever carries documents away leaves receipts; without them a written file counts as delivered. */
  readonly receipts: boolean
  readonly now: () => Date
  /** Who else takes part; without it whoever is not in `directory.txt` is unknown, and sent to all the same. */
  readonly directory?: EinvoiceDirectory | null
}

/** Documents that one look takes in. */
const BATCH = 50
/** Larger ones are put aside. */
const DOCUMENT_BYTES = 30 * 1024 * 1024

export interface FolderNetwork extends EinvoiceNetwork {
  /** Refuses (`NetworkRefusal`) a receiver of whom the directory says that it takes no such documents; who can't be looked up may take them. */
  refuseUnknown(document: Outgoing): Promise<void>
}

export function folderNetwork({ folder, closed, receipts, now, directory = null }: FolderOptions): FolderNetwork {
  const within = (part: string, name = '') => join(folder, part, name)
  const parts = ['participants', 'out', 'in', 'done']
  const ready = once(() => Promise.all(parts.map((part) => mkdir(within(part), { recursive: true, mode: 0o700 }))))
  /** Written as a whole or not at all: whoever looks sees no halves. */
  async function put(part: string, name: string, content: string | Buffer): Promise<void> {
    const draft = within(part, `.${name}.part`)
    await writeFile(draft, content, { mode: 0o600 })
    await rename(draft, within(part, name))
  }
  const text = (part: string, name: string) =>
    readFile(within(part, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
  async function participant(who: Participant): Promise<(Registration & { id: string }) | null> {
    const found = await text('participants', fileOf(who))
    return found === null ? null : (JSON.parse(found) as Registration & { id: string })
  }
  const settled = async (part: string, name: string) => {
    await rename(within(part, name), within('done', name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }

  const isListed = async (who: Participant) =>
    ((await text('.', 'directory.txt')) ?? '')
      .toUpperCase()
      .split(/\s+/)
      .includes(`${who.scheme}:${who.identifier}`.toUpperCase())
  async function refuseUnknown({ to, type }: Outgoing): Promise<void> {
    if (!directory || (await isListed(to))) return
    if (await directory.takes(to, type).catch(() => true)) return
    const what = type === 'invoice' ? 'invoices' : 'credit notes'
    throw new NetworkRefusal(`${to.scheme}:${to.identifier} takes no ${what} in this network`)
  }

  return {
    name: closed ? 'local' : 'folder',

    async register(who, key) {
      await ready()
      const before = await participant(who)
      const id = createHash('sha256').update(key).digest('hex').slice(0, 32)
      if (before && before.id !== id && before.name !== who.name)
        throw new NetworkRefusal(`${who.scheme}:${who.identifier} is registered already`)
      await put('participants', fileOf(who), JSON.stringify({ ...who, id }))
      return { id }
    },

    async unregister(who) {
      await ready()
      await rm(within('participants', fileOf(who)), { force: true })
    },

    async knows(who, type) {
      await ready()
      if ((await participant(who))?.receives) return true
      if (closed) return false
      return (await isListed(who)) || ((await directory?.takes(who, type)) ?? false)
    },

    refuseUnknown,

    async accept(envelope, judge) {
      await ready()
      const opened = tryOpen(envelope)
      const refused = await judge(opened.to)
      if (refused !== null) throw new NetworkRefusal(refused)
      // The same message lies under the same name.
      await put('in', `${messageOf(opened.message_id)}.xml`, envelope)
    },

    async send(document, key) {
      await ready()
      const message_id = messageOf(key)
      const { from, to, type } = document
      const local = await participant(to)
      if (local ? !local.receives : closed)
        throw new NetworkRefusal(`Nobody takes e-invoices under ${to.scheme}:${to.identifier} in this network`)
      const name = `${message_id}.xml`
      if (!local) await refuseUnknown(document)
      // Asked again, it is there already, or settled. What stays here is not for whoever carries documents away.
      const before = await Promise.all(['out', 'done'].map((part) => text(part, `${message_id}.json`)))
      if (before.every((one) => one === null)) {
        await put(local ? 'in' : 'out', name, seal(document, message_id, now()))
        const about = { message_id, from, to, type, at: now().toISOString() }
        await put(local ? 'done' : 'out', `${message_id}.json`, JSON.stringify(about))
      }
      return { message_id, delivered: local !== null || !receipts }
    },

    async news() {
      await ready()
      const [incoming, outgoing] = await Promise.all([readdir(within('in')), readdir(within('out'))])
      const events: NetworkEvent[] = []
      for (const name of outgoing
        .filter((one) => /^[^.].*\.(?:ok|err)$/.test(one))
        .sort()
        .slice(0, BATCH)) {
        const message_id = name.replace(/\.(?:ok|err)$/, '')
        if (name.endsWith('.ok')) events.push({ kind: 'delivered', message_id })
        else {
          const reason = ((await text('out', name)) ?? '').trim().slice(0, 1000)
          events.push({ kind: 'rejected', message_id, reason: reason || 'The network gave no reason' })
        }
      }
      for (const name of incoming
        .filter((one) => /^[^.].*\.xml$/i.test(one))
        .sort()
        .slice(0, BATCH))
        events.push(await arrival(within('in', name), name))
      return events
    },

    async settle(event, refusal) {
      await ready()
      if (event.kind === 'delivered' || event.kind === 'rejected') {
        await settled('out', `${event.message_id}.${event.kind === 'delivered' ? 'ok' : 'err'}`)
        for (const end of ['xml', 'json']) await settled('out', `${event.message_id}.${end}`)
        return
      }
      const name = arrivals.get(event)
      if (!name) throw new Error('Only what was told here is settled here')
      if (refusal !== undefined) {
        await put('done', `${name}.err`, `${refusal}\n`)
        // A sender of this installation hears it the way it hears of everybody. Whoever else sent it may have called it anything.
        if (OURS.test(event.message_id) && (await text('done', `${event.message_id}.json`)) !== null)
          await put('out', `${event.message_id}.err`, `${refusal}\n`)
      }
      await settled('in', name)
    },
  }
}

function tryOpen(envelope: Buffer) {
  if (envelope.length > DOCUMENT_BYTES) throw new NetworkRefusal('The document is too large')
  try {
    return open(envelope)
  } catch (error) {
    throw new NetworkRefusal(error instanceof Error ? error.message : String(error))
  }
}

/** How we call messages. */
const OURS = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Under which name a document lies: whoever put it there chose it. */
const arrivals = new WeakMap<NetworkEvent, string>()

async function arrival(path: string, name: string): Promise<NetworkEvent> {
  let event: NetworkEvent
  try {
    if ((await stat(path)).size > DOCUMENT_BYTES) throw new Error('The document is too large')
    event = { kind: 'received', ...open(await readFile(path)) }
  } catch (error) {
    event = { kind: 'unreadable', message_id: name.replace(/\.xml$/i, ''), reason: (error as Error).message }
  }
  arrivals.set(event, name)
  return event
}

const fileOf = ({ scheme, identifier }: Participant) => `${scheme}_${identifier.toUpperCase().replace(/[^A-Z0-9]/g, '-')}.json`

/** The same document under the same name, however often it is handed over. */
export const messageOf = (key: string) => {
  const digest = createHash('sha256').update(key).digest('hex')
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-')
}
