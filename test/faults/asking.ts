import type { App } from '../../src/platform/http/operation.ts'
import type { Owner } from '../isolation/resources.ts'

/** Requests of an owner's user that may fail in any way. */
export const asking =
  (app: App, { user }: Pick<Owner, 'user'>) =>
  (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
    app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${user.token}`, ...(payload && { 'content-type': 'application/json' }) },
      ...(payload && { payload: JSON.stringify(payload) }),
    })

/** What comes of work, and how many seconds it took. */
export async function seconds<T>(work: Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now()
  return [await work, (performance.now() - began) / 1000]
}
