import { isObject, type Json } from '../../core/json.ts'
import { type EinvoiceNetwork, type NetworkEvent, NetworkRefusal, type Sent } from '../../ports/einvoicing.ts'
import { seal } from './envelope.ts'
import { type FolderNetwork, messageOf } from './folder.ts'

/**
 * An access point of one's own over its REST interface. What goes out is sent in its envelope, whose number we choose: asked again, the
 * access point and the receiver know it. What comes in lies in a folder, where `accept` or the access point itself puts it.
 */
export interface AccessPointOptions {
  readonly url: string
  readonly token: string
  /** Whose interface it is: phoss AP keeps what it sends and tells of it; the phase4 template sends at once and forgets. */
  readonly api: 'phoss' | 'phase4'
  readonly inside: FolderNetwork
  readonly now: () => Date
  readonly timeout_ms?: number
}

const ANSWER_MS = 60_000
const ANSWER_BYTES = 256 * 1024
/** Messages that one look asks about; the others have their turn next. */
const ASKED = 20
/** How often a message that was delivered is asked about: its receiver may still refuse it. */
const DELIVERED_MS = 300_000
/** How often an access point is told what became of a document that came in, when it does not listen. */
const TOLD_TIMES = 5

const paths = {
  phoss: { submit: '/api/outbound/submit-sbd', status: '/api/outbound/status/' },
  phase4: { submit: '/sendsbdh', status: null },
} as const

interface Answer {
  readonly status: number
  readonly body: Json
}

export function accessPoint({ url, token, api, inside, now, timeout_ms = ANSWER_MS }: AccessPointOptions): EinvoiceNetwork {
  const base = url.replace(/\/+$/, '')
  const { submit, status } = paths[api]
  /** When each message was asked about last. */
  const asked = new Map<string, number>()
  /** Messages whose delivery was reported. */
  const heard = new Set<string>()
  /** How often it was tried in vain to tell of a document that came in. */
  const unheard = new Map<string, number>()

  /** Answers that mean that another try may do: the access point is busy, broken, or does not let us in. */
  async function ask(path: string, init: { method: string; headers?: Record<string, string>; body?: string }): Promise<Answer> {
    const response = await fetch(`${base}${path}`, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout_ms),
      headers: { ...init.headers, 'x-token': token, accept: 'application/json' },
    })
    const text = await bounded(response)
    const said = { status: response.status, body: jsonIn(text) }
    if (response.status === 401 || response.status === 403)
      throw new Error('The access point does not take our token (EINVOICE_ACCESS_POINT_TOKEN)')
    if (response.status === 429 || response.status >= 500 || (response.status >= 300 && response.status < 400))
      throw new Error(`The access point answers ${response.status}`)
    return said
  }

  /** What became of a message, or null where the access point does not know it. */
  async function stateOf(message_id: string): Promise<State | null> {
    if (!status) return null
    const answer = await ask(`${status}${encodeURIComponent(message_id)}`, { method: 'GET' })
    if (answer.status === 404) return null
    if (answer.status !== 200 || answer.body.sbdhInstanceID !== message_id || typeof answer.body.status !== 'string')
      throw new Error('The access point answers with something else than the state of a message')
    return stateIn(answer.body)
  }
  const sentAs = (message_id: string, state: State): Sent => {
    if (state.kind === 'rejected') throw new NetworkRefusal(state.reason)
    return { message_id, delivered: state.kind === 'delivered' }
  }

  return {
    ...inside,
    name: 'access_point',

    async send(document, key) {
      const message_id = messageOf(key)
      // A try before this one may have come through, whatever we heard of it.
      const before = await stateOf(message_id)
      if (before) return sentAs(message_id, before)
      await inside.refuseUnknown(document)
      const body = seal(document, message_id, now())
      const answer = await ask(submit, { method: 'POST', headers: { 'content-type': 'application/xml' }, body })
      if (answer.status === 404) throw new Error(`The access point has no ${submit}, or is not allowed to send`)
      if (answer.status === 200 && answer.body.overallSuccess === true) return { message_id, delivered: true }
      // It may go on trying by itself.
      const after = await stateOf(message_id)
      if (after) return sentAs(message_id, after)
      if (answer.status >= 400) throw new NetworkRefusal(reasonIn(answer.body))
      if (answer.body.overallSuccess !== false) throw new Error('The access point does not say whether it sent the document')
      if (isFinal(answer.body)) throw new NetworkRefusal(reasonIn(answer.body))
      throw new Error(reasonIn(answer.body))
    },

    async news(outstanding) {
      const events = await inside.news(outstanding)
      const news: NetworkEvent[] = []
      const open = new Set(outstanding)
      for (const message_id of asked.keys()) if (!open.has(message_id)) asked.delete(message_id)
      for (const message_id of heard) if (!open.has(message_id)) heard.delete(message_id)
      const at = now().getTime()
      const due = (message_id: string) => !heard.has(message_id) || at - (asked.get(message_id) ?? 0) >= DELIVERED_MS
      const longest = outstanding.filter(due).toSorted((a, b) => (asked.get(a) ?? 0) - (asked.get(b) ?? 0))
      for (const message_id of longest.slice(0, status ? ASKED : 0)) {
        asked.set(message_id, at)
        const state = await stateOf(message_id).catch(() => null)
        if (state?.kind === 'delivered' && !heard.has(message_id)) news.push({ kind: 'delivered', message_id })
        if (state?.kind === 'rejected') news.push({ kind: 'rejected', message_id, reason: state.reason })
      }
      return events.concat(news)
    },

    async settle(event, refusal) {
      const { kind, message_id } = event
      if (kind === 'delivered') return void heard.add(message_id)
      if (kind === 'rejected') return
      if (kind === 'received' && api === 'phoss') await report(message_id, refusal)
      await inside.settle(event, refusal)
    },
  }

  /** Tells the sender what became of its document. Whoever has this told by the access point itself gets a no, which is fine. */
  async function report(sbdhInstanceID: string, refusal: string | undefined): Promise<void> {
    const issue = { statusReasonCode: 'BV', errorField: 'NA', description: refusal }
    const outcome =
      refusal === undefined ? { responseCode: 'AP' } : { responseCode: 'RE', responseText: refusal, issues: [issue] }
    const times = (unheard.get(sbdhInstanceID) ?? 0) + 1
    unheard.delete(sbdhInstanceID)
    try {
      await ask('/api/mls/send', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sbdhInstanceID, ...outcome }),
      })
    } catch (error) {
      if (times >= TOLD_TIMES) return
      unheard.set(sbdhInstanceID, times)
      throw error
    }
  }
}

