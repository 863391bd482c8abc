import { expect, test } from 'vitest'
import type { EinvoiceNetwork, NetworkEvent, Outgoing, Registration } from '../../ports/einvoicing.ts'
import { NetworkRefusal } from '../../ports/einvoicing.ts'

/** What every network for e-invoices has to do, whoever carries the documents. */

export interface Stage {
  readonly network: EinvoiceNetwork
  /** Whether this many participants can be registered here; without them only refusals are tried. */
  readonly participants: boolean
  /** How a refusal is told, where the network does not carry the receiver's own words. */
  readonly refused?: string
}

let count = 0
export const firm = (changes: Partial<Registration> = {}): Registration => ({
  scheme: '9930',
  identifier: `DE${String(Date.now()).slice(-6)}${String(++count).padStart(3, '0')}`,
  name: `Firm ${count}`,
  country: 'DE',
  sends: true,
  receives: true,
  ...changes,
})
export const document = (from: Registration, to: Registration, changes: Partial<Outgoing> = {}): Outgoing => ({
  from: { scheme: from.scheme, identifier: from.identifier },
  to: { scheme: to.scheme, identifier: to.identifier },
  type: 'invoice',
  country: 'DE',
  xml: `<?xml version="1.0" encoding="UTF-8"?>\n<Invoice xmlns="x">Größe &amp; ${++count}</Invoice>\n`,
  ...changes,
})
const received = (events: readonly NetworkEvent[]) => events.filter((event) => event.kind === 'received')

export function passesTheSuite(stage: () => Promise<Stage>): void {
  test('a participant is known while it receives, and its number is compared without regard to case', async () => {
    const { network, participants } = await stage()
    const who = firm()
    expect(await network.knows(who, 'invoice')).toBe(false)
    if (!participants) return void (await expect(network.register(who, 'k')).rejects.toThrow(NetworkRefusal))
    const { id } = await network.register(who, `key ${who.identifier}`)
    expect(await network.register(who, `key ${who.identifier}`)).toEqual({ id })
    expect(await network.knows({ ...who, identifier: who.identifier.toLowerCase() }, 'invoice')).toBe(true)
    await network.register({ ...who, receives: false }, `key ${who.identifier}`)
    expect(await network.knows(who, 'invoice')).toBe(false)
    await network.unregister(who)
    await network.unregister(who)
    expect(await network.knows(who, 'invoice')).toBe(false)
  })

  test('a document arrives once as it was sent, however often it is handed over under its key', async () => {
    const { network, participants } = await stage()
    const [a, b] = [firm(), firm()]
    const sent = document(a, b)
    if (!participants) return void (await expect(network.send(sent, 'k')).rejects.toThrow(NetworkRefusal))
    for (const who of [a, b]) await network.register(who, who.identifier)
    const answers = [await network.send(sent, 'one'), await network.send(sent, 'one')]
    expect(answers[1]).toEqual(answers[0])
    const [event, ...more] = received(await network.news([]))
    expect(more).toEqual([])
    if (event?.kind !== 'received') throw new Error('nothing arrived')
    expect([event.from, event.to, event.message_id]).toEqual([sent.from, sent.to, answers[0]!.message_id])
    expect(event.xml.toString()).toBe(sent.xml)
    // Told until it is settled, then never again, also when it is handed over once more.
    expect(received(await network.news([]))).toHaveLength(1)
    await network.settle(event)
    expect(received(await network.news([]))).toEqual([])
    await network.send(sent, 'one')
    expect(received(await network.news([]))).toEqual([])
  })

  test('a document for somebody who is not there is refused for good', async () => {
    const { network } = await stage()
    await expect(network.send(document(firm(), firm()), 'nobody')).rejects.toThrow(NetworkRefusal)
  })

  test('what is refused by its receiver is told to its sender', async () => {
    const { network, participants, refused = 'Nobody here' } = await stage()
    if (!participants) return
    const [a, b] = [firm(), firm()]
    for (const who of [a, b]) await network.register(who, who.identifier)
    const { message_id } = await network.send(document(a, b), 'refused')
    const [event] = received(await network.news([]))
    await network.settle(event!, 'Nobody here')
    const told = (await network.news([message_id])).filter((one) => one.kind === 'rejected')
    expect(told).toEqual([{ kind: 'rejected', message_id, reason: refused }])
    await network.settle(told[0]!)
    expect(await network.news([])).toEqual([])
  })
}
