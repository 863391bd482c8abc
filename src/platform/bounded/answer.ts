/**
 * What a program of its own found, as the JSON that it writes. Texts of files may hold what the database can't: a zero byte, or half of a pair
 * of UTF-16; they are left out here, once for all that is read, and not where requests wait.
 */
export const answerOf = (found: unknown): string =>
  JSON.stringify(found, (_, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value))
