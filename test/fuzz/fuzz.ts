import { isIP } from 'node:net'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { isDate } from '../../src/core/calendar.ts'
import { audit } from '../../src/modules/audit/audit.ts'
import { withoutNoFiles } from '../../src/modules/receivables/receivables.ts'
import { documentOf } from '../../src/platform/http/openapi.ts'
import { isInstant, withoutIds } from '../../src/platform/http/validation.ts'
import { situation, targets } from '../isolation/places.ts'
import { filled, make, type Owner, prefixes } from '../isolation/resources.ts'
import { type Part, partOf } from '../support/areas.ts'
import { type Body, type Client, house, world } from '../support/world.ts'
import { broken, brokenOf, type Ids, idPlaces, type Schema, unspeakable, valid } from './generate.ts'

/**
 * Requests made from the schemas of each operation: good ones, and good ones spoiled in one place. None is answered with a 5xx or with
 * a status that the operation does not declare; a refused one changes nothing; what a schema forbids is refused.
 *
 *     CASES=1000 OPERATION=post_receivables SEED=42 npx vitest run test/fuzz
 */

const CASES = Number(process.env.CASES ?? 100)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const only = process.env.OPERATION

const ajv = new Ajv({
  strict: false,
  code: { optimize: false },
  formats: {
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    date: isDate,
    'date-time': isInstant,
    email: /^\S+@\S+$/,
    uri: true,
    hostname: /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i,
    ipvanyaddress: (text: string) => isIP(text) !== 0,
    binary: true,
    color: true,
  },
})

interface Op {
  readonly method: string
  readonly url: string
  readonly id: string
  readonly may: string | readonly string[]
  readonly entity: string
  readonly form: boolean
  readonly params: Schema
  readonly query: Schema
  readonly body: Schema
  /** The statuses it may answer with. */
  readonly declared: ReadonlySet<number>
}

const validators = new Map<string, ReturnType<typeof ajv.compile>>()
function validatorOf({ id, body }: Op) {
  const known = validators.get(id) ?? ajv.compile(withoutIds(body) as object)
  validators.set(id, known)
  return known
}

/** A body as it is taken: the guides clear the files of a document with an empty list, which its schema doesn't know. */
const taken = ({ id }: Op, body: unknown) => (id === 'patch_receivables_id' ? withoutNoFiles(body) : body)

/** A query string of generated values; a list is a name said several times. */
const toQuery = (query: Record<string, unknown>) => {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [value].flat().map((one) => `${name}=${encodeURIComponent(String(one))}`),
  )
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** What can't be read as a value of that type, whatever its schema allows besides. */
function wrongFor(schema: Schema): string[] {
  const one = schema.type === 'array' ? schema.items : schema
  if (one.enum) return ['no_such_word', '']
  if (one.type === 'integer' || one.type === 'number') return ['abc', '1e999', '--1', '1,5']
  if (one.type === 'boolean') return ['maybe', '2']
  if (one.format === 'uuid') return ['1234', '00000000-0000-4000-8000-00000000000', "' or 1=1"]
  if (one.format === 'date' || one.format === 'date-time')
    return ['2023-02-30', 'yesterday', '2023-13-01T00:00:00Z', '9'.repeat(30)]
  return ['a%00b']
}

const RAW = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '12',
  '{"a":1,}',
  '\u0000',
  '{"a":1}{"b":2}',
  '[[[[[[[[',
  '{"__proto__":{"x":1}}',
  `{"a":${'9'.repeat(400)}}`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
]

const property = (runs: number, arbitrary: fc.Arbitrary<unknown>, check: (value: never) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, check as (value: unknown) => Promise<void>), {
    seed: SEED,
    numRuns: runs,
    endOnFailure: runs > 100,
  })

/** No body and `null` say the same where a body may be left out. */
const mayBeLeftOut = (op: Op) => '~optional' in (op.body ?? {})

/** Whether a raw text is, by the schema, a good body after all. */
function accepts(op: Op, raw: string): boolean {
  try {
    const value = JSON.parse(raw)
    return !unspeakable(value) && validatorOf(op)(value) === true
  } catch {
    return false
  }
}

const mutates = ({ method }: Op) => method !== 'GET'

