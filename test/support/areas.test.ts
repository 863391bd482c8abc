import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { areas, parts } from './areas.ts'

test.each([
  ['fuzz', 'fuzz', parts],
  ['event-loop', 'requests', parts],
  ['faults', 'every-query', areas],
  ['isolation', 'paths', areas],
  ['permissions', 'sufficient', areas],
])('the suite %s has a file of %s for every subject, so that no operation is left out', (folder, suite, subjects) => {
  const files = readdirSync(join(paths.root, 'test', folder)).filter((name) => name.startsWith(`${suite}-`))
  expect(files.sort()).toEqual([...subjects].map((subject) => `${suite}-${subject}.test.ts`).sort())
})
