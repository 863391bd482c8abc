import { type Power, Refused, type Tool } from './tool.ts'

/** Every operation of the API for assistants: found by words, described, called. */

interface Known {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly text: string
}

const whatItDoes: Readonly<Record<Power, string>> = {
  approve: 'approve or reject',
  delete: 'delete',
  pay: 'pay',
  rights: 'change rights',
}

/** Operations that move money, promise it, say that it moved, or say to which account it goes. */
const MONEY =
  /payment_intents|payment_links|payment_records|batch_payments|payment_files|debit_files|mandates|mark_as_(partially_)?paid|revert_payment|approve_payment_operation|financing|payment_providers|payment_methods|payment_reports|bank_transactions|bank_statements|bank_accounts/

/** Operations that say who may do what, whose approval is needed, and which company may be paid. */
const RIGHTS =
  /^\/(roles|approval_policies|settings|entity_users(\/\{entity_user_id\})?$|entities\/\{entity_id\}\/(de)?activate|x\/(onboarding_reviews|test_clock|snapshots|forks))/

/** Operations that say yes or no to a bill or a credit note: a text in it may have asked for the yes. */
const DECISIONS = /^\/(approval_requests|payables|payable_credit_notes)\/.*\/(approve|reject)$/

/** What an operation needs before an assistant may call it; null for what everybody may. */
export function needs(method: string, path: string): Power | null {
  if (method === 'GET') return null
  if (RIGHTS.test(path)) return 'rights'
  if (method === 'DELETE' || path.endsWith('/disconnect')) return 'delete'
  if (DECISIONS.test(path)) return 'approve'
  return MONEY.test(path) ? 'pay' : null
}

/** Operations that are about secrets: no assistant calls them. */
export const SECRET =
  /^\/(auth\/|ai\/|x\/payment_providers|webhook_subscriptions|identity_documents|x\/identity_documents|internal\/onboarding_links)|regenerate_secret/

