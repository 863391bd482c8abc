/** Longer ones lead nowhere, and to spell out a name in another script takes the square of its length. */
const LENGTH_MAX = 8_000

/**
 * A URL, or null. Not by `URL.canParse`: on Node 20, once it is called often, it takes letters beyond ASCII for broken text and says
 * no to addresses such as https://bücher.example.
 */
export function parseUrl(text: string, base?: string): URL | null {
  if (text.length > LENGTH_MAX) return null
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

/**
 * Whether a text is an address that people may be led to: `javascript:`, `data:` and the like run in whatever shows them as a link.
 */
export const isWebUrl = (text: string): boolean => /^https?:\/\/\S+$/i.test(text) && parseUrl(text) !== null

/** The address, when people may be led to it. What was stored before such texts were refused goes through here. */
export const webUrl = (text: string | null | undefined): string | null => (text && isWebUrl(text) ? text : null)
