import { parentPort } from 'node:worker_threads'
import { Markup, renderTemplate, TemplateFault } from './engine.ts'
import type { TemplateAnswer, TemplateOrder } from './templates.ts'

/** Renders the parts of one order, in their order. The first that fails is the answer. */
function answerTo({ parts, values, markup }: TemplateOrder): TemplateAnswer {
  const known: Record<string, unknown> = { ...values }
  for (const [name, { html, text }] of Object.entries(markup)) known[name] = Markup.of(html, text)
  const texts: Record<string, string> = {}
  for (const { name, source, html } of parts) {
    try {
      texts[name] = renderTemplate(source, known, html)
    } catch (error) {
      return { part: name, refused: error instanceof TemplateFault ? error.message : 'It can not be rendered' }
    }
  }
  return { texts }
}

parentPort!.on('message', (order: TemplateOrder) => parentPort!.postMessage(answerTo(order)))
parentPort!.postMessage('ready')
