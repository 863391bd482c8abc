import { type AddressInfo, createServer, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../ports/mail.ts'
import { localMailer } from './local.ts'
import { mailerSuite, mailTo } from './mail.suite.ts'
import { smtpMailer } from './smtp.ts'

const log = { warn: () => {} }

/** A mail server, and the mailer that sends to it. `refuses` answers a code for a recipient. */
async function smtp(refuses: (recipient: string) => number | null = () => null) {
  const arrived: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => {
      const code = refuses(address)
      done(code === null ? null : Object.assign(new Error('Not here'), { responseCode: code }))
    },
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk
      })
      stream.on('end', () => {
        arrived.push(text)
        done()
      })
    },
  })
  const port = await new Promise<number>((up) =>
    server.listen(0, '127.0.0.1', () => up((server.server.address() as AddressInfo).port)),
  )
  const mailer = smtpMailer(`smtp://127.0.0.1:${port}`, log)
  return { mailer, arrived, close: () => new Promise<void>((down) => server.close(() => down())) }
}

/** Something that listens where a mail server should, and says this. */
async function listener(greet: (socket: Socket) => void) {
  const server = createServer(greet)
  const port = await new Promise<number>((up) => server.listen(0, '127.0.0.1', () => up((server.address() as AddressInfo).port)))
  const mailer = smtpMailer(`smtp://127.0.0.1:${port}`, log)
  return { mailer, close: () => new Promise<void>((down) => server.close(() => down())) }
}

mailerSuite('mails that stay here', async () => ({ mailer: localMailer, close: async () => {} }))
mailerSuite('a mail server', () => smtp())

describe('a mail server', () => {
  test('that refuses one recipient takes the mail for the others; who is refused for good is told from who may be tried again', async () => {
    const codes: Record<string, number> = { 'gone@there.example': 550, 'full@there.example': 452 }
    const { mailer, arrived, close } = await smtp((recipient) => codes[recipient] ?? null)
    const verdicts = await mailer.send(mailTo('a@there.example', 'gone@there.example', 'full@there.example'))
    expect(verdicts.get('a@there.example')).toEqual({ taken: true })
    expect(verdicts.get('gone@there.example')).toMatchObject({ taken: false, again: false })
    expect(verdicts.get('full@there.example')).toMatchObject({ taken: false, again: true })
    expect(arrived).toHaveLength(1)
    // A line break in a subject makes no further head line.
    expect(arrived[0]).not.toMatch(/^Bcc:/m)
    mailer.close()
    await close()
  })

  for (const [what, greet] of [
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['speaks another language', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ] as const)
    test(`that ${what} is tried again, and its words go to nobody`, async () => {
      const { mailer, close } = await listener(greet)
      const verdict = (await mailer.send(mailTo('a@there.example'))).get('a@there.example') as Verdict & {
        again: boolean
        error: string
      }
      expect(verdict).toMatchObject({ taken: false, again: true })
      expect(verdict.error).not.toContain('HTTP')
      mailer.close()
      await close()
    })
})