type State = { readonly kind: 'under way' | 'delivered' } | { readonly kind: 'rejected'; readonly reason: string }

/** States of phoss AP; the receiver's own word (its message level status) comes after the delivery. */
function stateIn(body: Json): State {
  if (body.mlsStatus === 'received_re')
    return { kind: 'rejected', reason: text(body.errorDetails) ?? 'The receiver refused the document' }
  if (body.status === 'sent') return { kind: 'delivered' }
  if (body.status === 'rejected' || body.status === 'permanently_failed') return { kind: 'rejected', reason: reasonIn(body) }
  return { kind: 'under way' }
}

/** Whether a report of a failure says that another try would fail, too. */
function isFinal({ sendingResult, sendingException, sbdhParsingException }: Json): boolean {
  if (sbdhParsingException || sendingResult === 'AS4_ERROR_MESSAGE_RECEIVED') return true
  return isObject(sendingException) && /NotFound|not registered/i.test(`${sendingException.class} ${sendingException.message}`)
}

const REASON_LENGTH = 1000
/** Why a document was not sent, in the words of the access point. */
function reasonIn(body: Json): string {
  const [first] = Array.isArray(body.as4ResponseErrors) ? body.as4ResponseErrors : []
  const exceptions = [body.sendingException, body.sbdhParsingException].flatMap((one) =>
    isObject(one) ? [text(one.message)] : [],
  )
  const said = [text(body.errorDetails), isObject(first) ? (text(first.description) ?? text(first.errorDetails)) : null]
  const reason = said.concat(exceptions, [text(body.said), text(body.sendingResult)]).find((one) => one !== null)
  return (reason ?? 'The access point refused the document and gave no reason').slice(0, REASON_LENGTH)
}

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null)

/** An object as it is; a text, which stands for a reason, as `said`; nothing where it is neither. */
function jsonIn(answer: string): Json {
  try {
    const read: unknown = JSON.parse(answer)
    if (isObject(read)) return read
    return typeof read === 'string' ? { said: read } : {}
  } catch {
    return {}
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > ANSWER_BYTES) throw new Error('The access point answers with more than can be read')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
