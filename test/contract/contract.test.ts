import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import { openApiDocument } from '../../src/platform/http/openapi.ts'
import { paths } from '../../src/platform/paths.ts'

interface Difference {
  operation: string
  at: string
  message: string
  reason?: string
}
interface Comparison {
  served: number
  missing: string[]
  meant: Difference[]
  unmeant: Difference[]
  settled: Difference[]
  failures: unknown[]
}
const script = pathToFileURL(join(paths.root, 'scripts', 'contract.mjs')).href
const { compare, referenceIsHere } = (await import(script)) as {
  compare(document: unknown): Comparison
  referenceIsHere(): boolean
}

/** The reference is no part of the project; without it there is nothing to compare with. */
describe.skipIf(!referenceIsHere())('against the reference (skipped where ../shared/contract is absent)', () => {
  test('what is served has the shapes of the reference, apart from the differences that are meant', async () => {
    const { served, unmeant, settled, meant, failures } = compare(await openApiDocument(modules))
    expect(unmeant.map(({ operation, at, message }) => `${operation} ${at}: ${message}`)).toEqual([])
    expect(settled.map(({ operation, at }) => `${operation} ${at} no longer differs`)).toEqual([])
    expect(failures).toEqual([])
    expect(served).toBeGreaterThan(100)
    for (const { reason } of meant) expect(reason).toMatch(/\.$/)
  })
})

test('operations have ids of their own, and each path parameter is declared', async () => {
  const document = (await openApiDocument(modules)) as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[]; responses: object }>>
  }
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids).toEqual([...new Set(ids)])
  for (const { path, parameters, responses } of operations) {
    const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    expect(declared.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort())
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['422', '500']))
  }
})
