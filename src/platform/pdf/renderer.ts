import type { Worker } from 'node:worker_threads'
import { fairQueue, NOBODY } from '../fair-queue.ts'
import { timed } from '../figures.ts'
import type { Log } from '../log.ts'
import { programBeside, startThread } from '../programs.ts'
import type { PdfAnswer, PdfOrder, Printable } from './pdf.worker.ts'

/** Turns documents into PDF files, one after the other and in turns per owner (the partner), in a thread of its own. */
export interface PdfRenderer {
  /**
   * Renders a document; equal documents give equal bytes. Rejects with a `PdfError` when the document can't be set, takes longer
   * than the time limit, or brings the thread down twice; with `QueueFull` when too many of the owner are waiting.
   */
  render<Template extends keyof Printable>(template: Template, document: Printable[Template], owner?: string): Promise<Buffer>
  /** Lets the document at work finish, refuses those still waiting, and ends the thread. */
  close(): Promise<void>
}

export interface PdfOptions {
  /** The folder that holds `pdf/` and `fonts/`. */
  readonly templatesDir: string
  readonly log: Pick<Log, 'warn'>
  /** How long one document, and the start of the thread, may take. */
  readonly timeout_ms?: number
  /** How many documents a thread sets before a fresh one replaces it. */
  readonly renders_per_worker?: number
  /** How many documents of one owner may wait. */
  readonly max_waiting?: number
  /** The thread's program; only tests give another. */
  readonly worker?: URL
}

/** Why there is no PDF. */
class PdfError extends Error {
  override readonly name = 'PdfError'
}

/** The thread stopped by itself, through no proven fault of the document. */
class Crashed extends PdfError {}

interface Press {
  readonly worker: Worker
  rendered: number
}

/** A renderer whose thread starts with the first document. */
export function createPdfRenderer(options: PdfOptions): PdfRenderer {
  const {
    templatesDir,
    log,
    timeout_ms = 20_000,
    renders_per_worker = 2_000,
    max_waiting = 200,
    worker: program = programBeside(import.meta.url, 'pdf.worker'),
  } = options
  let press: Press | null = null
  const queue = fairQueue({ at_once: 1, waiting_max: max_waiting })
  let closed = false

  async function start(): Promise<Press> {
    const worker = startThread(program, { workerData: { templatesDir } })
    const started = { worker, rendered: 0 }
    const gone = () => {
      if (press === started) press = null
    }
    worker.on('exit', gone).on('error', gone)
    try {
      await reply(worker, timeout_ms, 'The PDF thread did not start')
    } catch (error) {
      void worker.terminate()
      throw error
    }
    return started
  }

  function stop(): Promise<unknown> | undefined {
    const { worker } = press ?? {}
    press = null
    return worker?.terminate()
  }

  /**
   * One attempt. The thread keeps the process alive only while it works. One that ran out of time can be deep in native code and end
   * late: nobody waits for it.
   */
  async function attempt(order: PdfOrder): Promise<Buffer> {
    if (press && press.rendered >= renders_per_worker) await stop()
    press ??= await start()
    const { worker } = press
    press.rendered++
    worker.ref()
    try {
      worker.postMessage(order)
      const answer = (await reply(worker, timeout_ms, `${nameOf(order)} could not be set`)) as PdfAnswer
      if ('refused' in answer) throw new PdfError(`${nameOf(order)} could not be set: ${answer.refused}`)
      if (answer.without_images) log.warn({ reason: answer.without_images }, `${nameOf(order)} was set without its images`)
      if (answer.without_einvoice) log.warn({ reason: answer.without_einvoice }, `${nameOf(order)} was set without its data`)
      return Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.byteLength)
    } catch (error) {
      if (error instanceof TimedOut) void stop()
      throw error
    } finally {
      worker.unref()
    }
  }

  /** A thread that crashed may have done so for reasons of its own: the document gets a second one. */
  async function print(order: PdfOrder): Promise<Buffer> {
    if (closed) throw new PdfError('The PDF renderer is closed')
    try {
      return await attempt(order)
    } catch (error) {
      if (!(error instanceof Crashed) || closed) throw error
      log.warn({ reason: error.message }, 'the PDF thread stopped; trying once more')
      return attempt(order)
    }
  }

  return {
    render: (template, document, owner = NOBODY) =>
      queue.run(owner, () => timed('pdf', template, () => print({ template, document } as PdfOrder))),
    async close() {
      closed = true
      await queue.idle()
      await stop()
    },
  }
}

class TimedOut extends PdfError {}

/** The thread's next message; or why it won't come. */
function reply(worker: Worker, timeout_ms: number, failure: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = <T>(settle: (value: T) => void, value: T) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      settle(value)
    }
    const onMessage = (message: unknown) => done(resolve, message)
    const onError = (error: Error) => done(reject, new Crashed(`${failure}: ${error.message}`))
    const onExit = (code: number) => done(reject, new Crashed(`${failure}: the PDF thread ended with code ${code}`))
    const timer = setTimeout(() => done(reject, new TimedOut(`${failure} within ${timeout_ms} ms`)), timeout_ms)
    worker.once('message', onMessage).once('error', onError).once('exit', onExit)
  })
}

const nameOf = ({ document }: PdfOrder): string =>
  `The ${document.type.replaceAll('_', ' ')} ${document.number ?? 'without a number'}`
