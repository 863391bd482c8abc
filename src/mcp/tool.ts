/** What tools of assistants are made of. */

/** What the settings let assistants do beyond reading and preparing. */
export type Power = 'approve' | 'delete' | 'pay' | 'rights'

export type Body = Record<string, unknown>
type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
export type ToolInput = Record<string, unknown>

/** One request to the API as the caller; the JSON of its answer. Throws `Refused` for what the API refuses. */
export interface Call {
  (method: string, path: string, more?: Sent): Promise<Body>
  /** The day it is for the company, `2026-11-30`: by its test clock where it lives at another time. */
  readonly today: () => Promise<string>
}

export interface Sent {
  readonly query?: Body
  readonly body?: unknown
  readonly file?: { readonly name: string; readonly bytes: Buffer }
  /** Only what would be answered: nothing is kept. */
  readonly dryRun?: boolean
}

export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Operations that it can't do without: whoever may not call them doesn't see the tool. */
  readonly uses: readonly string[]
  /** What the settings have to allow before it is shown. */
  readonly power?: Power
  /** Whether it changes anything. */
  readonly changes?: boolean
  /** Fields of the input, as JSON Schema. */
  readonly input: Record<string, { [name: string]: Json }>
  readonly required?: readonly string[]
  run(call: Call, asked: ToolInput): Promise<unknown>
}

/** What the API refused, in the words of its answer. */
export class Refused extends Error {
  readonly status: number
  readonly answer: unknown
  constructor(status: number, answer: unknown) {
    super(messageOf(answer) ?? `Refused with ${status}`)
    this.status = status
    this.answer = answer
  }
}

function messageOf(answer: unknown): string | undefined {
  const { error, detail } = (answer ?? {}) as { error?: { message?: string }; detail?: { loc: unknown[]; msg: string }[] }
  if (detail) return detail.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ')
  return error?.message
}

/** Some fields of a row, in their order. */
export const compact = (row: Body, fields: readonly string[]): Body =>
  Object.fromEntries(fields.filter((name) => row[name] !== undefined && row[name] !== null).map((name) => [name, row[name]]))

/** Rows that are summed up at most; a model is told when there are more. */
const ROWS_MAX = 2_000

/** All rows of a list, up to `ROWS_MAX`. */
export async function pages(call: Call, path: string, query: Body): Promise<{ rows: Body[]; whole: boolean }> {
  const rows: Body[] = []
  let token: unknown = null
  do {
    const page = await call('GET', path, { query: { ...query, limit: 100, ...(token !== null && { pagination_token: token }) } })
    rows.push(...(page.data as Body[]))
    token = page.next_pagination_token
  } while (token !== null && rows.length < ROWS_MAX)
  return { rows, whole: token === null }
}

/** Whom the token stands for. */
export async function who(
  call: Call,
): Promise<{ user: Body | null; role: Body | null; entity: Body | null; today: string | null }> {
  const today = await call.today().catch(() => null)
  const asked = (path: string) => call('GET', path).catch(() => null)
  const [user, role, entity] = await Promise.all(
    ['/entity_users/me', '/entity_users/my_role', '/entity_users/my_entity'].map(asked),
  )
  return { user: user ?? null, role: role ?? null, entity: entity ?? null, today }
}
