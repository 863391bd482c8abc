import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AccessPointFault, fakeAccessPoint } from '../../../test/support/access-point.ts'
import { serve } from '../../../test/support/file-server.ts'
import { type EinvoiceNetwork, NetworkRefusal } from '../../ports/einvoicing.ts'
import { accessPoint } from './access-point.ts'
import { document, firm, passesTheSuite } from './einvoicing.suite.ts'
import { open } from './envelope.ts'
import { folderNetwork } from './folder.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
const inside = () =>
  folderNetwork({ folder: mkdtempSync(join(tmpdir(), 'quittance-access-point-')), closed: false, receipts: true, now })

async function made(timeout_ms = 5_000) {
  const held: { network?: EinvoiceNetwork } = {}
  const fake = await fakeAccessPoint(async (envelope) => held.network?.accept?.(envelope, async () => null))
  const at = accessPoint({ url: fake.url, token: 'the token', api: 'phoss', inside: inside(), now, timeout_ms })
  // Who takes part is arranged with the publisher of the access point, by hand.
  const network: EinvoiceNetwork = {
    ...at,
    register: (who, key) => {
      fake.join(who.scheme, who.identifier)
      return at.register(who, key)
    },
  }
  held.network = network
  return { fake, network }
}

describe('an access point', () =>
  passesTheSuite(async () => ({
    network: (await made()).network,
    participants: true,
    refused: 'The receiver refused the document',
  })))

async function pair() {
  const { fake, network } = await made()
  const [a, b] = [firm(), firm()]
  for (const who of [a, b]) await network.register(who, who.identifier)
  return { fake, network, sent: document(a, b) }
}
const received = async (network: EinvoiceNetwork) => (await network.news([])).filter(({ kind }) => kind === 'received').length

describe('whatever goes wrong at a call', () => {
  const faults: readonly AccessPointFault[] = [
    'drops before the effect',
    'drops after the effect',
    'is busy',
    'is broken',
    'talks garbage',
    'talks without end',
    'leads elsewhere',
  ]
  test.each(faults)('the document arrives once when it is tried again: the access point %s', async (fault) => {
    const { fake, network, sent } = await pair()
    fake.strike('/api/outbound/submit-sbd', fault)
    await expect(network.send(sent, 'one')).rejects.not.toThrow(NetworkRefusal)
    expect(await network.send(sent, 'one')).toMatchObject({ delivered: true })
    expect(await received(network)).toBe(1)
    expect(fake.transactions.size).toBe(1)
  })

  const questions = faults.concat('tells of another message')
  test.each(questions)('nothing is believed of a message while the access point %s', async (fault) => {
    const { fake, network, sent } = await pair()
    fake.deliver(false)
    const { message_id } = await network.send(sent, 'one')
    fake.transactions.get(message_id)!.status = 'sent'
    fake.strike('/api/outbound/status/', fault)
    expect(await network.news([message_id])).toEqual([])
    expect(await network.news([message_id])).toEqual([{ kind: 'delivered', message_id }])
  })
})

test('a time-out is no answer: the document may be there or not', async () => {
  const url = await serve(() => {})
  const network = accessPoint({ url, token: 'the token', api: 'phoss', inside: inside(), now, timeout_ms: 100 })
  await expect(network.send(document(firm(), firm()), 'one')).rejects.not.toThrow(NetworkRefusal)
})

test('what the access point goes on trying is under way until it says more', async () => {
  const { fake, network, sent } = await pair()
  fake.deliver(false)
  const { message_id, delivered } = await network.send(sent, 'one')
  expect(delivered).toBe(false)
  expect(await network.news([message_id])).toEqual([])
  Object.assign(fake.transactions.get(message_id)!, { status: 'permanently_failed', errorDetails: 'Gone for good' })
  expect(await network.news([message_id])).toEqual([{ kind: 'rejected', message_id, reason: 'Gone for good' }])
})

test('a delivery is told once, and a later no of the receiver all the same', async () => {
  const { fake, network, sent } = await pair()
  fake.deliver(false)
  const { message_id } = await network.send(sent, 'one')
  fake.transactions.get(message_id)!.status = 'sent'
  const [told] = await network.news([message_id])
  await network.settle(told!)
  const before = fake.seen.length
  expect(await network.news([message_id])).toEqual([])
  // It was asked about a moment ago.
  expect(fake.seen.length).toBe(before)
})

