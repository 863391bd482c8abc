/** Replaces `{name}` by its value; a name nobody knows stays as it is. */
export function substitute<T extends string | null | undefined>(text: T, values: Readonly<Record<string, string | null>>): T {
  if (!text?.includes('{')) return text
  return text.replace(/\{\s*([a-z_]+)\s*\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  ) as T
}

const NAME = /\{\{?\s*([\p{L}_][\p{L}\p{N}_.\- ]{0,60}?)\s*\}?\}/gu

/**
 * The same for what goes out: a name nobody knows is left out, since whoever reads the mail can do nothing with it. What is only written
 * otherwise, such as `{contact name}` or `{{Contact_Name}}`, counts as known.
 */
export function filledIn(text: string, values: Readonly<Record<string, string | null>>): string {
  if (!text.includes('{')) return text
  return text.replace(NAME, (_whole, name: string) => {
    const known = name.toLowerCase().replace(/[\s.-]+/g, '_')
    return Object.hasOwn(values, known) ? (values[known] ?? '') : ''
  })
}
