import { setImmediate as turn } from 'node:timers/promises'
import { documentOf } from '../platform/http/openapi.ts'
import type { App } from '../platform/http/operation.ts'
import type { Described } from './describe.ts'

const known = new WeakMap<App, Promise<Described['document']>>()

/**
 * The OpenAPI document of a server, with words; made when somebody first asks, as most servers never need it, and again when that failed.
 * Each step takes tens of milliseconds, and others have their turn in between.
 */
export function describedDocument(app: App): Promise<Described['document']> {
  let document = known.get(app)
  if (!document) {
    document = describe(app)
    known.set(app, document)
    document.catch(() => known.delete(app))
  }
  return document
}

async function describe(app: App): Promise<Described['document']> {
  const { describeApi } = await import('./describe.ts')
  await turn()
  const bare = documentOf(app)
  await turn()
  const { document } = describeApi(bare)
  await turn()
  return document
}
