import type { App } from '../http/operation.ts'
import { inspectText } from '../http/validation.ts'

/** The fields of a form that a page sent, each once. */
export type Form = Readonly<Record<string, string>>

/** Lets the operations of this scope take forms of pages. What can't be kept as text is refused (`invalid`). */
export function takeForms(app: Pick<App, 'addContentTypeParser'>): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, readForm(String(body)))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

function readForm(body: string): Form {
  const form: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    inspectText(value, ['body'])
    form[name] = value
  }
  return form
}
