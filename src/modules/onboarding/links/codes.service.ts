import { randomInt } from 'node:crypto'
import { badRequest, conflict, tooManyRequests, unauthorized } from '../../../core/refusal.ts'
import { randomSecret, sameBytes, sha256 } from '../../../platform/auth/secrets.ts'
import { type Ctx, nowFor } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'
import { sendNote } from '../notes.service.ts'
import { checkOpen, type FoundLink, inside, languageOf } from './links.service.ts'
import { wordsOf } from './words.ts'

/**
 * One-time codes: whoever has a link proves that they also read what is sent to the entity. There is nobody here who sends short messages, so
 * the code goes to the entity's mail address. Only hashes are kept.
 */

const MINUTES = 10
const TRIES = 5
const SENDS_AN_HOUR = 3
const SESSION_S = 30 * 60

const SENT = sql(`
  select count(*)::int as "count!" from onboarding_codes where link_id = :id and created_at > app_now() - interval '1 hour'`)
const LOCK = sql(`select id from onboarding_links where id = :id for update`)
const MAKE = sql(`
  insert into onboarding_codes (link_id, code_hash, expires_at) values (:link, :hash, app_now() + make_interval(mins => ${MINUTES})) returning id`)
const NEWEST = sql(`
  select id, code_hash, tries, used_at, expires_at <= app_now() as "is_late!" from onboarding_codes where link_id = :link order by created_at desc, id desc limit 1 for update`)
const TRIED = sql(`update onboarding_codes set tries = tries + 1, updated_at = app_now() where id = :id`)
const USE = sql(`
  update onboarding_codes set used_at = app_now(), token_hash = :hash, token_expires_at = app_now() + make_interval(secs => ${SESSION_S}), updated_at = app_now() where id = :id`)
const SESSION = sql(`
  select id from onboarding_codes where link_id = :link and token_hash = :hash and token_expires_at > app_now()`)

const hashOf = (link: string, code: string) => sha256(`onboarding code ${link} ${code}`)
const digits = (phone: string) => phone.replace(/\D/g, '')

function checkPhone(found: FoundLink, phone: string | undefined): void {
  if (!found.phone) throw conflict('The entity has no phone number. Add it, and ask again')
  if (phone !== undefined && digits(phone) !== digits(found.phone))
    throw badRequest('phone: this is not the phone number of the entity')
}

/** Sends a code. The one before is void. Refuses (`too_many_requests`) a fourth within an hour. */
export async function sendCode(
  machinery: Machinery,
  found: FoundLink,
  { phone, reader = null }: { phone?: string | undefined; reader?: DocumentLanguage | null } = {},
): Promise<null> {
  checkOpen(found, nowFor(machinery.db, found))
  checkPhone(found, phone)
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  await inside(machinery, found, async (ctx) => {
    await LOCK.one(ctx, { id: found.id })
    if ((await SENT.one(ctx, { id: found.id })).count >= SENDS_AN_HOUR)
      throw tooManyRequests('Three codes were sent within an hour. Please wait, and try again later')
    const { id } = await MAKE.one(ctx, { link: found.id, hash: hashOf(found.id, code) })
    const language = reader ?? (await languageOf(ctx))
    const words = wordsOf(language)
    const values = { code, minutes: String(MINUTES) }
    await sendNote(ctx, machinery, {
      language,
      to: found.email ?? '',
      subject: say(words.code_subject, values),
      lines: [say(words.code_text, values), words.code_secret],
      key: `onboarding code:${id}`,
    })
  })
  return null
}

interface Session {
  readonly access_token: string
  readonly expires_in: number
  readonly token_type: string
}

/** Opens a session for the right code. Every guess counts, also those that come at once. */
export async function useCode(
  machinery: Pick<Machinery, 'db'>,
  found: FoundLink,
  code: string,
  phone?: string,
): Promise<Session> {
  checkOpen(found, nowFor(machinery.db, found))
  checkPhone(found, phone)
  // A wrong guess counts: its transaction commits before the refusal is said.
  const token = await inside(machinery, found, (ctx) => guess(ctx, found, code))
  if (token === null) throw badRequest('This code is wrong or has expired')
  return { access_token: token, expires_in: SESSION_S, token_type: 'Bearer' }
}

async function guess(ctx: Ctx, found: FoundLink, code: string): Promise<string | null> {
  const newest = await NEWEST.maybe(ctx, { link: found.id })
  if (!newest || newest.used_at || newest.is_late || newest.tries >= TRIES) return null
  await TRIED(ctx, { id: newest.id })
  if (!sameBytes(newest.code_hash, hashOf(found.id, code.trim()))) return null
  const token = randomSecret()
  await USE(ctx, { id: newest.id, hash: sha256(token) })
  return token
}

/** Refuses (`unauthorized`) whoever has no session for this link. */
export async function requireSession(machinery: Pick<Machinery, 'db'>, found: FoundLink, token: string | null): Promise<void> {
  checkOpen(found, nowFor(machinery.db, found))
  const session = token && (await inside(machinery, found, (ctx) => SESSION.maybe(ctx, { link: found.id, hash: sha256(token) })))
  if (!session) throw unauthorized('Ask for a code, and send the token that it opens')
}