interface Api {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { operationId: string; summary: string; tags: readonly string[]; description: string }>>
    >
  >
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const SMALL_WORDS = new Set(['a', 'an', 'the', 'of', 'for', 'to', 'with', 'how', 'do', 'i', 'is', 'and', 'in'])
/** Words of people, and those that the API has for them. */
const MEANT: Readonly<Record<string, string>> = {
  add: 'create',
  bill: 'payable',
  customer: 'counterpart',
  email: 'send',
  invoice: 'receivable',
  mail: 'send',
  quote: 'receivable',
  supplier: 'counterpart',
  vendor: 'counterpart',
}
const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
const bare = (word: string) => word.replace(/s$/, '')

/** How well an operation fits: a word of its address or of its summary says more than one that its description mentions. */
function pointsOf({ path, summary, text }: Known, asked: readonly string[]): number {
  const [inPath, inSummary] = [path, summary].map((one) => new Set(wordsIn(one.replaceAll('_', ' ')).map(bare)))
  const pointsFor = (word: string) => (inPath?.has(word) ? 4 : inSummary?.has(word) ? 3 : text.includes(word) ? 1 : 0)
  return asked.map(bare).reduce((sum, word) => sum + Math.max(pointsFor(word), pointsFor(MEANT[word] ?? word)), 0)
}

/** The three tools over the described API. `may` says whether this caller may call an operation at all. */
export function operationTools(
  read: () => Promise<Api>,
  may: (id: string) => boolean,
  powers: ReadonlySet<Power>,
): readonly Tool[] {
  const list = async (): Promise<Known[]> =>
    Object.entries((await read()).paths).flatMap(([path, item]) =>
      Object.entries(item)
        .map(([method, { operationId, summary, tags, description }]) => ({
          id: operationId,
          method: method.toUpperCase(),
          path,
          summary,
          text: `${summary} ${path} ${tags.join(' ')} ${description}`.toLowerCase().replaceAll('_', ' '),
        }))
        .filter(({ id, path }) => may(id) && !SECRET.test(path)),
    )
  const one = async (id: unknown): Promise<Known> => {
    const found = (await list()).find((known) => known.id === id)
    if (!found)
      throw new Refused(404, {
        error: { message: `There is no operation ${String(id)} that you may call; look with find_operations` },
      })
    return found
  }
  return [
    {
      name: 'find_operations',
      title: 'Find operations',
      description:
        'Finds operations of the API by words, where no other tool does what is asked. Then describe_operation, then call_operation.',
      uses: [],
      input: { words: { type: 'string', minLength: 2, description: 'e.g. "payment reminder create"' } },
      required: ['words'],
      async run(_call, { words }) {
        const asked = wordsIn(String(words)).filter((word) => !SMALL_WORDS.has(word))
        const found = (await list())
          .map((known) => [pointsOf(known, asked), known] as const)
          .filter(([score]) => score > 0)
          .sort(([a], [b]) => b - a)
        return { operations: found.slice(0, 25).map(([, { id, method, path, summary }]) => ({ id, method, path, summary })) }
      },
    },
    {
      name: 'describe_operation',
      title: 'Describe an operation',
      description: 'Parameters and body of an operation, with what each field means.',
      uses: [],
      input: { id: { type: 'string', description: 'From find_operations.' } },
      required: ['id'],
      async run(_call, { id }) {
        const { method, path } = await one(id)
        const api = await read()
        return resolved(api, { method, path, ...api.paths[path]![method.toLowerCase()] })
      },
    },
    {
      name: 'call_operation',
      title: 'Call an operation',
      description:
        'Calls any operation of the API. With dry_run nothing is kept: the answer shows what would happen. Try changes that way first, show them to the person, and ask.',
      uses: [],
      changes: true,
      input: {
        id: { type: 'string', description: 'From find_operations.' },
        path: { type: 'object', description: 'Values of the names in the path.', additionalProperties: { type: 'string' } },
        query: {
          type: 'object',
          description: 'Query parameters; a list for one that takes several values.',
          additionalProperties: {
            anyOf: [
              { type: ['string', 'number', 'boolean', 'null'] },
              { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
            ],
          },
        },
        body: { description: 'The body, as describe_operation says.' },
        dry_run: { type: 'boolean', default: false, description: 'Nothing is kept.' },
      },
      required: ['id'],
      async run(call, { id, path: values = {}, query = {}, body, dry_run = false }) {
        const { method, path } = await one(id)
        const power = needs(method, path)
        if (power && !powers.has(power) && !dry_run)
          throw new Refused(403, {
            error: {
              message: `Assistants may not ${whatItDoes[power]} here: MCP_ALLOW does not name ${power}. Prepare it, and let a person do it`,
            },
          })
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
          const value = (values as Record<string, string>)[name]
          if (!value) throw new Refused(422, { error: { message: `The path needs ${name}` } })
          return encodeURIComponent(value)
        })
        return call(method, filled, {
          query: query as Record<string, unknown>,
          body,
          dryRun: dry_run === true && method !== 'GET',
        })
      },
    },
  ]
}

/** How deep schemas are written out for a model; what lies deeper is named. */
const DEEP = 4

/** The operation with its schemas in their places, without examples and answers of errors. */
function resolved(api: Api, operation: object): unknown {
  const write = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map((item) => write(item, depth))
    if (typeof value !== 'object' || value === null) return value
    const { $ref } = value as { $ref?: string }
    if ($ref) {
      const name = $ref.split('/').pop()!
      return depth >= DEEP ? { name } : write(api.components.schemas[name], depth + 1)
    }
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'examples' && key !== 'example')
        .map(([key, held]) => [
          key,
          key === 'enum' && (held as unknown[]).length > 60 ? (held as unknown[]).slice(0, 60) : write(held, depth),
        ]),
    )
  }
  const { responses: _, ...asked } = operation as { responses?: unknown }
  return write(asked, 0)
}
