import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { pictureBomb } from '../../../../test/support/pictures.ts'
import { client, house, world } from '../../../../test/support/world.ts'
import { sizeOf } from '../../../platform/pictures/size.ts'
import { belongingOf } from './belongings.service.ts'
import { fileTypes } from './files.schema.ts'
import { pictureToPrint, sniff } from './files.service.ts'

type Sent = { bytes: Buffer; name: string; type?: string }
const pdf: Sent = { bytes: Buffer.from('%PDF-1.7\n%âãÏÓ\n'), name: 'bill.pdf' }
const attachments = { file_type: 'attachments' }
const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } })
  .png()
  .toBuffer()
const pathOf = (url: string) => new URL(url).pathname

test('a file is uploaded, found and deleted', async () => {
  const { berlin } = await world()
  const { status, body: file } = await berlin.upload('POST', '/files', pdf, attachments)
  expect(status).toBe(201)
  expect(file).toMatchObject({
    file_type: 'attachments',
    name: 'bill.pdf',
    mimetype: 'application/pdf',
    size: pdf.bytes.length,
    region: 'eu-central-1',
    s3_bucket: '',
    s3_file_path: '',
  })
  expect(file.md5).toMatch(/^[0-9a-f]{32}$/)
  expect((await berlin.get(`/files/${file.id}`)).body).toEqual(file)
  expect((await berlin.get(`/files?id__in=${file.id}&id__in=${randomUUID()}`)).body).toEqual({ data: [file] })
  expect((await berlin.get('/files?file_type=attachments')).body.data).toEqual([file])
  expect((await berlin.get('/files?file_type=payables')).body.data).toEqual([])
  expect((await berlin.delete(`/files/${file.id}`)).status).toBe(204)
  expect((await berlin.get(`/files/${file.id}`)).body).toEqual({ error: { message: 'File not found' } })
  expect((await berlin.get('/files?file_type=attachments')).body.data).toEqual([])
  expect((await berlin.get(pathOf(file.url))).status).toBe(404)
})

test('a list of files needs ids or a type', async () => {
  const { berlin } = await world()
  expect((await berlin.get('/files')).status).toBe(422)
  expect((await berlin.get('/files?file_type=songs')).status).toBe(422)
  const many = (count: number) => Array.from({ length: count }, () => `id__in=${randomUUID()}`).join('&')
  expect((await berlin.get(`/files?${many(250)}`)).body.data).toEqual([])
  expect((await berlin.get(`/files?${many(251)}`)).status).toBe(422)
})

test('an upload needs a file and a type', async () => {
  const { berlin } = await world()
  const faults = async (fields: Record<string, string>) => {
    const { status, body } = await berlin.upload('POST', '/files', pdf, fields)
    return [status, body.detail[0].loc, body.detail[0].type]
  }
  expect(await faults({})).toEqual([422, ['body', 'file_type'], 'missing'])
  expect(await faults({ file_type: 'songs' })).toEqual([422, ['body', 'file_type'], 'enum'])
  const { status, body } = await berlin.post('/files', { file_type: 'attachments' })
  const msg = expect.stringMatching(/^Field required: send a form/)
  expect([status, body.detail[0]]).toEqual([422, { loc: ['body', 'file'], msg, type: 'missing' }])
})

test('a file of 15 MB is taken, and one byte more is refused in exactly these words', async () => {
  const { berlin } = await world()
  const bytes = Buffer.alloc(15 * 1024 * 1024, 65)
  expect((await berlin.upload('POST', '/files', { bytes, name: 'big.txt' }, attachments)).status).toBe(201)
  const { status, body } = await berlin.upload(
    'POST',
    '/files',
    { bytes: Buffer.concat([bytes, Buffer.from('!')]), name: 'big.txt' },
    attachments,
  )
  expect([status, body]).toEqual([413, { message: 'Request size limit exceeded' }])
})

test('a file belongs to its entity; the partner sees the files of all its entities', async () => {
  const { berlin, paris, partner, partnerIn } = await world()
  const other = await world()
  const { body: file } = await berlin.upload('POST', '/files', pdf, attachments)
  for (const stranger of [paris, partnerIn(paris.entityId!), other.berlin, other.partner]) {
    expect((await stranger.get(`/files/${file.id}`)).status).toBe(404)
    expect((await stranger.delete(`/files/${file.id}`)).status).toBe(404)
    expect((await stranger.get(`/files?id__in=${file.id}`)).body.data).toEqual([])
  }
  expect((await partner.get(`/files/${file.id}`)).body).toEqual(file)
  expect((await partnerIn(berlin.entityId!).get(`/files/${file.id}`)).body).toEqual(file)
  const { body: own } = await partner.upload('POST', '/files', pdf, attachments)
  expect((await partner.get(`/files/${own.id}`)).status).toBe(200)
  expect((await berlin.get(`/files/${own.id}`)).status).toBe(404)
})

