import { basename, join } from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { defaultDesign, type InvoiceDocument } from './invoice.document.ts'
import { type InvoiceView, invoiceView } from './invoice.view.ts'

/** What the worker is asked. */
export interface PdfOrder {
  readonly template: 'invoice'
  readonly document: InvoiceDocument
}

/** What it answers: the file, and why the pictures were left out if they were; or why there is none. */
export type PdfAnswer = { readonly pdf: Uint8Array; readonly without_images?: string } | { readonly refused: string }

const { templatesDir } = workerData as { templatesDir: string }
const folder = join(templatesDir, 'pdf')
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: [join(templatesDir, 'fonts')] }] })

/** Sets a document. A picture that can't be read must not hold up an invoice: it is set again without any. */
function set({ template, document }: PdfOrder): PdfAnswer {
  const view = invoiceView(document)
  try {
    return { pdf: compile(template, view, document) }
  } catch (error) {
    if (!(error instanceof Refused) || !(document.logo || document.signature?.image)) throw error
    const plain = invoiceView({
      ...document,
      logo: null,
      signature: document.signature && { ...document.signature, image: null },
    })
    return { pdf: compile(template, plain, document), without_images: error.message }
  }
}

/** What Typst says is wrong. */
class Refused extends Error {}

/** Values reach the template as files beside it, never as source, so nothing in them is ever carried out. */
function compile(template: string, view: InvoiceView, { design, logo, signature, rendered_at }: InvoiceDocument): Uint8Array {
  compiler.resetShadow()
  compiler.mapShadow(join(folder, 'data.json'), Buffer.from(JSON.stringify(view)))
  if (logo && view.has_logo) compiler.mapShadow(join(folder, 'logo'), Buffer.from(logo))
  if (signature?.image && view.signature?.has_image) compiler.mapShadow(join(folder, 'signature'), Buffer.from(signature.image))
  const compiled = compiler.compile({ mainFilePath: join(folder, template, `${design ?? defaultDesign}.typ`) })
  const fault = compiled.takeError()
  if (fault || !compiled.result) throw new Refused(fault ? reasons(compiler.fetchDiagnostics(fault)) : 'Typst gave no document')
  return compiler.pdf(compiled.result, { creationTimestamp: Math.floor(Date.parse(rendered_at) / 1000) })
}

interface Diagnostic {
  readonly message: string
  readonly path: string
  readonly range?: { readonly start: { readonly line: number } } | null
}

const reasons = (diagnostics: Diagnostic[]): string =>
  diagnostics.map(({ message, path, range }) => `${message} (${basename(path)}, line ${(range?.start.line ?? 0) + 1})`).join('; ')

/** Hands an answer over, the file in a buffer of its own so that it isn't copied twice. */
function send(answer: PdfAnswer): void {
  if ('refused' in answer) {
    parentPort!.postMessage(answer)
  } else {
    const pdf = Uint8Array.from(answer.pdf)
    parentPort!.postMessage({ ...answer, pdf }, [pdf.buffer])
  }
}

/**
 * After each document, what the last one didn't use leaves the cache and the event loop turns once. Without the turn the native
 * side frees nothing: memory then grows by a megabyte with each document.
 */
parentPort!.on('message', async (order: PdfOrder) => {
  let answer: PdfAnswer
  try {
    answer = set(order)
  } catch (error) {
    answer = { refused: error instanceof Error ? error.message : String(error) }
  }
  compiler.evictCache(1)
  await tick()
  send(answer)
})

parentPort!.postMessage('ready')
