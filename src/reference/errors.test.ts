import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusalCodes } from '../core/refusal.ts'
import { paths } from '../platform/paths.ts'

test('the page of errors has every code, and no other', () => {
  const page = readFileSync(join(paths.root, 'docs', 'errors.md'), 'utf8')
  const lines = [...page.matchAll(/^\| <a id="(\w+)"><\/a>`(\w+)` \| \d{3} \| .+\. \|$/gm)]
  expect(lines.map(([, anchor, code]) => anchor === code)).not.toContain(false)
  expect(lines.map(([, , code]) => code).sort()).toEqual([...refusalCodes].sort())
})
