import { badRequest, invalid } from '../../core/refusal.ts'

export const API_VERSION = '2024-05-25'
/** Versions whose clients are served; all of them get the shapes of `API_VERSION`. */
const knownVersions = ['2024-01-31', API_VERSION, '2025-06-23'] as const

export const isKnown = (version: string | null) => (knownVersions as readonly (string | null)[]).includes(version)

/** The version asked for; null without the header. */
export function versionIn(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  const asked = String(header)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asked))
    throw invalid([
      { loc: ['header', 'x-monite-version'], msg: `Input should be one of ${knownVersions.join(', ')}`, type: 'date_parsing' },
    ])
  if (!isKnown(asked)) throw badRequest(`API version ${asked} is not supported; known versions are ${knownVersions.join(', ')}`)
  return asked
}
