import type { FastifyInstance, FastifyRequest } from 'fastify'
import { inspectText } from '../http/validation.ts'

/** The fields of a form that a page sent, each once. */
export type Form = Readonly<Record<string, string>>

const forms = new WeakMap<FastifyRequest, Form>()
/** The form that a request to this scope brought; an empty one where it brought none. */
export const formIn = (request: FastifyRequest): Form => forms.get(request) ?? {}

/** Lets the operations of this scope take forms of pages. What can't be kept as text is refused (`invalid`). */
export function takeForms(app: Pick<FastifyInstance, 'addContentTypeParser'>): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    try {
      const form = readForm(String(body))
      forms.set(request, form)
      done(null, form)
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
