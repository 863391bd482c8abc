import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Flow } from '../../src/core/flow.ts'

const src = new URL('../../src/', import.meta.url).pathname
type AnyFlow = Flow<string, string>

const isFlow = (value: unknown): value is AnyFlow =>
  typeof value === 'object' && value !== null && 'wayTo' in value && 'table' in value

/** All flows of the product; each is exported from the file that makes it. */
async function allFlows(): Promise<AnyFlow[]> {
  const found: AnyFlow[] = []
  for (const path of await readdir(src, { recursive: true })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue
    const made = (await readFile(join(src, path), 'utf8')).match(/= flow</g)?.length ?? 0
    if (made === 0) continue
    const exported: unknown[] = Object.values(await import(join(src, path)))
    const flows = exported.filter(isFlow)
    expect(flows, path).toHaveLength(made)
    found.push(...flows)
  }
  return found.sort((a, b) => a.name.localeCompare(b.name))
}

const flows = await allFlows()
/** What every flow says of every action that a state refuses. */
const refused = flows.flatMap((flow) =>
  flow.states.flatMap((state) =>
    flow.actions.filter((action) => !flow.can(state, action)).map((action) => ({ flow, state, action })),
  ),
)

function messageOf(flow: AnyFlow, state: string, action: string): string {
  try {
    flow.next(state, action)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

test('whoever goes the way that a refusal names may do afterwards what was refused', () => {
  expect(flows.length).toBeGreaterThan(10)
  for (const { flow, state, action } of refused) {
    const way = flow.wayTo(state, action)
    if (way.length > 0) expect(flow.can(way.reduce(flow.next, state), action), messageOf(flow, state, action)).toBe(true)
  }
})

test('the sentences of all refusals, for people to read', async () => {
  const lines = refused.map(({ flow, state, action }) => messageOf(flow, state, action))
  await expect(`${[...new Set(lines)].sort().join('\n')}\n`).toMatchFileSnapshot('ways-out.snapshot.txt')
})
