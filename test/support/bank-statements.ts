import { camtFile, type Entry } from './camt.ts'
import { good, ready } from './invoicing.ts'
import { type Body, type Client, world } from './world.ts'

/** The account that `ready` makes. */
export const IBAN = 'DE89370400440532013000'

export const camt = (entries: readonly Entry[], more: { iban?: string; opening?: string; closing?: string } = {}) =>
  camtFile(
    entries.map((entry) => ({ name: 'Somebody', ...entry })),
    { iban: IBAN, ...more },
  )

export const upload = (who: Client, content: string | Buffer, fields: Record<string, string> = {}) =>
  who.upload('POST', '/x/bank_statements', { bytes: Buffer.from(content), name: 'statement.xml' }, fields)

export async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  const transactions = async (query = ''): Promise<Body[]> =>
    good(await w.berlin.get(`/x/bank_transactions?sort=created_at${query}`)).data
  return { w, berlin: w.berlin, made, account: made.account as Body, transactions }
}

export const euros = (cents: number) => (cents / 100).toFixed(2)
