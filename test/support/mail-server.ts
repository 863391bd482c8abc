import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll } from 'vitest'
import { ownApp } from './own-app.ts'

/** A second server of ours that sends its mails to a real mail server, and what arrived there. Both end with the tests around. */
export async function mailServer() {
  const arrived: { to: string[]; email: Email }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        arrived.push({ to: envelope.rcptTo.map(({ address }) => address), email: await PostalMime.parse(Buffer.concat(chunks)) })
        done()
      })
    },
  })
  const port = await new Promise<number>((up) =>
    server.listen(0, '127.0.0.1', () => up((server.server.address() as AddressInfo).port)),
  )
  const own = await ownApp({ smtp_url: `smtp://127.0.0.1:${port}` })
  afterAll(async () => {
    await own.close()
    await new Promise<void>((down) => server.close(() => down()))
  })
  return { arrived, own }
}
