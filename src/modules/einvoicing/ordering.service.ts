import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Participant } from '../../ports/einvoicing.ts'

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    'einvoicing.send': { message: string }
  }
}

const INSERT = sql(`insert into einvoice_messages (direction, status, sender, receiver, receivable_id)
  values ('out', 'waiting', :sender, :receiver, :receivable) returning id`)
const shown = ({ scheme, identifier }: Participant) => `${scheme}:${identifier}`

/** Orders that a document goes to the network, with the transaction that makes it. */
export async function orderSending(ctx: Ctx, receivable: string, from: Participant, to: Participant): Promise<void> {
  const { id } = await INSERT.one(ctx, { receivable, sender: shown(from), receiver: shown(to) })
  await jobs.add(ctx, 'einvoicing.send', { message: id })
}
