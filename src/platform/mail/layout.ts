import { escaped, htmlToText } from './html.ts'

/** What stands around the text of a mail. */
export interface Frame {
  readonly language: string
  /** Whose mail it is: shown at the head when there is no logo, and at the foot. */
  readonly sender: string
  readonly logo_url: string | null
  /** Lines at the foot, e.g. the address. */
  readonly footer: readonly string[]
}

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur', 'yi'])
const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

/** Whether a template brings a page of its own; then nothing is put around it. */
export const isWholePage = (html: string): boolean => /<(!doctype|html|body)[\s>]/i.test(html.slice(0, 2_000))

/**
 * The page around the text of a mail. Tables and styles at the elements, since mail programs know little else; colours that stay
 * readable when a program turns them dark by itself, and dark ones of its own for programs that ask.
 */
export function mailPage({ language, sender, logo_url, footer }: Frame, subject: string, content: string): string {
  const direction = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr'
  const head = logo_url
    ? `<img src="${escaped(logo_url)}" alt="${escaped(sender)}" height="44" style="display:block;height:44px;max-width:220px;border:0;font-size:20px;font-weight:600;color:#16212b" class="ink">`
    : `<span class="ink" style="font-size:20px;line-height:28px;font-weight:600;letter-spacing:-0.01em;color:#16212b">${escaped(sender)}</span>`
  return `<!doctype html>
<html lang="${escaped(language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100% }
.content p { margin: 0 0 16px }
.content a { color: #1d4ed8 }
.content img { max-width: 100% }
@media (max-width: 620px) { .card { padding: 24px 20px !important } .outer { padding: 12px 8px !important } }
@media (prefers-color-scheme: dark) {
  .wash { background-color: #10171d !important }
  .card { background-color: #1a232b !important; border-color: #2d3943 !important }
  .ink, .content, .content td { color: #e7edf1 !important }
  .soft, .soft a, .content td.soft { color: #9fb0bd !important }
  .line { border-color: #2d3943 !important }
  .content a { color: #8fb8ff !important }
  .content a.button { color: #ffffff !important; background-color: #2563eb !important }
}
</style>
</head>
<body class="wash" style="margin:0;padding:0;background-color:#f3f5f7">
<div style="display:none;max-height:0;overflow:hidden">${escaped(summary(content))}</div>
<table role="presentation" class="wash" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7">
<tr><td class="outer" align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">
<tr><td style="padding:0 4px 20px;font-family:${FONT}">${head}</td></tr>
<tr><td class="card content" style="padding:36px 40px;background-color:#ffffff;border:1px solid #e2e7eb;border-radius:12px;font-family:${FONT};font-size:16px;line-height:25px;color:#16212b">
${content}
</td></tr>
<tr><td class="soft" style="padding:20px 4px 0;font-family:${FONT};font-size:13px;line-height:20px;color:#5b6a76">${[sender, ...footer].map(escaped).join('<br>')}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** The same mail for programs, and people, that read text. */
export function mailText({ sender, footer }: Frame, content: string): string {
  return `${htmlToText(content)}\n\n-- \n${[sender, ...footer].join('\n')}\n`
}

/** What a list of mails shows behind the subject. */
const summary = (content: string): string => htmlToText(content).replace(/\s+/g, ' ').slice(0, 120)