test('a user needs neither the entity header nor a permission', async () => {
  const { berlin, newUser } = await world()
  const guest = await newUser(berlin.entityId!, {})
  const bare = client(await house(), guest.token)
  const { status, body } = await bare.upload('POST', '/files', pdf, attachments)
  expect(status).toBe(201)
  expect((await berlin.get(`/files/${body.id}`)).body).toEqual(body)
})

describe('the link of a file', () => {
  const fetched = async ({ bytes, name, type }: Sent) => {
    const { berlin, nobody } = await world()
    const { body: file } = await berlin.upload('POST', '/files', { bytes, name, type }, attachments)
    return { file, answer: await nobody.get(pathOf(file.url)) }
  }
  test.each<[string, Sent, string]>([
    ['a PDF', pdf, 'application/pdf'],
    ['a picture', { bytes: png, name: 'logo.png' }, 'image/png'],
    ['plain text', { bytes: Buffer.from('hello'), name: 'a.txt' }, 'text/plain; charset=utf-8'],
  ])('shows %s to whoever has it, without any header', async (_what, sent, type) => {
    const { answer, file } = await fetched(sent)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.headers['content-disposition']).toBe(`inline; filename*=UTF-8''${sent.name}`)
    expect(Number(answer.headers['content-length'])).toBe(sent.bytes.length)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(Buffer.compare(answer.body, sent.bytes)).toBe(0)
    expect(file.url).toMatch(/^http:\/\/[\w.:]+\/f\/[\w-]{43}$/)
  })

  test.each<[string, string, string, string]>([
    ['HTML', '<!DOCTYPE html><script>alert(1)</script>', 'text/html', 'text/plain; charset=utf-8'],
    ['HTML behind blanks and a byte order mark', '\ufeff \n<HTML>', 'text/html', 'text/plain; charset=utf-8'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml', 'image/svg+xml'],
    ['SVG behind an XML head', '<?xml version="1.0"?>\n<svg/>', 'image/svg+xml', 'image/svg+xml'],
    ['XML', '<?xml version="1.0"?>\n<Invoice/>', 'application/xml', 'application/xml'],
    ['a program', 'MZ\0\0', 'application/octet-stream', 'application/octet-stream'],
  ])('saves %s instead of showing it, whatever it was called', async (_what, text, mimetype, type) => {
    const { answer, file } = await fetched({ bytes: Buffer.from(text), name: 'picture.png', type: 'image/png' })
    expect(file.mimetype).toBe(mimetype)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.headers['content-disposition']).toMatch(/^attachment; /)
    expect(answer.headers['content-security-policy']).toContain('sandbox')
  })

  test('leaves a PDF free to open in the browser’s viewer', async () => {
    expect((await fetched(pdf)).answer.headers['content-security-policy']).toBeUndefined()
  })

  test('carries any name safely', async () => {
    const { answer, file } = await fetched({ bytes: Buffer.from('x'), name: `Größe 5 it's (1)*\u{1F600}.txt` })
    expect(file.name).toBe(`Größe 5 it's (1)*\u{1F600}.txt`)
    const encoded = /filename\*=UTF-8''(\S+)$/.exec(answer.headers['content-disposition']!)![1]!
    expect(encoded).toMatch(/^[\w%.~-]+$/)
    expect(decodeURIComponent(encoded)).toBe(file.name)
  })

  test('can not be guessed or bent', async () => {
    const { nobody } = await world()
    for (const key of ['x', '..%2F..%2Fetc%2Fpasswd', '%2e%2e', "' or 1=1", 'a'.repeat(43)])
      expect((await nobody.get(`/f/${encodeURI(key)}`)).status).toBe(404)
  })
})

test('a name that leads somewhere is cut to its last part', async () => {
  const { berlin } = await world()
  const { body } = await berlin.upload('POST', '/files', { bytes: Buffer.from('x'), name: '../../etc/passwd' }, attachments)
  expect(body.name).toBe('passwd')
})

