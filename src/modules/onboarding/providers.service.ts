import { connectionOf } from '../../platform/connections/connections.ts'
import { type Ctx, nowFor, ownerOf } from '../../platform/database/context.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { EntityProviders } from '../../ports/payments.ts'
import { forEntity } from './kyc.service.ts'

/** Who carries out payments of the entity at hand: its own connection, else its partner's, and what needs none. */
export async function providersIn(ctx: Ctx, { db, payments, sealing }: Machinery): Promise<EntityProviders> {
  const connected = await forEntity(ctx, await connectionOf(ctx, await sealing(), 'payments'))
  return payments.of(connected, () => nowFor(db, ownerOf(ctx)))
}
