import type { ErrorObject } from 'ajv'

/**
 * Finds the branch of a union that a value means by its `type`, so that only the faults of that branch are shown. A validator shows those of
 * all branches, and whoever sends an invoice without a currency would read what a quote needs.
 */

interface Shape {
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly const?: unknown
  readonly enum?: readonly unknown[]
}

type Fault = Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message' | 'schemaPath'>

/** Items of a list that are looked into, and how deep. */
const ITEMS_MAX = 50
const DEPTH_MAX = 6
/** Unions that are looked at: an answer names no more than a few faults, and they are the first. */
const CHOICES_MAX = 30

/** The faults of the branches that are meant. */
export function ofMeantBranches(faults: readonly Fault[], schema: Shape, data: unknown): Fault[] {
  let left = [...faults]
  let choices = 0
  visit(schema, data, '#', '', 0)
  return left

  function visit(shape: Shape, value: unknown, schemaPath: string, at: string, depth: number): void {
    if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      const { items } = shape
      if (items)
        for (const [i, item] of value.slice(0, ITEMS_MAX).entries())
          visit(items, item, `${schemaPath}/items`, `${at}/${i}`, depth + 1)
      return
    }
    const union = shape.anyOf ? 'anyOf' : 'oneOf'
    const branches = shape[union]
    if (branches) {
      choose(branches, value as Record<string, unknown>, `${schemaPath}/${union}`, at, depth)
      return
    }
    for (const [name, field] of Object.entries(shape.properties ?? {}))
      if (Object.hasOwn(value, name))
        visit(
          field,
          (value as Record<string, unknown>)[name],
          `${schemaPath}/properties/${escaped(name)}`,
          `${at}/${escaped(name)}`,
          depth + 1,
        )
  }

  function choose(
    branches: readonly Shape[],
    value: Record<string, unknown>,
    unionPath: string,
    at: string,
    depth: number,
  ): void {
    const named = branches.map((branch) => typesOf(branch.properties?.type))
    const objects = branches.map((branch, i) => ({ branch, i, types: named[i] })).filter(({ branch }) => branch.properties)
    // A thing or null is no choice.
    const [only] = objects
    if (only && objects.length === 1) {
      visit(only.branch, value, `${unionPath}/${only.i}`, at, depth + 1)
      return
    }
    if (!only || objects.some(({ types }) => !types)) return
    choices++
    if (choices > CHOICES_MAX) return
    const isBelow = (fault: Fault) => fault.schemaPath.startsWith(`${unionPath}/`) && isAt(fault.instancePath, at)
    if (!left.some(isBelow)) return
    const known = [...new Set(objects.flatMap(({ types }) => types!))]
    const fitting = objects.filter(({ types }) => types!.includes(value.type))
    if (fitting.length === 0) {
      const wrong =
        value.type === undefined
          ? { instancePath: at, keyword: 'required', params: { missingProperty: 'type' } }
          : { instancePath: `${at}/type`, keyword: 'enum', params: { allowedValues: known } }
      left = [...left.filter((fault) => !isBelow(fault)), { ...wrong, schemaPath: unionPath, message: '' }]
      return
    }
    const strange = ({ branch }: { branch: Shape }) =>
      Object.keys(value).filter((name) => !Object.hasOwn(branch.properties!, name)).length
    const [meant] = fitting.sort((a, b) => strange(a) - strange(b) || a.types!.length - b.types!.length || a.i - b.i)
    const path = `${unionPath}/${meant!.i}`
    const isOfMeant = (fault: Fault) => isBelow(fault) && fault.schemaPath.startsWith(`${path}/`)
    // The search for faults may have ended in the branches before: what it found there says nothing of this one.
    const others = left.some(isOfMeant)
      ? []
      : [{ instancePath: at, keyword: 'tooMany', params: {}, schemaPath: path, message: 'This has too many faults to name them' }]
    left = [...left.filter((fault) => !isBelow(fault) || isOfMeant(fault)), ...others]
    visit(meant!.branch, value, path, at, depth + 1)
    // Chosen is chosen: what stands below is no branch any more.
    left = left.map((fault) =>
      fault.schemaPath.startsWith(`${path}/`) && isAt(fault.instancePath, at)
        ? { ...fault, schemaPath: `${unionPath.replace(/(any|one)Of$/, 'meant')}${fault.schemaPath.slice(path.length)}` }
        : fault,
    )
  }
}

const isAt = (path: string, at: string) => path === at || path.startsWith(`${at}/`)
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** The words that a `type` may be; undefined where it may be anything. */
function typesOf(type: Shape | undefined): readonly unknown[] | undefined {
  if (!type) return undefined
  if (type.const !== undefined) return [type.const]
  if (type.enum) return type.enum
  const parts = (type.anyOf ?? type.oneOf)?.map(typesOf)
  return parts?.every((part) => part !== undefined) ? parts.flatMap((part) => part ?? []) : undefined
}
