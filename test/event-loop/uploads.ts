import { randomBytes } from 'node:crypto'
import { test } from 'vitest'
import { situation } from '../isolation/places.ts'
import { filled } from '../isolation/resources.ts'
import { pictureBomb } from '../support/pictures.ts'
import { doors, repeated } from './doors.ts'

const MB = 1_000_000

const part = (head: string, content: Buffer | string) => [
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`,
  content,
  '\r\n',
]
const form = (...pieces: (Buffer | string)[][]) =>
  Buffer.concat([...pieces.flat(), '--b--\r\n'].map((piece) => Buffer.from(piece)))
const file = (content: Buffer | string, name = 'a') => part(`name="file"; filename="${name}"`, content)
const typed = part('name="file_type"', 'attachments')

const forms: [name: string, payload: Buffer][] = [
  ['ten thousand fields', form(...Array.from({ length: 10_000 }, (_, i) => part(`name="f${i}"`, 'x')))],
  ['a field of ten megabytes', form(part('name="file_type"', repeated('x', 10 * MB)))],
  ['a name of a megabyte', form(file('x', repeated('ä', MB / 2)), typed)],
  ['a million lines of heads', form([`--b\r\n${repeated('X: 1\r\n', 6 * MB)}\r\n`, 'x', '\r\n'])],
  ['a file that nearly ends again and again', form(file(repeated('\r\n--', 14 * MB)), typed)],
  ['a file of noise', form(file(randomBytes(14 * MB)), typed)],
  ['a PDF of noise', form(file(Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(14 * MB)])), typed)],
  ['a PNG of noise', form(file(Buffer.concat([pictureBomb().subarray(0, 33), randomBytes(9 * MB)])), typed)],
  ['a picture of 900 million pixels', form(file(pictureBomb()), typed)],
  [
    'a JPEG of empty segments',
    form(
      file(
        Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2]), Buffer.from(repeated('\xff\xe0\0\x02', 9 * MB), 'latin1')]),
      ),
      typed,
    ),
  ],
  ['a text of blanks', form(file(repeated(' ', 14 * MB)), typed)],
  ['an XML file of elements', form(file(`<?xml version="1.0"?>${repeated('<a>', 9 * MB)}`), typed)],
  ['nothing but marks', form([repeated('--b\r\n', 14 * MB)])],
  ['what looks like marks', form(file(repeated('\r\n--b x', 14 * MB)), typed)],
  ['empty lines', form(file(repeated('\r\n', 14 * MB)), typed)],
  ['empty lines before the first mark', Buffer.from(repeated('\r\n', 14 * MB))],
  ['small fields', form([repeated('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n', 14 * MB)])],
]

/** Sends forms with files that are hard to read to all operations that take files at these addresses. */
export async function takesFiles(isAsked: (operation: { readonly url: string }) => boolean): Promise<void> {
  const { app, own, berlin, hold } = await doors()
  const uploads = app.operations.filter(({ url, operation }) => operation.form !== undefined && isAsked({ url }))

  test.each(uploads)('files that are sent to $method $url', { timeout: 120_000 }, async ({ method, url, operation, schema }) => {
    const as = operation.may === 'partner' ? berlin.partner : own.berlin
    const { ids } = await situation(berlin, { id: operation.id, url, body: schema.body }, 'door')
    const headers = {
      authorization: `Bearer ${as.token}`,
      'x-monite-entity-id': berlin.entityId,
      'content-type': 'multipart/form-data; boundary=b',
    }
    for (const [name, payload] of forms)
      await hold(`${method} ${url}: ${name}`, { method: method as 'POST' | 'PUT', url: filled(url, ids), headers, payload })
  })
}
