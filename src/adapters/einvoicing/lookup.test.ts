import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { dns } from '../../../test/support/dns.ts'
import { serve } from '../../../test/support/file-server.ts'
import type { DocumentType } from '../../ports/einvoicing.ts'
import { documentTypeOf } from './envelope.ts'
import { nameOf, peppolDirectory } from './lookup.ts'

const zone = 'participant.sml.test.example'
const now = () => new Date('2026-11-30T12:00:00Z')

test.each([
  // Published vectors: the participant of a test network, and one in the real one.
  ['9915', 'test', 'EH5BOAVAKTMBGZYH2A63DZ4QOV33FVP5NSDVQKLUCFRAAYOODW6A'],
  ['9915', 'TEST', 'EH5BOAVAKTMBGZYH2A63DZ4QOV33FVP5NSDVQKLUCFRAAYOODW6A'],
  ['0192', '923609016', 'XQK4T3FMTEZDUY5BOVJMTNAQ45N7E4TIBYHWFPGOT75BSP7UYG2A'],
])('%s:%s stands in the DNS under its hash', (scheme, identifier, hash) => {
  expect(nameOf({ scheme, identifier }, zone)).toBe(`${hash}.iso6523-actorid-upis.${zone}`)
})

interface Published {
  readonly participant?: string
  readonly document?: string
  readonly process?: string
  readonly transport?: string
  readonly from?: string
  readonly until?: string
}
const metadata = ({
  participant = '',
  document = documentTypeOf('invoice'),
  process = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
  transport = 'peppol-transport-as4-v2_0',
  from = '2024-01-01T00:00:00Z',
  until = '2030-01-01',
}: Published) => `<?xml version="1.0" encoding="UTF-8"?>
<smp:SignedServiceMetadata xmlns:smp="http://busdox.org/serviceMetadata/publishing/1.0/" xmlns:id="http://busdox.org/transport/identifiers/1.0/">
  <smp:ServiceMetadata><smp:ServiceInformation>
    <id:ParticipantIdentifier scheme="iso6523-actorid-upis">${participant}</id:ParticipantIdentifier>
    <id:DocumentIdentifier scheme="busdox-docid-qns">${document}</id:DocumentIdentifier>
    <smp:ProcessList><smp:Process><id:ProcessIdentifier scheme="cenbii-procid-ubl">${process}</id:ProcessIdentifier>
      <smp:ServiceEndpointList><smp:Endpoint transportProfile="${transport}">
        <smp:ServiceActivationDate>${from}</smp:ServiceActivationDate><smp:ServiceExpirationDate>${until}</smp:ServiceExpirationDate>
      </smp:Endpoint></smp:ServiceEndpointList></smp:Process></smp:ProcessList>
  </smp:ServiceInformation></smp:ServiceMetadata>
</smp:SignedServiceMetadata>`

let count = 0
/** A participant of its own, with a publisher that answers as told. */
async function known(listener: (request: IncomingMessage, response: ServerResponse) => void, allowPrivate = true) {
  const who = { scheme: '9930', identifier: `DE${700_000_000 + ++count}` }
  const url = await serve(listener)
  dns.leadOn(nameOf(who, zone), [{ flags: 'U', service: 'Meta:SMP', regexp: `!.*!${url}/smp/!` }])
  const directory = peppolDirectory({ zone, resolver: dns, allowPrivate, now, timeout_ms: 500 })
  return { who, url, ask: (type: DocumentType = 'invoice') => directory.takes(who, type) }
}
const publishing = async (published: Published) => {
  const made: { participant: string; paths: string[] } = { participant: '', paths: [] }
  const found = await known((request, response) => {
    made.paths.push(decodeURIComponent(request.url ?? ''))
    response.end(metadata({ participant: made.participant, ...published }))
  })
  made.participant = `9930:${found.who.identifier.toLowerCase()}`
  return { ...found, made }
}

test('whoever publishes that it takes our documents takes them', async () => {
  const { ask, made } = await publishing({})
  expect(await ask()).toBe(true)
  expect(made.paths).toEqual([
    `/smp/iso6523-actorid-upis::${made.participant}/services/busdox-docid-qns::${documentTypeOf('invoice')}`,
  ])
})