test.each<[string, string | number[], string]>([
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png'],
  ['jpg', [0xff, 0xd8, 0xff, 0xe0], 'image/jpeg'],
  ['gif', 'GIF89a', 'image/gif'],
  ['tiff', [0x49, 0x49, 0x2a, 0x00], 'image/tiff'],
  ['webp', 'RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
  ['heic', '\0\0\0\x18ftypheic', 'image/heic'],
  ['pdf', '%PDF-1.4', 'application/pdf'],
  ['zip', 'PK\x03\x04....hello.txt', 'application/zip'],
  [
    'xlsx',
    'PK\x03\x04....[Content_Types].xml..xl/workbook.xml',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  ['docx', 'PK\x03\x04....word/document.xml', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['csv', 'a;b\n1;2', 'text/plain'],
  ['empty', '', 'text/plain'],
])('the bytes of a %s are recognised', (_name, bytes, mimetype) => {
  expect(sniff(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes))).toBe(mimetype)
})

test('an uploaded picture and a logo get previews behind the same link, and lose them with the file', async () => {
  const w = await world()
  const bytes = await sharp({ create: { width: 800, height: 400, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const path = `/entities/${w.berlin.entityId}/logo`
  const { body: fresh } = await w.berlin.upload('PUT', path, { bytes, name: 'logo.png' })
  expect([fresh.previews, fresh.pages]).toEqual([[], []])
  await w.work()
  const { logo } = (await w.berlin.get('/entity_users/my_entity')).body
  expect(logo).toEqual({
    ...fresh,
    previews: [
      { width: 200, height: 100, url: `${logo.url}/preview-200x100.png` },
      { width: 600, height: 300, url: `${logo.url}/preview-600x300.png` },
    ],
  })
  const picture = await w.app.inject({ method: 'GET', url: pathOf(logo.previews[0].url) })
  expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/png'])
  expect(await sharp(picture.rawPayload).metadata()).toMatchObject({ width: 200, height: 100, format: 'png' })
  for (const name of ['preview-201x100.png', 'page-0.png', 'logo.png', '..%2F..%2Fetc%2Fpasswd'])
    expect((await w.berlin.get(`${pathOf(logo.url)}/${name}`)).status).toBe(404)
  await w.berlin.delete(`/files/${logo.id}`)
  expect((await w.berlin.get(pathOf(logo.previews[0].url))).status).toBe(404)
})

test('the bytes of a deleted file and of its pictures are erased after 30 days, not before', async () => {
  const w = await world()
  const bytes = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const { body: file } = await w.berlin.upload('POST', '/files', { bytes, name: 'a.png' }, attachments)
  await w.work()
  const [{ storage_key } = { storage_key: '' }] = await w.sql<{ storage_key: string }>(
    'select storage_key from files where id = $1',
    [file.id],
  )
  const keys = [storage_key, `${storage_key}.preview-200x200.png`]
  const there = async () => {
    const all = await Promise.all(keys.map((key) => w.machinery.storage.get(key).then(Boolean, () => false)))
    return all
  }
  const erase = w.schedules.find(({ name }) => name === 'files.erase')!.work
  await w.berlin.delete(`/files/${file.id}`)
  await erase()
  expect(await there()).toEqual([true, true])
  w.clock.advance(31 * 24 * 3600_000)
  await erase()
  expect(await there()).toEqual([false, false])
  await erase()
})

test('what a mail still has to take along is kept until it has gone', async () => {
  const w = await world()
  const { body: file } = await w.berlin.upload('POST', '/files', { bytes: Buffer.from('%PDF-1.4'), name: 'a.pdf' }, attachments)
  const [{ storage_key } = { storage_key: '' }] = await w.sql<{ storage_key: string }>(
    `with m as (insert into mails (partner_id, entity_id, sender, recipients, subject, html, text, attachments, message_id)
       select partner_id, entity_id, '{"name":null,"address":"a@example.com"}', '[{"kind":"to","email":"b@example.com","is_success":null,"error":null}]', 'Bill', '', '', json_build_array(json_build_object('storage_key', storage_key, 'name', name, 'mimetype', mimetype, 'size', size)), 'a@b' from files where id = $1 returning id)
     select storage_key from files where id = $1`,
    [file.id],
  )
  const there = () => w.machinery.storage.get(storage_key).then(Boolean, () => false)
  const erase = w.schedules.find(({ name }) => name === 'files.erase')!.work
  await w.berlin.delete(`/files/${file.id}`)
  w.clock.advance(31 * 24 * 3600_000)
  await erase()
  expect(await there()).toBe(true)
  await w.sql(`update mails set status = 'failed' where entity_id = $1`, [w.berlin.entityId])
  await erase()
  expect(await there()).toBe(false)
  expect((await w.app.inject('/dev/mail')).statusCode).toBe(200)
})

test('a picture that was taken while pictures were kept as they came is printed small, or not at all', async () => {
  const { storage } = (await house()).machinery
  const stored = async (bytes: Buffer) => {
    const key = randomUUID()
    await storage.put(key, bytes)
    return key
  }
  const large = await sharp({ create: { width: 2_400, height: 800, channels: 3, background: '#c00' } })
    .png()
    .toBuffer()
  expect(await pictureToPrint(storage, await stored(png), 'somebody')).toEqual(png)
  expect(sizeOf((await pictureToPrint(storage, await stored(large), 'somebody'))!)).toEqual([1_200, 400])
  for (const bad of [pictureBomb(), Buffer.from('no picture')])
    expect(await pictureToPrint(storage, await stored(bad), 'somebody')).toBeNull()
  expect(await pictureToPrint(storage, null, 'somebody')).toBeNull()
})

test('of every type of files it is known what they belong to', () => {
  expect(fileTypes.filter((type) => !belongingOf(type))).toEqual([])
})
