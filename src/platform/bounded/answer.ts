/**
 * What a program of its own found, which it wrote as JSON. Texts of files may hold what the database can't: a zero byte, or half of a pair
 * of UTF-16; they are left out here, once for all that is read.
 */
export const answerIn = <Found>(json: Buffer): Found =>
  JSON.parse(json.toString(), (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  ) as Found
