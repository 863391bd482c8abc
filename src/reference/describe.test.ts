import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { modules } from '../modules/index.ts'
import { type ApiSchema, openApiDocument } from '../platform/http/openapi.ts'
import { describeApi } from './describe.ts'

const { document, silent, unused } = describeApi(await openApiDocument(modules))

test('every field, parameter and list of values is explained, and no words are left over', () => {
  expect(silent, 'add words to src/reference/words').toEqual([])
  expect(unused, 'take these words out of src/reference/words').toEqual([])
})

test('sentences end with a full stop', () => {
  const texts: string[] = []
  const read = (schema: ApiSchema) => {
    if (schema.description !== undefined) texts.push(schema.description)
    for (const field of Object.values(schema.properties ?? {})) read(field)
    for (const branch of [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]) read(branch)
  }
  for (const schema of Object.values(document.components.schemas)) read(schema)
  expect(texts.length).toBeGreaterThan(3_000)
  expect(texts.filter((text) => !/^[A-Z].*[.…]$/s.test(text))).toEqual([])
})

test('examples are what their schemas allow', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'api', components: JSON.parse(JSON.stringify(document.components)) as object })
  const wrong: string[] = []
  const look = (schema: ApiSchema, place: string) => {
    const absolute = JSON.parse(JSON.stringify({ ...schema, examples: undefined }).replaceAll('"#/', '"api#/')) as object
    for (const example of schema.examples ?? [])
      if (!ajv.validate(absolute, example)) wrong.push(`${place}: ${JSON.stringify(example)} ${ajv.errorsText()}`)
    for (const [name, field] of Object.entries(schema.properties ?? {})) look(field, `${place}.${name}`)
    for (const branch of [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]) look(branch, place)
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) look(schema, name)
  for (const item of Object.values(document.paths))
    for (const { operationId, parameters } of Object.values(item))
      for (const { name, schema, example } of parameters)
        look({ ...schema, ...(example !== undefined && { examples: [example] }) }, `${operationId} ${name}`)
  expect(wrong).toEqual([])
})

test('words change no shape', async () => {
  const bare = await openApiDocument(modules)
  const without = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(without)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .filter(
                ([key, held]) => !(key === 'description' && typeof held === 'string') && key !== 'examples' && key !== 'example',
              )
              .map(([key, held]) => [key, without(held)]),
          )
        : value
  const { WebhookEvent: _, ...schemas } = document.components.schemas
  expect(without(document.paths)).toEqual(without(bare.paths))
  expect(without(schemas)).toEqual(without(bare.components.schemas))
})

test('every event is a webhook', () => {
  const { webhooks } = document as unknown as { webhooks: Record<string, { post: { summary: string } }> }
  expect(webhooks['receivable.issued']?.post.summary).toBe('A receivable was issued.')
  expect(webhooks['payable.ocr_finished']?.post.summary).toBe('The file of a bill was read.')
})
