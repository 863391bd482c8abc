import { channel } from 'node:diagnostics_channel'
import { spanned } from './tracing.ts'

/** What was done, how it ended and how long it took: told to whoever measures, if anybody does. */
export interface Done {
  /** A kind of job, a page template, or the way a bill was read. */
  readonly what: string
  readonly outcome: 'done' | 'again' | 'failed'
  readonly ms: number
}

const channels = {
  job: channel('quittance.job'),
  pdf: channel('quittance.pdf'),
  reading: channel('quittance.reading'),
  webhook: channel('quittance.webhook'),
}
export type Figure = keyof typeof channels

export const publish = (figure: Figure, done: Done): void => channels[figure].publish(done)

/** Hears every figure from now on; answers what ends that. */
export function hear(figure: Figure, listen: (done: Done) => void): () => void {
  const heard = (message: unknown) => listen(message as Done)
  channels[figure].subscribe(heard)
  return () => channels[figure].unsubscribe(heard)
}

/** Measures work that may fail. */
export async function timed<T>(figure: Figure, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  try {
    const result = await spanned(`${figure} ${what}`, {}, work)
    publish(figure, { what, outcome: 'done', ms: performance.now() - began })
    return result
  } catch (error) {
    publish(figure, { what, outcome: 'failed', ms: performance.now() - began })
    throw error
  }
}
