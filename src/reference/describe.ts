import { catalog } from '../platform/events/catalog.ts'
import type { ApiDocument, ApiMedia, ApiOperation, ApiParameter, ApiSchema } from '../platform/http/openapi.ts'
import { bodies, examples } from './words/examples.data.ts'
import { fields } from './words/fields.data.ts'
import { sentences, subjects } from './words/parameters.data.ts'
import { particular } from './words/particular.data.ts'
import { areas } from './words/tags.data.ts'
import { events, values } from './words/values.data.ts'

/**
 * Words for an OpenAPI document: a sentence and an example for every field and parameter, the meaning of the values of named lists, and
 * every event as a webhook. Shapes come from the operations; what they mean stands in `words/`, so that a name is explained once.
 */

export interface Described {
  readonly document: ApiDocument & { webhooks: object; 'x-tagGroups': { name: string; tags: string[] }[] }
  /** What has no words yet, e.g. `TagReadSchema.color`. */
  readonly silent: readonly string[]
  /** Words for what the document doesn't have. */
  readonly unused: readonly string[]
}

const MODELS = '#/components/schemas/'
const branchesOf = ({ anyOf, oneOf, allOf }: ApiSchema) => [...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])]

/** The document with words; its shapes stay what they are. */
export function describeApi(document: ApiDocument): Described {
  const silent = new Set<string>()
  const unused = new Set([
    ...Object.keys(fields),
    ...Object.keys(particular),
    ...Object.keys(sentences),
    ...Object.keys(subjects),
    ...Object.keys(values).map((name) => `list ${name}`),
  ])
  const models = document.components.schemas
  const schemas = Object.fromEntries(Object.entries(models).map(([name, schema]) => [name, listed(name, worded(schema, name))]))
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [
      path,
      Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, spoken(operation)])),
    ]),
  )
  const { EventResource: event } = schemas
  const sent = {
    ...event?.properties,
    webhook_subscription_id: fieldOf('webhook_subscription_id', { type: 'string', format: 'uuid' }, ''),
  }
  const components = { ...document.components, schemas: { ...schemas, WebhookEvent: { ...event, properties: sent } } }
  const known = new Set(document.tags.map(({ name }) => name)).add('webhooks')
  const about = new Map(Object.values(areas).flatMap((tags) => Object.entries(tags)))
  for (const name of known) if (!about.has(name)) silent.add(`tag ${name}`)
  for (const name of about.keys()) if (!known.has(name)) unused.add(`tag ${name}`)
  return {
    document: {
      ...document,
      tags: [...about].map(([name, description]) => ({ name, description })),
      'x-tagGroups': Object.entries(areas).map(([name, tags]) => ({ name, tags: Object.keys(tags) })),
      paths,
      webhooks: webhooks(),
      components,
    },
    silent: [...silent].sort(),
    unused: [...unused].sort(),
  }

  /** The schema with a sentence and an example at each field, all the way down. */
  function worded(schema: ApiSchema, place: string): ApiSchema {
    return {
      ...schema,
      ...(schema.properties && {
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, field]) => [name, fieldOf(name, field, place)]),
        ),
      }),
      ...(schema.items && { items: worded(schema.items, place) }),
      ...(schema.anyOf && { anyOf: schema.anyOf.map((branch) => worded(branch, place)) }),
      ...(schema.oneOf && { oneOf: schema.oneOf.map((branch) => worded(branch, place)) }),
      ...(schema.allOf && { allOf: schema.allOf.map((branch) => worded(branch, place)) }),
    }
  }

  function fieldOf(name: string, field: ApiSchema, place: string): ApiSchema {
    const description = field.description ?? wordsOf(name, place)
    if (!description) silent.add(`${place}.${name}`)
    const example = exampleOf(name, field)
    return {
      ...worded(field, `${place}.${name}`),
      ...(description && { description }),
      ...(example !== undefined && !field.$ref && { examples: [example] }),
    }
  }

  function wordsOf(name: string, place: string): string | undefined {
    for (const [pattern, text] of Object.entries(particular[name] ?? {})) {
      if (!fits(pattern, place)) continue
      unused.delete(name)
      return text
    }
    if (fields[name]) unused.delete(name)
    return fields[name]
  }

  /** A list of values with what each of them means. */
  function listed(name: string, schema: ApiSchema): ApiSchema {
    if (!schema.enum) return schema
    unused.delete(`list ${name}`)
    const { '': sentence, ...meanings } = values[name] ?? { '': `One of ${schema.enum.length} values.` }
    const meaningsOf = Object.entries(meanings).map(([value, meaning]) => `\`${value}\`: ${meaning}`)
    for (const value of Object.keys(meanings)) if (!schema.enum.includes(value)) silent.add(`${name} has no value ${value}`)
    return {
      ...schema,
      description: [schema.description ?? sentence, meaningsOf.length > 0 ? `${meaningsOf.join('; ')}.` : '']
        .filter(Boolean)
        .join(' '),
    }
  }

  function spoken(operation: ApiOperation): ApiOperation {
    const { operationId, parameters, requestBody, responses } = operation
    const media = (content: Record<string, ApiMedia>) =>
      Object.fromEntries(
        Object.entries(content).map(([type, { schema, ...rest }]) => [type, { ...rest, schema: worded(schema, operationId) }]),
      )
    return {
      ...operation,
      parameters: parameters.map((parameter) => parameterOf(parameter, operationId)),
      ...(requestBody && { requestBody: { ...requestBody, content: withBody(operationId, media(requestBody.content)) } }),
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, answer]) => [
          status,
          { ...answer, ...(answer.content && { content: media(answer.content) }) },
        ]),
      ),
    }
  }

  /** A body to begin with. */
  function withBody(id: string, content: Record<string, ApiMedia>): Record<string, ApiMedia> {
    const json = content['application/json']
    return json ? { ...content, 'application/json': { ...json, example: bodies[id] ?? bodyOf('', json.schema) } } : content
  }

  /** What is required of a body, filled in; a little of it where nothing is. */
  function bodyOf(name: string, schema: ApiSchema, depth = 0): unknown {
    if (schema.examples) return schema.examples[0]
    const { $ref } = schema
    if ($ref) return bodyOf(name, models[$ref.slice(MODELS.length)] ?? {}, depth)
    if (schema.properties) {
      const required = new Set(schema.required)
      const names = Object.keys(schema.properties)
      const chosen = required.size > 0 || depth > 0 ? names.filter((one) => required.has(one)) : names.slice(0, 3)
      return Object.fromEntries(chosen.map((one) => [one, bodyOf(one, schema.properties![one]!, depth + 1)]))
    }
    const branches = branchesOf(schema).filter((one) => one.type !== 'null')
    const usual = branches.find((branch) => typesOf(branch).includes(examples.type)) ?? branches[0]
    if (usual) return bodyOf(name, usual, depth)
    if (schema.type === 'array' && !Array.isArray(examples[name]))
      return [bodyOf(name.replace(/s$/, ''), schema.items ?? {}, depth + 1)]
    return exampleOf(name, schema) ?? {}
  }

  function typesOf({ $ref, properties }: ApiSchema): readonly unknown[] {
    const type = ($ref ? models[$ref.slice(MODELS.length)]?.properties : properties)?.type
    return type?.enum ?? (type?.const === undefined ? [] : [type.const])
  }

  function parameterOf(parameter: ApiParameter, operationId: string): ApiParameter {
    const description = parameter.description ?? meaningOf(parameter, operationId)
    if (!description) silent.add(`${operationId} ${parameter.name}`)
    const example = exampleOf(parameter.name.replace(SUFFIX, ''), parameter.schema)
    return { ...parameter, ...(description && { description }), ...(example !== undefined && { example }) }
  }

  function meaningOf({ name, in: where }: ApiParameter, operationId: string): string | undefined {
    unused.delete(name)
    if (sentences[name]) return sentences[name]
    if (where === 'path') return wordsOf(name, operationId) ?? idSentence(name)
    const base = name.replace(SUFFIX, '')
    const subject = subjects[base]
    unused.delete(base)
    return subject && filterSentence(subject, name.slice(base.length))
  }

  function exampleOf(name: string, field: ApiSchema, depth = 0): unknown {
    const { $ref, type, format, enum: allowed, const: constant } = field
    if (field.examples) return field.examples[0]
    if (constant !== undefined) return constant
    if (allowed) return allowed.includes(examples[name]) ? examples[name] : allowed[0]
    if ($ref) {
      const model = models[$ref.slice(MODELS.length)]
      return model && !model.properties && depth < 3 ? exampleOf(name, model, depth + 1) : undefined
    }
    const branch = branchesOf(field).find((one) => one.type !== 'null')
    if (branch) return exampleOf(name, branch, depth)
    if (type === 'array') {
      const item = field.items && exampleOf(name.replace(/s$/, ''), field.items, depth + 1)
      return item === undefined || Array.isArray(examples[name]) ? examples[name] : [item]
    }
    const known = examples[name]
    const kind = type === 'integer' ? 'number' : type
    if (known !== undefined && !format && (typeof known === kind || kind === undefined)) return known
    if (format) return FORMATS[format] ?? (typeof known === 'string' ? known : undefined)
    if (type === 'boolean') return true
    if (type === 'integer' || type === 'number')
      return /amount|total|price|subtotal|balance|debit|credit|fee/.test(name) ? 11900 : 1
    return type === 'string' ? 'text' : undefined
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '7d6f2c1e-4a53-4f0e-9c55-2f6f7f1f5b10',
  date: '2026-11-30',
  'date-time': '2026-11-30T09:00:00Z',
  uri: 'https://example.com',
  email: 'accounts@example.com',
  binary: '(bytes)',
}

