import { createHash } from 'node:crypto'
import { escaped } from '../../../platform/mail/html.ts'
import type { Asking } from '../links.service.ts'

/** The page on which an approver says yes or no: no script, no cookie, nothing from elsewhere. */

interface Words {
  readonly title: string
  readonly text: string
  readonly bill: string
  readonly total: string
  readonly due: string
  readonly approve: string
  readonly reject: string
  readonly done: Readonly<Record<'waiting' | 'approved' | 'rejected' | 'canceled', string>>
  readonly gone: string
}

const en: Words = {
  title: 'Your approval is asked for',
  text: '{entity} got a bill from {vendor}.',
  ...{ bill: 'Bill', total: 'Total', due: 'Due on', approve: 'Approve', reject: 'Reject' },
  done: {
    waiting: 'Thank you. Others are still to approve.',
    approved: 'This bill has been approved here.',
    rejected: 'This bill has been rejected.',
    canceled: 'Nobody needs to decide about this bill here any more.',
  },
  gone: 'This link leads nowhere, or no longer.',
}
const de: Words = {
  title: 'Ihre Freigabe wird gebraucht',
  text: '{entity} hat eine Rechnung von {vendor} erhalten.',
  ...{ bill: 'Rechnung', total: 'Betrag', due: 'Fällig am', approve: 'Freigeben', reject: 'Ablehnen' },
  done: {
    waiting: 'Danke. Andere müssen noch zustimmen.',
    approved: 'Diese Rechnung ist hier freigegeben.',
    rejected: 'Diese Rechnung ist abgelehnt.',
    canceled: 'Über diese Rechnung ist hier nicht mehr zu entscheiden.',
  },
  gone: 'Dieser Link führt nirgendwohin, oder nicht mehr.',
}
const words: Readonly<Record<string, Words>> = { en, de }

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f4f5;color:#18181b}
main{max-width:30rem;margin:3rem auto;padding:2rem;background:#fff;border-radius:.5rem}
h1{font-size:1.25rem;margin:0 0 1rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dt{color:#52525b}dd{margin:0;overflow-wrap:anywhere}
form{display:flex;gap:.75rem;margin-top:1.5rem}button{font:inherit;padding:.6rem 1.25rem;border:1px solid #15803d;border-radius:.375rem;background:#15803d;color:#fff;cursor:pointer}
button[value=reject]{background:#fff;color:#b91c1c;border-color:#b91c1c}button:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}`

export const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`

const page = (language: string, title: string, content: string) =>
  `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
  `<meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${style}</style></head><body><main><h1>${escaped(title)}</h1>${content}</main></body></html>`

const wordsOf = (language: string): [string, Words] => (words[language] ? [language, words[language]] : ['en', en])

/** What the user is asked, with two buttons as long as their vote counts. */
export function askingPage(asking: Asking): string {
  const [language, w] = wordsOf(asking.language)
  const text = w.text.replace('{entity}', () => asking.entity).replace('{vendor}', () => asking.vendor)
  const facts = [
    [w.bill, asking.document_id],
    [w.total, asking.total],
    [w.due, asking.due],
  ].flatMap(([name, value]) => (value ? [`<dt>${escaped(name!)}</dt><dd>${escaped(value)}</dd>`] : []))
  const button = (choice: 'approve' | 'reject') => `<button name="choice" value="${choice}">${escaped(w[choice])}</button>`
  const answer = asking.open
    ? `<form method="post">${button('approve')}${button('reject')}</form>`
    : `<p role="status">${escaped(w.done[asking.status])}</p>`
  return page(language, w.title, `<p>${escaped(text)}</p><dl>${facts.join('')}</dl>${answer}`)
}

export const gonePage = (): string => page('en', en.title, `<p role="status">${escaped(en.gone)}</p>`)
