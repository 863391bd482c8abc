import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { partsOf } from './form.ts'

/** The parts of a form as any client writes it. */
async function written(form: FormData) {
  const encoded = new Response(form)
  const [, boundary] = /boundary=(.*)$/.exec(encoded.headers.get('content-type')!)!
  return partsOf(Buffer.from(await encoded.arrayBuffer()), boundary!)
}
const simple = (...pieces: string[]) => partsOf(Buffer.from(pieces.join('\r\n')), 'b')
const field = (name: string, value: string) => ['--b', `Content-Disposition: form-data; name="${name}"`, '', value]

describe('a form', () => {
  test('is read to the byte', async () => {
    const bytes = Buffer.concat([randomBytes(100_000), Buffer.from('\r\n--\r\n\r\n--b'), randomBytes(1_000)])
    const form = new FormData()
    form.append('file_type', 'attachments')
    form.append('file', new Blob([bytes]), 'a.bin')
    form.append('note', 'zwei\r\nZeilen: ä€𝄞')
    form.append('empty', '')
    const parts = await written(form)
    expect(parts.map(({ name, filename }) => [name, filename])).toEqual([
      ['file_type', null],
      ['file', 'a.bin'],
      ['note', null],
      ['empty', null],
    ])
    expect(Buffer.compare(parts[1]!.content, bytes)).toBe(0)
    expect([0, 2, 3].map((i) => parts[i]!.content.toString())).toEqual(['attachments', 'zwei\r\nZeilen: ä€𝄞', ''])
  })

  test.each([
    ['filename="Rechnung März.pdf"', 'Rechnung März.pdf'],
    ['filename=bill.pdf', 'bill.pdf'],
    ['filename="a \\"b\\".pdf"', 'a "b".pdf'],
    ['filename="C:\\Users\\ada\\bill.pdf"', 'bill.pdf'],
    ['filename="../../etc/passwd"', 'passwd'],
    [`filename="x"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf`, 'Rechnung März.pdf'],
    [`filename="x"; filename*=UTF-8''%`, 'x'],
    ['filename=""', ''],
  ])('names its file: %s', (said, name) => {
    expect(simple('--b', `content-disposition: form-data; name=file; ${said}`, '', 'x', '--b--')).toMatchObject([
      { name: 'file', filename: name },
    ])
  })

  test('has a file also where a part without a name says that it is one', () => {
    const part = ['--b', 'Content-Type: application/octet-stream', 'Content-Disposition: form-data; name="file"', '', 'x']
    expect(simple(...part, '--b--')).toMatchObject([{ name: 'file', filename: '' }])
  })

  test.each([
    ['with something before its first mark', ['hello', ...field('a', '1'), '--b--']],
    ['with blanks behind its marks', ['--b  ', ...field('a', '1').slice(1), '--b--', 'bye']],
  ])('may be written %s', (_how, pieces) => {
    expect(simple(...pieces)).toMatchObject([{ name: 'a', content: Buffer.from('1') }])
  })

  test('keeps what only looks like a mark', () => {
    const text = '--b\r\n--bb\r\n--b x\r\n-- b\r\n--'
    const [part] = simple('--b', 'Content-Disposition: form-data; name="a"', '', `x${text}`, '--b--')
    expect(part!.content.toString()).toBe(`x--b\r\n--bb\r\n--b x\r\n-- b\r\n--`)
  })

  test('without parts has none', () => {
    expect(simple('--b--')).toEqual([])
  })

  test.each([
    ['nothing', []],
    ['no mark', ['hello']],
    ['a mark and no more', ['--b']],
    ['no end', field('a', '1')],
    ['a head that never ends', ['--b', 'X: 1\r\n'.repeat(5_000), '', 'x', '--b--']],
    ['a part without a head’s end', ['--b', 'Content-Disposition: form-data; name="a"', '--b--']],
  ])('is refused when it is broken: %s', (_how, pieces) => {
    expect(() => simple(...pieces)).toThrow(/can not be read/)
  })

  test('has up to twelve parts', () => {
    const many = (count: number) => [...Array.from({ length: count }, (_, i) => field(`f${i}`, 'x')).flat(), '--b--']
    expect(simple(...many(12))).toHaveLength(12)
    expect(() => simple(...many(13))).toThrow()
  })
})