test.each<[string, Published]>([
  ['another process', { process: 'urn:fdc:peppol.eu:2017:poacc:ordering:01:1.0' }],
  ['another way of transport', { transport: 'busdox-transport-as2-ver1p0' }],
  ['not yet', { from: '2027-01-01T00:00:00Z' }],
  ['no more', { until: '2026-01-01T00:00:00Z' }],
])('whoever takes them otherwise does not: %s', async (_, published) => {
  expect(await (await publishing(published)).ask()).toBe(false)
})

test('whoever is in no zone, and whoever publishes nothing about the document, does not take it', async () => {
  const directory = peppolDirectory({ zone, resolver: dns, allowPrivate: true, now })
  expect(await directory.takes({ scheme: '9930', identifier: 'DE000000000' }, 'invoice')).toBe(false)
  const { ask } = await known((_request, response) => response.writeHead(404).end())
  expect(await ask('credit_note')).toBe(false)
})

test('another publisher that is named is asked, once', async () => {
  const other = await publishing({})
  const redirect = (href: string) =>
    `<ServiceMetadata xmlns="http://busdox.org/serviceMetadata/publishing/1.0/"><Redirect href="${href}"/></ServiceMetadata>`
  const { ask, who } = await known((_request, response) => response.end(redirect(`${other.url}/there`)))
  other.made.participant = `9930:${who.identifier.toLowerCase()}`
  expect(await ask()).toBe(true)
  const loop = await known((_request, response) => response.end(redirect(`${loop.url}/again`)))
  await expect(loop.ask()).rejects.toThrow('another again')
})

const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(100)}">]><SignedServiceMetadata>&a;</SignedServiceMetadata>`
test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ['nothing in time', () => {}],
  ['an error', (_, response) => response.writeHead(500).end()],
  ['a page', (_, response) => response.end('<html><body>welcome</body></html>')],
  ['no XML', (_, response) => response.end('{"a": 1}')],
  ['XML that was cut off', (_, response) => response.end(metadata({}).slice(0, -30))],
  ['XML that grows', (_, response) => response.end(bomb)],
  ['more than can be read', (_, response) => response.end(metadata({}) + ' '.repeat(300 * 1024))],
  ['about somebody else', (_, response) => response.end(metadata({ participant: '9930:de123456789' }))],
  ['elsewhere, by another protocol', (_, response) => response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end()],
  ['elsewhere, without end', (request, response) => response.writeHead(302, { location: `${request.url}x` }).end()],
])('nothing is concluded from a publisher that answers: %s', async (_, listener) => {
  const { ask } = await known(listener)
  await expect(ask()).rejects.toThrow()
})

test('a document type that was not asked for says nothing', async () => {
  const { ask } = await publishing({ document: documentTypeOf('credit_note') })
  await expect(ask()).rejects.toThrow('other documents')
})

test('nothing is concluded from a DNS that does not answer, or that leads nowhere', async () => {
  const directory = peppolDirectory({ zone, resolver: dns, allowPrivate: true, now })
  const silent = { scheme: '9930', identifier: 'DE800000001' }
  dns.silence(nameOf(silent, zone))
  await expect(directory.takes(silent, 'invoice')).rejects.toThrow('DNS')
  for (const regexp of [
    '',
    '!.*!not an address!',
    '!^x$!https://smp.example!',
    '!.*!https://smp.example?a=b!',
    '!.*!ftp://smp.example!',
  ]) {
    const who = { scheme: '9930', identifier: `DE8100000${++count}` }
    dns.leadOn(nameOf(who, zone), [{ flags: 'U', service: 'Meta:SMP', regexp }])
    await expect(directory.takes(who, 'invoice'), regexp).rejects.toThrow()
  }
})

test('a publisher inside the house is not asked', async () => {
  let asked = 0
  const { ask } = await known((_request, response) => {
    asked++
    response.end()
  }, false)
  await expect(ask()).rejects.toThrow('public address')
  expect(asked).toBe(0)
})
