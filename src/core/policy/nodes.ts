/** What a policy is made of, once read: the same for what was written as JSON and for what was written as an expression. */

type Scalar = string | number | boolean | null
export type Operator = '==' | '!=' | '>' | '<' | '>=' | '<=' | 'in' | 'not in'
export const operators: readonly Operator[] = ['==', '!=', '>', '<', '>=', '<=', 'in', 'not in']
export type Arithmetic = '+' | '-' | '*' | '/'

/** A value, a condition or a call. `at` is the place in the JSON that it stands in, e.g. `script[0].if.all[1]`. */
export type Node = { readonly at: string } & (
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'name'; readonly path: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly item: Node }
  | {
      readonly kind: 'group'
      readonly mode: 'all' | 'any'
      /** Null where nothing was said. */
      readonly concurrently: boolean | null
      readonly items: readonly Node[]
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly params: Readonly<Record<string, Node>> }
)
export type Call = Extract<Node, { kind: 'call' }>

export type Effect = 'approve' | 'reject' | 'pay'
export type Statement = { readonly at: string } & (
  | { readonly kind: 'if'; readonly condition: Node; readonly yes: readonly Statement[]; readonly no: readonly Statement[] }
  /** A condition that stands alone: false rejects, true goes on, and at the end of the script approves. */
  | { readonly kind: 'bare'; readonly condition: Node }
  | { readonly kind: 'effect'; readonly effect: Effect; readonly comment: Node | null }
)

interface Signature {
  /** What it is for: to compute, to ask people, or to do something to the payable. */
  readonly use: 'data' | 'request' | 'effect'
  /** In the order they have when they are not named. */
  readonly params: readonly string[]
  readonly needed: number
}
/** Every function there is. Nothing else can be called. */
export const functions = {
  'Currency.convert': { use: 'data', params: ['amount', 'from_currency', 'to_currency'], needed: 3 },
  'ApprovalRequests.request_approval_by_users': {
    use: 'request',
    params: ['user_ids', 'required_approval_count', 'object_id', 'object_type'],
    needed: 2,
  },
  'ApprovalRequests.request_approval_by_roles': {
    use: 'request',
    params: ['role_ids', 'required_approval_count', 'object_id', 'object_type'],
    needed: 2,
  },
  'Payables.approve': { use: 'effect', params: ['id'], needed: 0 },
  'Payables.reject': { use: 'effect', params: ['id'], needed: 0 },
  'Payables.mark_as_paid': { use: 'effect', params: ['id', 'comment'], needed: 0 },
  'Payables.pay': { use: 'effect', params: ['id', 'comment'], needed: 0 },
} as const satisfies Record<string, Signature>
export type FunctionName = keyof typeof functions
export const signatureOf = (name: FunctionName): Signature => functions[name]
export const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name)

/** Something wrong with a policy, and where. Thrown inside this folder only: what leaves it are results. */
export class PolicyFault extends Error {
  readonly at: string
  constructor(at: string, message: string) {
    super(message)
    this.name = 'PolicyFault'
    this.at = at
  }
}

/** How much a policy may be. Far more than people write, and little enough to be read and run at once. */
export const limits = { depth: 24, nodes: 2000, text: 2000, requests: 100, people: 200, checks: 100 } as const

/** Counts what has been read, and refuses what is too much of it. */
export class Budget {
  #left: number = limits.nodes
  spend(at: string): void {
    if (--this.#left < 0) throw new PolicyFault(at, `A policy has at most ${limits.nodes} parts`)
  }
}

/** A node as people would write it, shortened where it is long. */
export function written(node: Node): string {
  const text = write(node)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function write(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'string' ? `'${node.value}'` : String(node.value)
    case 'name':
      return node.path.join('.')
    case 'list':
      return `[${node.items.map(write).join(', ')}]`
    case 'compare':
    case 'arithmetic':
      return `${write(node.left)} ${node.operator} ${write(node.right)}`
    case 'not':
      return `not (${write(node.item)})`
    case 'group':
      return `(${node.items.map(write).join(node.mode === 'all' ? ' and ' : ' or ')})`
    case 'call':
      return `${node.name}(${Object.values(node.params).map(write).join(', ')})`
  }
}

/** All requests for approval in a condition, in the order they are written. */
export function requestsIn(node: Node): Call[] {
  switch (node.kind) {
    case 'call':
      return signatureOf(node.name).use === 'request' ? [node] : []
    case 'group':
      return node.items.flatMap(requestsIn)
    case 'not':
      return requestsIn(node.item)
    default:
      return []
  }
}
