import { expect, test } from 'vitest'
import * as refusals from './refusal.ts'

const { invalid, Refusal } = refusals

test.each([
  [refusals.badRequest, 'bad_request'],
  [refusals.unauthorized, 'unauthorized'],
  [refusals.forbidden, 'forbidden'],
  [refusals.notFound, 'not_found'],
  [refusals.notAcceptable, 'not_acceptable'],
  [refusals.conflict, 'conflict'],
  [refusals.tooLarge, 'too_large'],
  [refusals.unsupported, 'unsupported'],
  [refusals.misdirected, 'misdirected'],
  [refusals.failedDependency, 'failed_dependency'],
  [refusals.tooManyRequests, 'too_many_requests'],
] as const)('%o says no in its own way, and says why', (refuse, kind) => {
  const refusal = refuse('because')
  expect(refusal).toBeInstanceOf(Refusal)
  expect(refusal).toBeInstanceOf(Error)
  expect(refusal).toMatchObject({ name: 'Refusal', kind, message: 'because', details: undefined })
})

test('an invalid input hears everything that is wrong with it at once', () => {
  const details = [
    { loc: ['body', 'name'], msg: 'name is required', type: 'missing' },
    { loc: ['body', 'lines', 0], msg: 'price is negative', type: 'value_error' },
  ]
  expect(invalid(details)).toMatchObject({ kind: 'invalid', message: 'name is required; price is negative', details })
})
