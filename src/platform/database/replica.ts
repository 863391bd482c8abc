import type pg from 'pg'

/**
 * A copy of the database that answers questions. It follows the database a moment behind, so whoever has just written is answered by the
 * database itself until the copy has come as far.
 */
export interface Replica {
  readonly pool: pg.Pool
  /** Whether it is there, and has all that this partner has written through this process. */
  mayAnswer(partnerId: string): boolean
  /** A partner has written, up to this position of the log; the machinery writes for all of them. */
  wrote(partnerId: string | null, position: bigint): void
  /** It failed: for a while nobody is sent there. */
  failed(error: Error): void
  close(): Promise<void>
}

/** SQL of whether this transaction has written anything. */
export const WROTE = 'select pg_current_xact_id_if_assigned() is not null as wrote'
/** SQL of how far the database has written to the disk: beyond what was committed before it is asked. */
export const WRITTEN = `select pg_current_wal_flush_lsn()::text as position`
const REPLAYED = `select pg_last_wal_replay_lsn()::text as position, pg_is_in_recovery() as follows`

/** Until it is looked at again; sooner while somebody waits for it. */
const LOOK_MS = 500
const SOON_MS = 5
/** A copy that failed is left alone so long. */
const AWAY_MS = 2_000
/** Partners whose positions are remembered; beyond, all wait for the last of them. */
const PARTNERS_MAX = 10_000

/** Beyond any: a partner whose last position nobody knows is answered by the database until this process starts anew. */
export const UNKNOWN = 1n << 64n

/** `16/B374D848` as a number. */
export function positionOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

/** Follows a copy of the database. `from` is how far the database had written when this process began: nobody is shown less. */
export function followReplica(pool: pg.Pool, from: bigint, say: (message: string, error?: Error) => void): Replica {
  const wanted = new Map<string, bigint>()
  let wantedByAll = from
  let replayed = 0n
  let away = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let looking = false

  async function look(): Promise<void> {
    if (looking || closed) return
    looking = true
    clearTimeout(timer)
    let again_ms = LOOK_MS
    try {
      const { rows } = await pool.query<{ position: string | null; follows: boolean }>(REPLAYED)
      const { position, follows } = rows[0]!
      // One that became a database of its own knows nothing of what is written here.
      if (!follows || position === null) throw new Error('It does not follow any database')
      replayed = positionOf(position)
      if (away) say('the read replica answers again')
      away = false
      for (const [partner, needed] of wanted) if (needed <= replayed) wanted.delete(partner)
      if (wanted.size > 0 || wantedByAll > replayed) again_ms = SOON_MS
    } catch (error) {
      failed(error as Error)
      again_ms = AWAY_MS
    } finally {
      looking = false
      timer = closed ? undefined : setTimeout(look, again_ms)
      timer?.unref()
    }
  }
  function failed(error: Error): void {
    replayed = 0n
    if (!away) say('the read replica does not answer: the database itself does', error)
    away = true
  }
  function soon(): void {
    if (away || looking || closed) return
    clearTimeout(timer)
    timer = setTimeout(look, SOON_MS)
    timer.unref()
  }

  void look()
  return {
    pool,
    mayAnswer: (partnerId) => !away && replayed >= wantedByAll && replayed >= (wanted.get(partnerId) ?? 0n),
    wrote(partnerId, position) {
      if (partnerId === null || wanted.size >= PARTNERS_MAX) wantedByAll = position > wantedByAll ? position : wantedByAll
      else if (position > (wanted.get(partnerId) ?? 0n)) wanted.set(partnerId, position)
      soon()
    },
    failed,
    async close() {
      closed = true
      clearTimeout(timer)
      await pool.end()
    },
  }
}
