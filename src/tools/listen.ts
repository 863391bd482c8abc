import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asSystem, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'
import { post } from '../platform/outbound/outbound.ts'
import { sign } from '../platform/webhooks/signature.ts'
import { deliveryBody } from '../platform/webhooks/webhooks.jobs.ts'

/**
 * Webhooks for somebody who develops on their own machine: every event goes to the addresses they name, signed as real deliveries are. Where it
 * stopped is written down, so that the next time it goes on from there.
 */

const POLL_MS = 500
const BATCH = 100
/** A transaction that began before the last event may end after it: what is so young is looked at again. */
const OVERLAP_S = 60
const TRIES = 3
const PAUSE_MS = 1_000

const NOW = sql(`select app_now() as "now!"`)
const NEW = sql(`
  select e.id, e.created_at, e.object_type, e.object_id, e.event, e.entity_id, p.settings ->> 'api_version' as api_version
  from events e join partners p on p.id = e.partner_id
  where (:partner?::uuid is null or e.partner_id = :partner?) and e.created_at > greatest(:from::timestamptz, :since::timestamptz - make_interval(secs => 60)) and not (e.id = any (:heard::uuid[]))
  order by e.created_at, e.id limit 100`)

interface Place {
  /** What happened before the first time is nobody's business here. */
  readonly from: string
  /** The moment of the youngest event that was handed on. */
  readonly since: string
  /** Events of the last minute that were. */
  readonly heard: readonly { readonly id: string; readonly at: string }[]
  readonly secret: string
}

export interface Listening {
  readonly db: Db
  readonly data_dir: string
  readonly api_version: string
  readonly targets: readonly string[]
  /** Only events of this partner; of all when left out. */
  readonly partner: string | null
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Hands events on until it is told to stop. */
export async function listen({ db, data_dir, api_version, targets, partner, say, signal }: Listening): Promise<void> {
  const name = createHash('sha256')
    .update(JSON.stringify([partner, targets]))
    .digest('hex')
    .slice(0, 16)
  const path = join(data_dir, 'listen', `${name}.json`)
  let place = await readPlace(path, db)
  say(`Signing secret  ${place.secret}`)
  say(`Events since    ${place.since}`)
  for (const target of targets) say(`Sent to         ${target}`)
  while (!signal.aborted) {
    const heard = place.heard.map(({ id }) => id)
    const events = await asSystem(db, (ctx) => NEW(ctx, { partner, from: place.from, since: place.since, heard }))
    for (const event of events) {
      if (signal.aborted) return
      const text = deliveryBody({ ...event, event_id: event.id, subscription_id: event.id }, event.api_version ?? api_version)
      for (const target of targets) {
        const outcome = await handOn(target, text, place.secret, signal)
        say(`${event.created_at.slice(11, 19)}  ${outcome}  ${event.object_type}.${event.event}  ${event.object_id}  → ${target}`)
      }
      place = after(place, event)
      await writePlace(path, place)
    }
    if (events.length < BATCH) await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

/** Sends an event, a few times where nobody answers; says what came of it. */
async function handOn(target: string, body: string, secret: string, signal: AbortSignal): Promise<string> {
  for (let tries = 1; ; tries++) {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Quittance listen',
      'monite-signature': sign(secret, body, Math.floor(Date.now() / 1000)),
    }
    const answer = await post(target, body, headers, { allowPrivate: true, signal }).catch((error: Error) => ({
      status: null,
      body: error.message,
    }))
    if (answer.status !== null && answer.status < 500) return String(answer.status)
    if (tries === TRIES || signal.aborted) return answer.status === null ? `not sent (${answer.body})` : String(answer.status)
    await sleep(PAUSE_MS * tries, undefined, { signal }).catch(() => {})
  }
}

function after({ from, since, heard, secret }: Place, { id, created_at }: { id: string; created_at: string }): Place {
  const latest = created_at > since ? created_at : since
  const border = new Date(Date.parse(latest) - OVERLAP_S * 1000).toISOString()
  return { from, since: latest, secret, heard: [...heard, { id, at: created_at }].filter(({ at }) => at >= border) }
}

async function readPlace(path: string, db: Db): Promise<Place> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text !== null) return JSON.parse(text) as Place
  const { now } = await asSystem(db, (ctx) => NOW.one(ctx))
  const place = { from: now, since: now, heard: [], secret: `whsec_${randomBytes(24).toString('base64url')}` }
  await writePlace(path, place)
  return place
}

/** Replaces the note in one step: whoever is stopped in between finds the older one whole. */
async function writePlace(path: string, place: Place): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.new`, JSON.stringify(place), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
