import { createHash, randomUUID } from 'node:crypto'
import { networkSchemes } from '../../core/einvoice/schemes.data.ts'
import { refuseWhileLeaving } from '../../platform/database/away.ts'
import { asEntity, asSystem, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { everywhere, type Machinery } from '../../platform/machinery.ts'
import { type Reading, readFile, type Unread } from '../../platform/reading/reading.ts'
import { type NetworkEvent, NetworkRefusal, type Participant } from '../../ports/einvoicing.ts'
import { withStored } from '../common/files/files.service.ts'
import { noteReceived } from '../einvoicing/messages.service.ts'
import { ownOf } from '../payables/alarms.service.ts'
import { receiveNote } from '../payables/credit-notes/uploads.service.ts'
import { receiveEinvoice } from '../payables/reading/reading.service.ts'

/** E-invoices that come in: bills and credit notes of the entity that is known by the receiver's number. */

const RECEIVER = sql(`select c.partner_id, c.entity_id from einvoicing_network_credentials c
  join einvoicing_connections t on t.entity_id = c.entity_id and t.id = c.einvoicing_connection_id and t.deleted_at is null and t.is_receiver
  join entities e on e.id = c.entity_id and e.status = 'active'
  where c.network_credentials_schema = any (:schemas) and c.network_credentials_identifier = :identifier and c.deleted_at is null`)
const KNOWN = sql(`select id from einvoice_messages where direction = 'in' and message_id = :message`)
type Received = Extract<NetworkEvent, { kind: 'received' }>
const shown = ({ scheme, identifier }: Participant) => `${scheme}:${identifier}`

/** Who takes documents under this number. */
function receiverOf(db: Machinery['db'], { scheme, identifier }: Participant) {
  const schemas = Object.entries(networkSchemes).flatMap(([name, code]) => (code === scheme ? [name] : []))
  return asSystem(db, (ctx) => RECEIVER.maybe(ctx, { schemas, identifier }))
}
/** The same among all that this process serves. Throws `PartnerLeaving` where that is known in a moment only. */
async function receiverAnywhere(machinery: Machinery, to: Participant) {
  for (const at of everywhere(machinery)) {
    const found = await receiverOf(at.db, to)
    if (found) return { found, at }
  }
  await refuseWhileLeaving(machinery)
  return null
}
const nobody = (to: Participant) => `Nobody takes e-invoices under ${shown(to)} here`

/** Keeps a document in its envelope until it is read. Refuses (`NetworkRefusal`) what can't be opened, and what is for nobody here. */
export async function takeEnvelope(machinery: Machinery, envelope: Buffer): Promise<void> {
  const { network } = machinery
  if (!network.accept) throw new NetworkRefusal('No e-invoices are taken here: EINVOICE_NETWORK says so')
  await network.accept(envelope, async (to) => ((await receiverAnywhere(machinery, to)) ? null : nobody(to)))
}

const LOCK_EXCHANGE = sql(`select pg_advisory_xact_lock(hashtextextended(:key, 0))`)

/** Takes a document in; answers why its sender has to hear a no, or null. It may come more than once: it is kept once. */
export async function receive(machinery: Machinery, event: Received): Promise<string | null> {
  const receiver = await receiverAnywhere(machinery, event.to)
  if (!receiver) return nobody(event.to)
  const { found, at } = receiver
  const { db, storage, config } = at
  const who = { partnerId: found.partner_id, entityId: found.entity_id, userId: null }
  const own = await asEntity(db, { ...who, reading: true }, ownOf)
  const outcome = await readFile(event.xml, 'application/xml', own, { scan_s: config.scan_seconds })
  if ('refused' in outcome) return outcome.refused
  const name = `${(outcome.bill.document_id ?? event.message_id).replace(/[^\w.-]+/g, '_').slice(0, 200)}.xml`
  return withStored(storage, event.xml, (key) =>
    asEntity(db, who, async (ctx) => {
      await LOCK_EXCHANGE(ctx, { key: `einvoice ${event.message_id}` })
      if ((await KNOWN(ctx, { message: event.message_id })).length > 0) return null
      await keep(ctx, event, { bytes: event.xml, name }, key, config.region, outcome)
      return null
    }),
  )
}

async function keep(
  ctx: Ctx,
  event: Received,
  file: { bytes: Buffer; name: string },
  key: () => string,
  region: string,
  outcome: Reading | Unread,
): Promise<void> {
  const arrival = {
    request: randomUUID(),
    arrival_key: createHash('sha256').update(`einvoice\n${event.message_id}`).digest('hex'),
  }
  const isNote = 'bill' in outcome && (outcome.bill.type === 'credit_note' || (outcome.bill.total ?? 0) < 0)
  const payable = isNote ? null : await receiveEinvoice(ctx, file, key, region, arrival, outcome)
  const note = isNote ? await receiveNote(ctx, file, key, region, arrival.request, outcome) : null
  await noteReceived(ctx, { message: event.message_id, sender: shown(event.from), receiver: shown(event.to), payable, note })
}
