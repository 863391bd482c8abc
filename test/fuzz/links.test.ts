import { expect, test } from 'vitest'
import { placed, situation } from '../isolation/places.ts'
import { filled, type Owner } from '../isolation/resources.ts'
import { house, world } from '../support/world.ts'
import type { Schema } from './generate.ts'

/** Addresses that people send are shown to others as links: on pages, in PDFs and in mails. Made from the routes. */

const NAMED_LIKE_ONE = /(^|_)(url|uri|website|link|href|src|logo)$/
/** Texts that are named like one, each for its reason. */
const PLAIN: [operation: RegExp, place: RegExp, why: string][] = [
  [/^patch_settings$/, /^body\.website$/, 'any text by the contract; shown as a link only when it is one'],
  [/^post_ocr_tasks$/, /^body\.file_url$/, 'never shown: a file is fetched from it, which has walls of its own'],
]

/** Every place of a schema that holds text, with its format. */
function texts(schema: Schema, at: string): { place: string; format?: string }[] {
  if (!schema || typeof schema !== 'object') return []
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  return [
    ...(schema.type === 'string' && !schema.enum ? [{ place: at, format: schema.format }] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => texts(part, `${at}.${name}`)),
    ...(schema.items ? texts(schema.items, `${at}[]`) : []),
    ...parts.flatMap((part: Schema) => texts(part, at)),
  ]
}

const { app } = await house()
const places = app.operations.flatMap(({ method, url, operation: { id, may, entity }, schema }) =>
  texts(schema.body as Schema, 'body').map((text) => ({ method, url, id, may, entity, body: schema.body as Schema, ...text })),
)

test('what is named like an address is one', () => {
  const loose = places.filter(
    ({ id, place, format }) =>
      NAMED_LIKE_ONE.test(place.replace(/\[\]$/, '').split('.').at(-1)!) &&
      format !== 'uri' &&
      !PLAIN.some(([operation, at]) => operation.test(id) && at.test(place)),
  )
  expect(loose.map(({ id, place }) => `${id} ${place}`)).toEqual([])
})

const w = await world()
const owner: Owner = { user: w.berlin, entityId: w.berlin.entityId!, partner: w.partnerIn(w.berlin.entityId!) }

test.each(places.filter(({ format }) => format === 'uri'))('$id $place leads to the web', async (op) => {
  const { ids, body } = await situation(owner, op, 'A', op.place)
  const as = op.may === 'partner' ? (op.entity === 'header' ? owner.partner : w.partner) : w.berlin
  const send = (text: string) =>
    as[op.method.toLowerCase() as 'post'](filled(op.url, ids), placed(body, op.place, text), { beyond: true })
  const name = op.place.replaceAll('[]', '').split('.').at(-1)!
  const bads = [
    'javascript:alert(1)',
    'JavaScript://example.com/%0aalert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'x',
  ]
  for (const bad of bads) expect((await send(bad)).status, bad).toBe(422)
  const good = await send('https://example.com/pay?a=1')
  // Where the rest of the body is another kind's, the address is not what was refused.
  if (good.status !== 422) expect((await send('javascript:alert(1)')).body.detail[0].loc).toContain(name)
})
