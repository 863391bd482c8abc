import { describe, expect, test } from 'vitest'
import type { Mailer, OutgoingMail } from '../../ports/mail.ts'

/** A mail to these recipients. */
export const mailTo = (...recipients: string[]): OutgoingMail => ({
  message_id: '<1@ours.example>',
  date: new Date('2031-01-01T00:00:00Z'),
  from: { name: 'Books, "Inc"', address: 'books@ours.example' },
  reply_to: ['answers@ours.example'],
  to: recipients,
  cc: [],
  subject: 'Invoice Ä-1\r\nBcc: someone@else.example',
  html: '<p>Hello</p>',
  text: 'Hello',
  attachments: [{ name: 'ä "b".pdf', mimetype: 'application/pdf', bytes: Buffer.from('%PDF') }],
  recipients,
  dkim: null,
})

/** What every mailer keeps to, whoever stands behind it. */
export function mailerSuite(name: string, open: () => Promise<{ mailer: Mailer; close(): Promise<void> }>): void {
  describe(name, () => {
    const using = async <T>(work: (mailer: Mailer) => Promise<T>): Promise<T> => {
      const { mailer, close } = await open()
      try {
        return await work(mailer)
      } finally {
        mailer.close()
        await close()
      }
    }

    test('answers a verdict for each recipient, and for nobody else', async () => {
      const asked = ['a@there.example', 'b+c@there.example']
      const verdicts = await using((mailer) => mailer.send(mailTo(...asked)))
      expect([...verdicts.keys()].sort()).toEqual(asked)
      expect([...verdicts.values()]).toEqual([{ taken: true }, { taken: true }])
    })

    test('takes the same mail twice: whoever asks again has a reason to', async () => {
      const twice = await using((mailer) => Promise.all([1, 2].map(() => mailer.send(mailTo('a@there.example')))))
      expect(twice.map((verdicts) => verdicts.get('a@there.example'))).toEqual([{ taken: true }, { taken: true }])
    })

    test('never rejects, not even a mail that is broken off or a name that is not an address', async () => {
      const ended = await using((mailer) => mailer.send(mailTo('a@there.example'), AbortSignal.abort()))
      expect([...ended.keys()]).toEqual(['a@there.example'])
      const odd = await using((mailer) => mailer.send(mailTo('no address')))
      expect([...odd.keys()]).toEqual(['no address'])
    })
  })
}
