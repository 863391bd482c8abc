import type { Static } from 'typebox'
import { table } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { checkState } from '../../entities/entities/entities.service.ts'
import { type CounterpartAddress, CounterpartAddressResponse } from './addresses.schema.ts'

export const counterpartAddresses = table('counterpart_addresses', CounterpartAddressResponse, {
  noun: 'Counterpart address',
  object: 'counterpart_address',
})

/** Empty text says the same as no text: bookkeeping software fills its forms with it. */
export function blankToNull<T extends object>(fields: T): { [K in keyof T]: T[K] | (string extends T[K] ? null : never) } {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === '' ? null : value])) as never
}

/** A whole address as it is stored: every field, blank ones as null. Refuses (`invalid`) one without its place, or a US one without a state. */
export function completeAddress(address: Static<typeof CounterpartAddress>, loc: (string | number)[]) {
  const { country } = address
  const { city, line1, postal_code, line2 = null, state = null } = blankToNull(address)
  refuseNull({ city, line1, postal_code }, ['city', 'line1', 'postal_code'], loc)
  checkState({ country, state }, [...loc, 'state'])
  return { country, city: city!, line1: line1!, line2, postal_code: postal_code!, state }
}
