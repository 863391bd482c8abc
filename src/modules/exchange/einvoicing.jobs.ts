import { networkSchemes } from '../../core/einvoice/schemes.data.ts'
import { asEntity, asSystem } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import { everywhere, type Machinery } from '../../platform/machinery.ts'
import { type NetworkEvent, NetworkRefusal } from '../../ports/einvoicing.ts'
import { setConnectionStatus } from '../einvoicing/messages.service.ts'
import { receive } from './receiving.service.ts'
import { bookReceipt, OF_MESSAGE, OUTSTANDING, send } from './sending.service.ts'

/** A number as the network is to know it: whose, in what it takes part, and whether at all. */
const REGISTERED = sql(`select c.id, c.einvoicing_connection_id as connection_id, c.network_credentials_schema as scheme,
    c.network_credentials_identifier as identifier, c.deleted_at is null and t.deleted_at is null as "takes_part!", t.is_sender, t.is_receiver,
    t.address ->> 'country' as "country!",
    coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "name!"
  from einvoicing_network_credentials c
  join einvoicing_connections t on t.entity_id = c.entity_id and t.id = c.einvoicing_connection_id
  join entities e on e.id = c.entity_id
  where c.id = :id`)
export function einvoicingJobs(machinery: Machinery): JobHandlers<KindsOf<'einvoicing'>> {
  const { db, network, log } = machinery
  return {
    'einvoicing.register': async (job) => {
      const { credential_id: id } = job.payload
      const found = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) => REGISTERED.maybe(ctx, { id }))
      if (!found) return async () => {}
      const participant = { scheme: schemeOf(found.scheme), identifier: found.identifier }
      if (!found.takes_part) {
        await network.unregister(participant)
        return async () => {}
      }
      const { name, country, is_sender: sends, is_receiver: receives, connection_id } = found
      try {
        const { id: provider } = await network.register({ ...participant, name, country, sends, receives }, id)
        return async (ctx) => void (await setConnectionStatus(ctx, { id: connection_id, status: 'active', provider }))
      } catch (error) {
        if (!(error instanceof NetworkRefusal)) throw error
        log.warn({ reason: error.message, credential: id }, 'the network for e-invoices did not take a participant')
        return async (ctx) => void (await setConnectionStatus(ctx, { id: connection_id, status: 'failed', provider: null }))
      }
    },
    'einvoicing.send': (job) => send(machinery, job),
  }
}

const LOOK_MS = 10_000

/** What the network has to tell is asked for again and again; an event that can't be booked yet keeps no other from it. */
export const einvoicingSchedule = (machinery: Machinery): Schedule => ({
  name: 'einvoicing.collect',
  every_ms: LOOK_MS,
  work: async () => {
    const outstanding: string[] = []
    for (const { db } of everywhere(machinery))
      for (const { message_id } of await asSystem(db, (ctx) => OUTSTANDING(ctx))) outstanding.push(message_id)
    for (const event of await machinery.network.news(outstanding))
      await book(machinery, event).catch((error: Error) =>
        machinery.log.error(
          { err: error, message: event.message_id },
          'what the network for e-invoices reported could not be booked',
        ),
      )
  },
})

/** Each is settled after what it led to is committed: told twice, it is booked once. */
async function book(machinery: Machinery, event: NetworkEvent): Promise<void> {
  const { network, log } = machinery
  if (event.kind === 'unreadable') {
    log.warn(
      { message: event.message_id, reason: event.reason },
      'a document from the network for e-invoices could not be opened',
    )
    return network.settle(event, event.reason)
  }
  if (event.kind === 'received') {
    const refused = await receive(machinery, event)
    if (refused !== null) log.warn({ message: event.message_id, reason: refused }, 'a document from the network was refused')
    return network.settle(event, refused ?? undefined)
  }
  const reason = event.kind === 'rejected' ? event.reason : null
  for (const { db } of everywhere(machinery)) {
    const found = await asSystem(db, (ctx) => OF_MESSAGE.maybe(ctx, { message: event.message_id }))
    if (!found) continue
    await asEntity(db, whoOf(found), (ctx) => bookReceipt(ctx, found.id, reason))
    return network.settle(event)
  }
  log.warn({ message: event.message_id }, 'the network for e-invoices tells of a document that is not ours')
  return network.settle(event)
}

/** The network's own code of a scheme. */
function schemeOf(scheme: string): string {
  const known: Readonly<Record<string, string>> = networkSchemes
  const code = known[scheme]
  if (!code) throw new Error(`Nobody knows the scheme ${scheme}`)
  return code
}