const SUFFIX = /__(not_in|in|gte|lte|gt|lt|iexact|icontains|ncontains|contains|istartswith|startswith)$/

function filterSentence(subject: string, suffix: string): string {
  switch (suffix) {
    case '__in':
      return `Only where ${subject} is one of these; say the parameter once for each.`
    case '__not_in':
      return `Only where ${subject} is none of these; say the parameter once for each.`
    case '__gt':
      return `Only where ${subject} is after or above this.`
    case '__gte':
      return `Only where ${subject} is this, or after or above it.`
    case '__lt':
      return `Only where ${subject} is before or below this.`
    case '__lte':
      return `Only where ${subject} is this, or before or below it.`
    case '__iexact':
      return `Only where ${subject} is this; capitals and accents do not matter.`
    case '__icontains':
      return `Only where ${subject} has this in it; capitals and accents do not matter.`
    case '__contains':
      return `Only where ${subject} has this in it, with these capitals.`
    case '__ncontains':
      return `Only where ${subject} does not have this in it.`
    case '__istartswith':
    case '__startswith':
      return `Only where ${subject} begins with this.`
    default:
      return `Only where ${subject} is this.`
  }
}

/** `webhook_subscription_id` names itself. */
const idSentence = (name: string) => (/_id$/.test(name) ? `The ${name.slice(0, -3).replaceAll('_', ' ')}, by its id.` : undefined)

