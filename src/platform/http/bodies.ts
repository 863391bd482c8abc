import { invalid, invalidAt } from '../../core/refusal.ts'
import { RawJson } from './types.ts'

/** What schemas of bodies can't say. */

/** What is needed when something is created can be changed later, but not taken away. */
export function refuseNull<B extends object, F extends keyof B & string>(
  body: B | null | undefined,
  fields: readonly F[],
  loc: (string | number)[],
): asserts body is (B & { [K in F]: Exclude<B[K], null> }) | null | undefined {
  for (const field of fields)
    if (body?.[field] === null)
      throw invalid([{ loc: [...loc, field], msg: 'Input should not be null', type: 'none_not_allowed' }])
}

const METADATA_BYTES = 2000

/** Free JSON of the partner, bounded: 2,000 bytes written out. */
export function metadataJson(metadata: object, loc: (string | number)[]): RawJson {
  const text = JSON.stringify(metadata)
  if (Buffer.byteLength(text) > METADATA_BYTES) throw invalidAt(loc, `Metadata may have up to ${METADATA_BYTES} bytes`)
  return new RawJson(text)
}
