import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** Documents that go through the network, out and in, and what became of them. */

const HANDED =
  sql(`update einvoice_messages set status = :status, message_id = :message, file_id = :file, attempts = attempts + 1, error = null,
  updated_at = app_now() where id = :id`)
const TRIED = sql(`update einvoice_messages set attempts = attempts + 1, error = :error, updated_at = app_now() where id = :id`)
const GIVEN_UP = sql(
  `update einvoice_messages set status = 'rejected', error = :error, attempts = attempts + 1, updated_at = app_now() where id = :id`,
)
const TOLD = sql(`update einvoice_messages set status = :status, error = :error?, updated_at = app_now() where id = :id`)
const KEPT = sql(`insert into einvoice_messages (direction, status, message_id, sender, receiver, payable_id, credit_note_id)
  values ('in', 'received', :message, :sender, :receiver, :payable?::uuid, :note?::uuid) returning id`)

type Of<S extends (ctx: Ctx, values: never) => unknown> = Parameters<S>[1]

/** The network has taken it. */
export async function noteHanded(ctx: Ctx, message: Of<typeof HANDED>): Promise<void> {
  await HANDED(ctx, message)
}
/** The network could not be reached; it is tried again. */
export async function noteTried(ctx: Ctx, message: Of<typeof TRIED>): Promise<void> {
  await TRIED(ctx, message)
}
/** It does not go: the network refused it, or could not be reached for too long. */
export async function noteGivenUp(ctx: Ctx, message: Of<typeof GIVEN_UP>): Promise<void> {
  await GIVEN_UP(ctx, message)
}
/** What the network tells of a document that it took. */
export async function noteTold(ctx: Ctx, message: Of<typeof TOLD>): Promise<void> {
  await TOLD(ctx, message)
}
/** A document that came in. */
export async function noteReceived(ctx: Ctx, message: Of<typeof KEPT>): Promise<void> {
  await KEPT(ctx, message)
}

/** What the network says of a connection: whether it takes part, and under which id. */
const STATUS =
  sql(`update einvoicing_connections set status = :status, provider_id = coalesce(:provider?::text, provider_id), updated_at = app_now()
  where id = :id and deleted_at is null`)
export async function setConnectionStatus(ctx: Ctx, connection: Of<typeof STATUS>): Promise<void> {
  await STATUS(ctx, connection)
}