test('whoever sent a document hears what became of it, in the words of the receiver', async () => {
  const { fake, network, sent } = await pair()
  await network.send(sent, 'one')
  const [event] = await network.news([])
  fake.strike('/api/mls/send', 'is broken')
  await expect(network.settle(event!, 'Nobody here')).rejects.toThrow('500')
  await network.settle(event!, 'Nobody here')
  expect(fake.reports).toMatchObject([
    { responseCode: 'RE', responseText: 'Nobody here', issues: [{ statusReasonCode: 'BV', description: 'Nobody here' }] },
  ])
  await network.send(document(firm(), firm(), { to: sent.to }), 'two')
  const [other] = await network.news([])
  await network.settle(other!)
  expect(fake.reports).toHaveLength(2)
  expect(fake.reports[1]).toMatchObject({ responseCode: 'AP' })
})

test('an access point that does not listen holds nothing up for long', async () => {
  const { fake, network, sent } = await pair()
  await network.send(sent, 'one')
  const [event] = await network.news([])
  for (let times = 0; times < 4; times++) {
    fake.strike('/api/mls/send', 'is broken')
    await expect(network.settle(event!)).rejects.toThrow()
  }
  fake.strike('/api/mls/send', 'is broken')
  await network.settle(event!)
  expect(await received(network)).toBe(0)
})

test('a wrong token is our fault, and no word against the document', async () => {
  const { fake } = await made()
  const network = accessPoint({ url: fake.url, token: 'another', api: 'phoss', inside: inside(), now })
  const tried = network.send(document(firm(), firm()), 'one')
  await expect(tried).rejects.toThrow('EINVOICE_ACCESS_POINT_TOKEN')
  await expect(tried).rejects.not.toThrow(NetworkRefusal)
})

describe('the template of phase4', () => {
  const reports = {
    sent: { overallSuccess: true, sendingSuccess: true },
    refused: {
      overallSuccess: false,
      sendingResult: 'AS4_ERROR_MESSAGE_RECEIVED',
      as4ResponseErrors: [{ description: 'The receiver is not serviced' }],
    },
    unknown: {
      overallSuccess: false,
      sendingException: { class: 'com.helger.SMPClientNotFoundException', message: 'No such participant' },
    },
    away: { overallSuccess: false, sendingResult: 'TRANSPORT_ERROR' },
    silent: {},
  }
  async function answering(report: object, status = 200) {
    const bodies: string[] = []
    const url = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
      request.on('end', () => response.writeHead(request.url === '/sendsbdh' ? status : 404).end(JSON.stringify(report)))
    })
    return { bodies, network: accessPoint({ url, token: 'the token', api: 'phase4', inside: inside(), now }) }
  }

  test('sends at once, under the number that we choose, and is asked nothing more', async () => {
    const { network, bodies } = await answering(reports.sent)
    const sent = document(firm(), firm())
    const { message_id, delivered } = await network.send(sent, 'one')
    expect(delivered).toBe(true)
    expect(open(Buffer.from(bodies.join('')))).toMatchObject({ message_id, from: sent.from, to: sent.to })
    expect(await network.news([message_id])).toEqual([])
  })

  test.each([
    ['refused', 'The receiver is not serviced'],
    ['unknown', 'No such participant'],
  ] as const)('a no of the other side is final: %s', async (kind, reason) => {
    const { network } = await answering(reports[kind])
    await expect(network.send(document(firm(), firm()), 'one')).rejects.toThrow(new NetworkRefusal(reason))
  })

  test.each(['away', 'silent'] as const)('a failure on the way is tried again: %s', async (kind) => {
    const { network } = await answering(reports[kind])
    await expect(network.send(document(firm(), firm()), 'one')).rejects.not.toThrow(NetworkRefusal)
  })
})

test.each([
  ['no envelope', '<Invoice/>'],
  ['cut off', '<StandardBusinessDocument xmlns="x"><StandardBusinessDocumentHeader>'],
])('what can not be opened is not taken: %s', async (_, content) => {
  const { network } = await made()
  await expect(network.accept?.(Buffer.from(content), async () => null)).rejects.toThrow(NetworkRefusal)
  expect(await network.news([])).toEqual([])
})
