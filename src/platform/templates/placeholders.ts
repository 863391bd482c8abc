/** Replaces `{name}` by its value; a name nobody knows stays as it is. */
export function substitute<T extends string | null | undefined>(text: T, values: Readonly<Record<string, string | null>>): T {
  if (!text?.includes('{')) return text
  return text.replace(/\{\s*([a-z_]+)\s*\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  ) as T
}
