import { expect, test } from 'vitest'
import { type Body, world } from '../../test/support/world.ts'
import { modules } from '../modules/index.ts'
import { openApiDocument } from '../platform/http/openapi.ts'
import { describeApi } from './describe.ts'

/** The bodies that the reference begins with are sent: each has the shape that its operation asks for. */

const { document } = describeApi(await openApiDocument(modules))
const bodies = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, { requestBody }]) => {
    const example = requestBody?.content['application/json']?.example
    return example === undefined ? [] : [{ method, path, example }]
  }),
)

/** Kinds of faults that a schema finds; others come of what the values say, e.g. a number that nobody has. */
const SHAPE =
  /^(missing|extra_forbidden|enum|literal_error|string_.*|greater_.*|less_.*|too_.*|.*_type|none_required|.*_parsing)$/

test('every body of the reference is taken for what it is', async () => {
  const { berlin, partnerIn, partner } = await world()
  expect(bodies.length).toBeGreaterThan(150)
  const wrong: string[] = []
  for (const { method, path, example } of bodies) {
    const url = path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID())
    for (const caller of [berlin, partnerIn(berlin.entityId!), partner]) {
      const { status, body } = await caller[method as 'post'](url, example as Body, { beyond: true })
      if (status === 403 || (status === 422 && body.detail[0]?.loc[0] === 'header')) continue
      const faults = status === 422 ? body.detail.filter(({ type }: Body) => SHAPE.test(type)) : []
      if (faults.length > 0) wrong.push(`${method} ${path} ${JSON.stringify(example)} ${JSON.stringify(faults)}`)
      break
    }
  }
  expect(wrong).toEqual([])
})
