const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

/** A text as it stands between the tags of XML. */
export const xmlText = (text: string): string => text.replace(/[&<>]/g, (sign) => ENTITIES.get(sign) ?? sign)

/** A text as it stands inside of an attribute of XML; line ends and tabs are kept. */
export const xmlAttribute = (text: string): string =>
  text.replace(/[&<>"\t\n]/g, (sign) => ENTITIES.get(sign) ?? `&#${sign.charCodeAt(0)};`)
