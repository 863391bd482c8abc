import type { Ctx } from '../database/context.ts'
import type { Statement } from '../database/sql.ts'
import type { Sealing } from './sealing.ts'

/** A secret that this server made and needs again: sealed, or readable as an earlier version left it. */
export interface KeptSecret {
  readonly id: string
  readonly partner_id: string
  readonly plain: string | null
  readonly sealed: Buffer | null
}

interface Place {
  /** What the secrets belong to, e.g. `webhook subscription`: with the partner and the id of the row it is what each is sealed for. */
  readonly kind: string
  readonly all: Statement<Record<never, never>, KeptSecret>
  readonly keep: Statement<{ id: string; partner_id: string; sealed: Buffer }, unknown>
}

/** The secrets in the rows of a table. */
export function keptSecrets({ kind, all, keep }: Place) {
  const about = (partnerId: string, id: string) => `${kind} ${partnerId} ${id}`
  const seal = (sealing: Sealing, partnerId: string, id: string, secret: string): Buffer =>
    sealing.seal(secret, about(partnerId, id))
  function open(sealing: Sealing, { id, partner_id, plain, sealed }: KeptSecret): string {
    if (sealed) return sealing.open(sealed, about(partner_id, id))
    if (plain !== null) return plain
    throw new Error(`The ${kind} ${id} has no secret`)
  }
  return {
    seal,
    open,
    /** Seals what an earlier version left readable. The caller sees all rows. Answers how many there were. */
    async sealReadable(ctx: Ctx, sealing: () => Promise<Sealing>): Promise<number> {
      const readable = (await all(ctx)).filter(({ sealed }) => sealed === null)
      for (const row of readable) {
        const key = await sealing()
        await keep(ctx, { ...idOf(row), sealed: seal(key, row.partner_id, row.id, open(key, row)) })
      }
      return readable.length
    },
    /** Seals by the first key what an older one sealed. The caller sees all rows. Answers how many there were. */
    async reseal(ctx: Ctx, sealing: Sealing): Promise<number> {
      const old = (await all(ctx)).filter(({ sealed }) => sealed !== null && !sealing.isCurrent(sealed))
      for (const row of old) await keep(ctx, { ...idOf(row), sealed: seal(sealing, row.partner_id, row.id, open(sealing, row)) })
      return old.length
    },
  }
}

const idOf = ({ id, partner_id }: KeptSecret) => ({ id, partner_id })
