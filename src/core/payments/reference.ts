const SHORT = 18

/** A payment reference as it is sent to a bank: what banks don't take is a blank, and what is too long is cut after runs of blanks. */
export function bankReference(reference: string): string {
  const plain = reference
    .trim()
    .replace(/[^A-Za-z0-9/\- ]/g, ' ')
    .trim()
  return plain.length <= SHORT ? plain : plain.replace(/ +/g, ' ').slice(0, SHORT)
}
