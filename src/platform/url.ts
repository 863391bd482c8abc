/**
 * A URL, or null. Not by `URL.canParse`: on Node 20, once it is called often, it takes letters beyond ASCII for broken text and says
 * no to addresses such as https://bücher.example.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
