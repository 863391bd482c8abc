import { basename, join } from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { DeliveryNoteDocument } from './delivery-note.document.ts'
import { deliveryNoteView } from './delivery-note.view.ts'
import { FACTUR_X_NAME, markFacturX } from './factur-x.ts'
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

/** What it answers: the file, and why the pictures or the data were left out if they were; or why there is none. */
export type PdfAnswer =
  | { readonly pdf: Uint8Array; readonly without_images?: string; readonly without_einvoice?: string }
  | { readonly refused: string }

const { templatesDir } = workerData as { templatesDir: string }
const folder = join(templatesDir, 'pdf')
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: [join(templatesDir, 'fonts')] }] })

/** A document as its template reads it, with the pictures that lie beside. */
interface Page {
  readonly template: PdfOrder['template']
  readonly design: string
  readonly view: object
  readonly pictures: Readonly<Record<string, Uint8Array>>
  /** The invoice as data, which the file carries. */
  readonly einvoice: string | null
  readonly rendered_at: string
}

interface With {
  readonly pictures: boolean
  readonly einvoice: boolean
}

function pageOf({ template, document }: PdfOrder, { pictures: withPictures, einvoice: withData }: With): Page {
  const logo = withPictures ? document.logo : null
  const { rendered_at } = document
  if (template !== 'invoice') {
    const view = template === 'delivery-note' ? deliveryNoteView({ ...document, logo }) : purchaseOrderView({ ...document, logo })
    return { template, design: defaultDesign, view, pictures: { ...(logo && { logo }) }, einvoice: null, rendered_at }
  }
  const { signature, design } = document
  const image = withPictures ? signature?.image : null
  const einvoice = (withData && document.einvoice) || null
  const view = invoiceView({ ...document, einvoice, logo, signature: signature && { ...signature, image } })
  const pictures = { ...(logo && { logo }), ...(image && { signature: image }) }
  return { template, design: design ?? defaultDesign, view, pictures, einvoice, rendered_at }
}

/**
 * Sets a document. A picture that can't be read must not hold up an invoice: it is set again without any. Nor may what an archive doesn't
 * take, such as a letter that no font has: then the page carries no data.
 */
function set(order: PdfOrder): PdfAnswer {
  const attempts: With[] = [
    { pictures: true, einvoice: true },
    { pictures: false, einvoice: true },
    { pictures: true, einvoice: false },
    { pictures: false, einvoice: false },
  ]
  let first: Refused | null = null
  const tried = new Set<string>()
  for (const attempt of attempts) {
    const page = pageOf(order, attempt)
    // Without pictures or data there is nothing to leave out.
    const key = `${Object.keys(page.pictures).length > 0} ${page.einvoice !== null}`
    if (tried.has(key)) continue
    tried.add(key)
    try {
      const pdf = compile(page)
      const without_images = first && !attempt.pictures ? { without_images: first.message } : {}
      const without_einvoice = first && !attempt.einvoice ? { without_einvoice: first.message } : {}
      return { pdf, ...without_images, ...without_einvoice }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      first ??= error
    }
  }
  throw first
}

/** What Typst says is wrong. */
class Refused extends Error {}

/** Values reach the template as files beside it, never as source, so nothing in them is ever carried out. */
function compile({ template, design, view, pictures, einvoice, rendered_at }: Page): Uint8Array {
  compiler.resetShadow()
  compiler.mapShadow(join(folder, 'data.json'), Buffer.from(JSON.stringify(view)))
  for (const [name, bytes] of Object.entries(pictures)) compiler.mapShadow(join(folder, name), Buffer.from(bytes))
  if (einvoice) compiler.mapShadow(join(folder, FACTUR_X_NAME), Buffer.from(einvoice))
  const compiled = compiler.compile({ mainFilePath: join(folder, template, `${design}.typ`) })
  const fault = compiled.takeError()
  if (fault || !compiled.result) throw new Refused(fault ? reasons(compiler.fetchDiagnostics(fault)) : 'Typst gave no document')
  const creationTimestamp = Math.floor(Date.parse(rendered_at) / 1000)
  if (!einvoice) return compiler.pdf(compiled.result, { creationTimestamp })
  try {
    return markFacturX(compiler.pdf(compiled.result, { pdfStandard: 'a-3b', creationTimestamp }))
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error))
  }
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