const patterns = new Map<string, RegExp>()
/** Whether the place, e.g. `PlatformFee.methods`, is of a schema (or is the part of one) that the pattern names. */
function fits(pattern: string, place: string): boolean {
  let test = patterns.get(pattern)
  if (!test) {
    test = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
    patterns.set(pattern, test)
  }
  return test.test(place) || test.test(place.split('.', 1)[0]!)
}

/** Every event, as the request that a receiver gets. */
function webhooks(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(catalog).flatMap(([type, actions]) =>
      actions.map((action) => [
        `${type}.${action}`,
        {
          post: {
            operationId: `event_${type}.${action}`.replaceAll('.', '_'),
            summary: events[`${type}.${action}`] ?? eventSentence(type, action),
            description:
              'Signed as `docs/webhooks.md` says. Answer with any status from 200 to 299 within 10 seconds; it is sent again otherwise.',
            tags: ['webhooks'],
            security: [],
            requestBody: { content: { 'application/json': { schema: { $ref: `${MODELS}WebhookEvent` } } } },
            responses: { '200': { description: 'Taken' }, '4XX': { description: 'Not taken: it is sent again' } },
          },
        },
      ]),
    ),
  )
}

function eventSentence(type: string, action: string): string {
  const object = type.replaceAll(/[_.]/g, ' ')
  const done = action.replaceAll('_', ' ').replace(/^(create|update|delete)$/, '$1d')
  return `${/^[aeio]/.test(object) ? 'An' : 'A'} ${object} was ${done}.`
}
