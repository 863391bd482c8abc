import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'

/** `expect` takes ten microseconds. A test that compares a million times asks it only to say what differs. */
export function same(actual: unknown, expected: unknown, message?: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, message).toStrictEqual(expected)
}
