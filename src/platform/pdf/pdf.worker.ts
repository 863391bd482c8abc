import { basename, join } from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { DeliveryNoteDocument } from './delivery-note.document.ts'
import { deliveryNoteView } from './delivery-note.view.ts'
import { defaultDesign, type InvoiceDocument } from './invoice.document.ts'
import { invoiceView } from './invoice.view.ts'
import type { PurchaseOrderDocument } from './purchase-order.document.ts'
import { purchaseOrderView } from './purchase-order.view.ts'

/** What is printed by each folder of designs. */
export interface Printable {
  readonly invoice: InvoiceDocument
  readonly 'delivery-note': DeliveryNoteDocument
  readonly 'purchase-order': PurchaseOrderDocument
}

/** What the worker is asked. */
export type PdfOrder = {
  [Template in keyof Printable]: { readonly template: Template; readonly document: Printable[Template] }
}[keyof Printable]

/** What it answers: the file, and why the pictures were left out if they were; or why there is none. */
export type PdfAnswer = { readonly pdf: Uint8Array; readonly without_images?: string } | { readonly refused: string }

const { templatesDir } = workerData as { templatesDir: string }
const folder = join(templatesDir, 'pdf')
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: [join(templatesDir, 'fonts')] }] })

/** A document as its template reads it, with the pictures that lie beside. */
interface Page {
  readonly template: PdfOrder['template']
  readonly design: string
  readonly view: object
  readonly pictures: Readonly<Record<string, Uint8Array>>
  readonly rendered_at: string
}

function pageOf({ template, document }: PdfOrder, withPictures: boolean): Page {
  const logo = withPictures ? document.logo : null
  const { rendered_at } = document
  if (template !== 'invoice') {
    const view = template === 'delivery-note' ? deliveryNoteView({ ...document, logo }) : purchaseOrderView({ ...document, logo })
    return { template, design: defaultDesign, view, pictures: { ...(logo && { logo }) }, rendered_at }
  }
  const { signature, design } = document
  const image = withPictures ? signature?.image : null
  const view = invoiceView({ ...document, logo, signature: signature && { ...signature, image } })
  const pictures = { ...(logo && { logo }), ...(image && { signature: image }) }
  return { template, design: design ?? defaultDesign, view, pictures, rendered_at }
}

/** Sets a document. A picture that can't be read must not hold up an invoice: it is set again without any. */
function set(order: PdfOrder): PdfAnswer {
  const page = pageOf(order, true)
  try {
    return { pdf: compile(page) }
  } catch (error) {
    if (!(error instanceof Refused) || Object.keys(page.pictures).length === 0) throw error
    return { pdf: compile(pageOf(order, false)), without_images: error.message }
  }
}

/** What Typst says is wrong. */
class Refused extends Error {}

/** Values reach the template as files beside it, never as source, so nothing in them is ever carried out. */
function compile({ template, design, view, pictures, rendered_at }: Page): Uint8Array {
  compiler.resetShadow()
  compiler.mapShadow(join(folder, 'data.json'), Buffer.from(JSON.stringify(view)))
  for (const [name, bytes] of Object.entries(pictures)) compiler.mapShadow(join(folder, name), Buffer.from(bytes))
  const compiled = compiler.compile({ mainFilePath: join(folder, template, `${design}.typ`) })
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
