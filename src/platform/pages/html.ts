import { escaped } from '../mail/html.ts'

/** HTML that is fit to be sent: made by `html` alone. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | null | undefined | false | readonly Value[]

/** HTML from a template: every text that is put in is escaped, lists are joined, and what isn't there leaves nothing. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(parts.reduce((all, part, i) => all + written(values[i - 1]) + part))

/** Paper needs places where long words may break; a browser finds them, and they would be copied along with a number. */
const ZERO_WIDTH_SPACE = /\u200b/g

function written(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(written).join('')
  return escaped(String(value).replace(ZERO_WIDTH_SPACE, ''))
}
