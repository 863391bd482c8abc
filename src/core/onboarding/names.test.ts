import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fullName } from './names.ts'

test('who has one name is called by it', () => {
  expect([fullName('Suharto', '-'), fullName('Suharto', 'Suharto'), fullName(null, 'Suharto')]).toEqual(Array(3).fill('Suharto'))
  expect(fullName(' Ada ', 'Lovelace')).toBe('Ada Lovelace')
})

test('nobody puts names together by hand', () => {
  const root = join(import.meta.dirname, '../..')
  const byHand = /first_name\}? \$\{|first_name'?\)? *\|\| *' ' *\|\|/
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  expect(sources.length).toBeGreaterThan(500)
  expect(sources.filter((name) => byHand.test(readFileSync(join(root, name), 'utf8')))).toEqual([])
})
