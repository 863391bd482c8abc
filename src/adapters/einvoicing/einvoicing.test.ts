import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { document, firm, passesTheSuite } from './einvoicing.suite.ts'
import { open, seal } from './envelope.ts'
import { folderNetwork } from './folder.ts'
import { noNetwork } from './none.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
function made(options: { closed?: boolean; receipts?: boolean } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-network-'))
  return { folder, network: folderNetwork({ folder, closed: true, receipts: true, now, ...options }) }
}

describe('among the entities of an installation', () =>
  passesTheSuite(async () => ({ network: made().network, participants: true })))
describe('without a network', () => passesTheSuite(async () => ({ network: noNetwork, participants: false })))

test('without a network whoever sends hears why', async () => {
  await expect(noNetwork.send(document(firm(), firm()), 'k')).rejects.toThrow('E-invoicing transport is not configured')
})

test('what goes out lies in its envelope for whoever fetches it, and their receipts are heard', async () => {
  const { folder, network } = made({ closed: false })
  const [a, b] = [firm(), firm({ scheme: '0208', identifier: '0412345614' })]
  const sent = document(a, b)
  const { message_id, delivered } = await network.send(sent, 'one')
  expect(delivered).toBe(false)
  const envelope = readFileSync(join(folder, 'out', `${message_id}.xml`))
  expect(open(envelope)).toMatchObject({ message_id, from: sent.from, to: sent.to })
  expect(envelope.toString()).toContain('<Identifier Authority="iso6523-actorid-upis">0208:0412345614</Identifier>')
  expect(JSON.parse(readFileSync(join(folder, 'out', `${message_id}.json`), 'utf8'))).toMatchObject({
    message_id,
    type: 'invoice',
  })
  expect(await network.news([])).toEqual([])
  writeFileSync(join(folder, 'out', `${message_id}.ok`), '')
  expect(await network.news([])).toEqual([{ kind: 'delivered', message_id }])
  await network.settle({ kind: 'delivered', message_id })
  expect(readdirSync(join(folder, 'out'))).toEqual([])
  const other = await network.send(document(a, b), 'two')
  writeFileSync(join(folder, 'out', `${other.message_id}.err`), 'The receiver is unknown\n')
  expect(await network.news([])).toEqual([{ kind: 'rejected', message_id: other.message_id, reason: 'The receiver is unknown' }])
})

test('where nobody leaves receipts a written file is delivered', async () => {
  const { network } = made({ closed: false, receipts: false })
  expect((await network.send(document(firm(), firm()), 'one')).delivered).toBe(true)
})

test('whoever stands in the list of an open network is known', async () => {
  const { folder, network } = made({ closed: false })
  expect(await network.knows({ scheme: '9930', identifier: 'DE811907980' }, 'invoice')).toBe(false)
  writeFileSync(join(folder, 'directory.txt'), '9930:de811907980\n0208:0412345614\n')
  expect(await network.knows({ scheme: '9930', identifier: 'DE811907980' }, 'invoice')).toBe(true)
})

test.each([
  ['no envelope', '<Invoice/>'],
  ['cut off', seal(document(firm(), firm()), 'm', now()).slice(0, -40)],
  ['nobody is named', seal(document(firm(), firm()), 'm', now()).replace(/9930:/g, '')],
  ['empty', ''],
  ['no text at all', '\u0000\u0001\u0002'],
])('what can not be opened is told once and put aside: %s', async (_, content) => {
  const { folder, network } = made()
  await network.news([])
  writeFileSync(join(folder, 'in', 'broken.xml'), content)
  const [event, ...more] = await network.news([])
  expect([event?.kind, event?.message_id, more.length]).toEqual(['unreadable', 'broken', 0])
  await network.settle(event!, 'It can not be opened')
  expect(await network.news([])).toEqual([])
  expect(readdirSync(join(folder, 'done')).sort()).toEqual(['broken.xml', 'broken.xml.err'])
})

test('whatever a stranger calls a message, nothing is written outside of the folder', async () => {
  const { folder, network } = made()
  await network.news([])
  writeFileSync(join(folder, 'victim.json'), '{}')
  const sent = seal(document(firm(), firm()), '../victim', now())
  writeFileSync(join(folder, 'in', 'stranger.xml'), sent)
  const [event] = await network.news([])
  expect(event?.message_id).toBe('../victim')
  await network.settle(event!, 'Nobody here')
  expect(readdirSync(folder).sort()).toEqual(['done', 'in', 'out', 'participants', 'victim.json'])
  expect(readdirSync(join(folder, 'out'))).toEqual([])
  expect(readdirSync(join(folder, 'done')).sort()).toEqual(['stranger.xml', 'stranger.xml.err'])
})

test('files that are still being written are left alone', async () => {
  const { folder, network } = made()
  await network.news([])
  writeFileSync(join(folder, 'in', '.half.xml.part'), '<Standard')
  writeFileSync(join(folder, 'in', 'readme.txt'), 'hello')
  expect(await network.news([])).toEqual([])
})
