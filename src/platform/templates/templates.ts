import type { Worker } from 'node:worker_threads'
import { fairQueue, NOBODY } from '../fair-queue.ts'
import { programBeside, startThread } from '../programs.ts'

/** One template: its name for messages, its source, and whether it makes HTML (then what it prints is escaped) or plain text. */
interface TemplatePart {
  readonly name: string
  readonly source: string
  readonly html: boolean
}

/** What the names in a template stand for: texts, numbers, and lists or groups of them. A name that is missing prints nothing. */
export type TemplateValues = Readonly<Record<string, unknown>>

/** HTML of our own making, which a template prints as it stands, and the same as text. */
interface TrustedHtml {
  readonly html: string
  readonly text: string
}

export interface TemplateOrder {
  readonly parts: readonly TemplatePart[]
  readonly values: TemplateValues
  readonly markup: Readonly<Record<string, TrustedHtml>>
}
export type TemplateAnswer =
  | { readonly texts: Readonly<Record<string, string>> }
  | { readonly part: string; readonly refused: string }

/** Renders templates that strangers wrote, in threads of their own and in turns per owner (the partner). */
export interface Templates {
  /**
   * Renders the parts with the same values; answers their texts by name. Rejects with a `TemplateError` when one is broken, makes too
   * much, or takes longer than the limit: then its thread is ended, and the next order finds another one waiting. Rejects with `QueueFull`
   * when too many orders of the owner wait.
   */
  render(order: TemplateOrder, owner?: string): Promise<Record<string, string>>
  close(): Promise<void>
}

/** Which part is no good, and why, for its author. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly part: string
  constructor(part: string, message: string) {
    super(message)
    this.part = part
  }
}

export interface TemplatesOptions {
  /** How long one order may take. */
  readonly timeout_ms?: number
  readonly start_ms?: number
  /** How many orders of one owner may wait. */
  readonly max_waiting?: number
  /** The thread's program; the one beside this file when left out. */
  readonly program?: URL
}

/**
 * What a template may use of the machine, besides time. On Node 24 a thread that reaches the end of its heap takes the whole process with it, so
 * the heap is far above what the limits of templates (`engine.ts`) and their time let one reach.
 */
const RESOURCES = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** Mails are composed while a transaction is open: an owner of slow templates may not keep many of those waiting. */
const WAITING_MS = 1_500

/** A renderer whose threads start with the first order: one works, one stands by. */
export function createTemplates({
  timeout_ms = 700,
  start_ms = 10_000,
  max_waiting = 50,
  program = programBeside(import.meta.url, 'templates.worker'),
}: TemplatesOptions = {}): Templates {
  let standby: Promise<Worker> | null = null
  let working: Worker | null = null
  const queue = fairQueue({ at_once: 1, waiting_max: max_waiting, waiting_ms: WAITING_MS })
  let closed = false

  /** The thread to work with; another one starts behind it. */
  async function take(): Promise<Worker> {
    if (working) return working
    const next = standby ?? start(program, start_ms)
    standby = null
    const worker = await next
    worker.once('exit', () => {
      if (working === worker) working = null
    })
    standby = start(program, start_ms)
    standby.catch(() => {
      standby = null
    })
    working = worker
    return worker
  }

  async function work(order: TemplateOrder): Promise<Record<string, string>> {
    if (closed) throw new Error('The template renderer is closed')
    const worker = await take()
    worker.ref()
    try {
      const reply = message(worker, timeout_ms)
      worker.postMessage(order)
      const answer = (await reply) as TemplateAnswer
      if ('refused' in answer) throw new TemplateError(answer.part, answer.refused)
      return { ...answer.texts }
    } catch (error) {
      if (error instanceof TemplateError) throw error
      if (working === worker) working = null
      await worker.terminate()
      // Which part it was died with the thread: the last one is the body, where there is room for such things.
      throw new TemplateError(order.parts.at(-1)?.name ?? '', 'It takes too long or makes too much text')
    } finally {
      worker.unref()
    }
  }

  return {
    render: (order, owner = NOBODY) => queue.run(owner, () => work(order)),
    async close() {
      closed = true
      await queue.idle()
      const last = await standby?.catch(() => null)
      await Promise.all([working?.terminate(), last?.terminate()])
      working = null
      standby = null
    },
  }
}

/** A thread that has nothing of the process but its own memory: no environment, no arguments, limits for what it may use. */
async function start(program: URL, start_ms: number): Promise<Worker> {
  const worker = startThread(program, { env: {}, argv: [], execArgv: [], resourceLimits: RESOURCES, stdin: false })
  worker.on('error', () => {})
  worker.unref()
  try {
    await message(worker, start_ms)
    return worker
  } catch (error) {
    void worker.terminate()
    throw error
  }
}

/** The thread's next message; rejects when it ends or takes too long. */
function message(worker: Worker, limit_ms: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      end()
    }
    const onMessage = (said: unknown) => settle(() => resolve(said))
    const onError = (error: Error) => settle(() => reject(error))
    const onExit = () => settle(() => reject(new Error('The template thread ended')))
    const timer = setTimeout(() => settle(() => reject(new Error('The template thread did not answer in time'))), limit_ms)
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}