/** Sends requests to every operation of a part. */
export async function fuzz(part: Part): Promise<void> {
  const { app } = await house()
  const own = await world()
  const berlin: Owner = { user: own.berlin, entityId: own.berlin.entityId!, partner: own.partnerIn(own.berlin.entityId!) }
  console.log(`SEED=${SEED} CASES=${CASES}${only ? ` OPERATION=${only}` : ''}`)

  const document = documentOf(app) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> }
  const operations = app.operations
    .filter(({ url, operation }) => partOf({ url }) === part && (!only || operation.id === only))
    .map(({ method, url, operation: { id, may, entity, form }, schema }) => ({
      method,
      url,
      id,
      may,
      entity,
      form: form !== undefined,
      params: schema.params as Schema,
      query: schema.querystring as Schema,
      body: schema.body as Schema,
      declared: new Set(
        Object.keys(document.paths[url.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!.responses).map(Number),
      ),
    }))

  if (operations.length === 0) return test.skip('OPERATION is one of another part')

  /** Ids that exist, of each kind that is served, so that generated requests get past the first look. */
  const served = new Set(app.operations.flatMap(({ url }) => prefixes(url)))
  const targetAt = (place: string) => targets.find(([pattern]) => pattern.test(place))?.[1]
  const places = operations.flatMap(({ query, body }) => [...idPlaces(query, 'query'), ...idPlaces(body, 'body')])
  const pools = new Map<string, string[]>()
  for (const target of new Set(places.map(targetAt))) {
    if (typeof target !== 'string' || !served.has(target)) continue
    const ids = await make(berlin, target, 'known', target.includes(':entity_id') ? { entity_id: berlin.entityId } : {})
    pools.set(target, [Object.values(ids).at(-1)!])
  }
  const idsAt =
    (where: string): Ids =>
    (place) => {
      const target = targetAt(where + place)
      return typeof target === 'string' ? (pools.get(target) ?? []) : []
    }

  const events = async () =>
    Number((await own.sql<{ n: number }>(`select count(*) as n from events where partner_id = $1`, [own.partner_id]))[0]!.n)
  /** How many there are, where the request before was refused and changed nothing. */
  let known: number | null = null
  const made = (op: Op) => {
    known = null
    return situation(berlin, op, 'fuzz')
  }
  /** Operations that never once said yes: their good requests are not good enough. */
  const silent = new Set(operations.map(({ id }) => id))
  const counts = { requests: 0, accepted: 0, broken: 0, refused: 0 }

  /** Sends one request and holds its answer to what every answer has to be. Answers its status. */
  async function fire(op: Op, as: Client, url: string, payload: unknown, mustFail: boolean, about: string): Promise<number> {
    counts.requests++
    const before = mutates(op) ? (known ?? (await events())) : 0
    const extras = { beyond: true }
    const { status, body } =
      op.method === 'GET'
        ? await as.get(url, extras)
        : op.method === 'DELETE'
          ? await as.delete(url, extras)
          : await as[op.method.toLowerCase() as 'post'](url, payload as Body, extras)
    const what = () =>
      `${op.method} ${url} ${typeof payload === 'string' ? payload : JSON.stringify(payload)?.slice(0, 1500)} (${about}) → ${status} ${JSON.stringify(body)?.slice(0, 500)}`
    if (!op.declared.has(status)) throw new Error(`a status that is not declared: ${what()}`)
    if (mustFail && status < 400) throw new Error(`accepted, though the schema forbids it: ${what()}`)
    if (mutates(op)) {
      known = status >= 400 ? await events() : null
      if (known !== null && known !== before) throw new Error(`refused, and yet something happened: ${what()}`)
    }
    if (status < 400) counts.accepted++
    else counts.refused++
    if (status < 400) silent.delete(op.id)
    return status
  }

  const asker = (op: Op): Client =>
    op.may === 'anyone' ? own.nobody : op.may === 'partner' ? (op.entity === 'header' ? berlin.partner : own.partner) : own.berlin

  describe('whatever is sent', () => {
    test.each(operations)('$method $url', { timeout: 60_000 + CASES * 300 }, async (op) => {
      const as = asker(op)
      let used = 0
      let ids: Record<string, string> = {}
      // Some requests use up what they are about: now and then there is something new.
      const url = async (every = 25) => {
        if (used++ % every === 0 && prefixes(op.url).length > 0) ids = (await made(op)).ids
        return filled(op.url, ids)
      }
      const forms = op.form ? RAW : []
      for (const raw of op.body ? RAW : forms)
        await fire(
          op,
          as,
          await url(),
          raw,
          op.body !== undefined && !(mayBeLeftOut(op) && ['', 'null'].includes(raw)) && !accepts(op, raw),
          'raw',
        )

      if (op.body) {
        const validate = validatorOf(op)
        const spoil = async ({ value, fault, at }: { value: Body; fault: string; at: string }) => {
          counts.broken++
          const forbidden = unspeakable(value) || (!validate(taken(op, value)) && !(value === null && mayBeLeftOut(op)))
          await fire(op, as, await url(), JSON.stringify(value), forbidden, `${fault} at ${at || 'the top'}`)
        }
        await property(Math.ceil(CASES * 0.4), valid(op.body, idsAt('body')), async (body: Body) => {
          await fire(op, as, await url(), body, false, 'good')
        })
        await property(Math.ceil(CASES * 0.3), broken(op.body, idsAt('body')), spoil)
        // Starting from what succeeds, a fault gets as deep as the rules behind the schema.
        const good = await made(op)
        ids = good.ids
        await fire(op, as, filled(op.url, ids), good.body ?? {}, false, 'known to be good')
        await property(Math.ceil(CASES * 0.3), brokenOf(good.body ?? {}), spoil)
      }
      if (!op.body && !op.query && !op.form)
        for (let i = 0; i < Math.ceil(CASES / 20); i++) await fire(op, as, await url(1), undefined, false, 'good')
      if (op.query) {
        const names = Object.keys(op.query.properties ?? {})
        await property(Math.ceil(CASES / 2), valid(op.query, idsAt('query')), async (query: Record<string, unknown>) => {
          await fire(
            op,
            as,
            `${await url()}${toQuery({ ...query, limit: query.limit === undefined ? 5 : query.limit })}`,
            undefined,
            false,
            'good',
          )
        })
        const spoiled = fc
          .constantFrom(...names)
          .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...wrongFor(op.query.properties[name]))))
        if (names.length > 0)
          await property(Math.ceil(CASES / 2), spoiled, async ([name, value]: [string, string]) => {
            counts.broken++
            await fire(
              op,
              as,
              `${await url()}?${name}=${value.includes('%') ? value : encodeURIComponent(value)}`,
              undefined,
              value !== '',
              `${name}=${value}`,
            )
          })
      }
      if (op.params) {
        const parameter = fc.constantFrom(...Object.keys(op.params.properties))
        const nonsense = fc.constantFrom(
          '-1',
          'me!',
          '%00',
          '%ff',
          '..%2f..',
          'x'.repeat(400),
          '00000000-0000-4000-8000-00000000000g',
          '🧾',
          "'--",
          '*',
        )
        await property(Math.ceil(CASES / 10), fc.tuple(parameter, nonsense), async ([name, value]: [string, string]) => {
          counts.broken++
          await url(1000)
          await fire(
            op,
            as,
            filled(op.url, { ...ids, [name]: value.includes('%') ? value : encodeURIComponent(value) }),
            op.body ? {} : undefined,
            true,
            `${name} in the path`,
          )
        })
      }
    })
  })

  afterAll(async () => {
    console.log(
      `SEED=${SEED}: ${counts.requests} requests, ${counts.broken} of them spoiled; ${counts.accepted} accepted, ${counts.refused} refused; never accepted: ${[...silent].join(', ') || 'none'}`,
    )
    const entities = new Set(
      (await own.sql<{ id: string }>(`select id from entities where partner_id = $1`, [own.partner_id])).map(({ id }) => id),
    )
    const findings = (await audit(own.machinery.db)).map(({ question, rows }) => ({
      question,
      rows: rows.filter(({ entity_id }) => entities.has(entity_id as string)),
    }))
    expect(findings.filter(({ rows }) => rows.length > 0)).toEqual([])
  })
}
