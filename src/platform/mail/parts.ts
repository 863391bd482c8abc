/** The parts and header lines of a mail, counted before anybody reads it: readers take far longer than it is long when it has many. */

const PARTS_MAX = 1_000
const HEADERS_MAX = 10_000
/** Only so much of a line is looked at. */
const LINE_MAX = 1_000
/** A field, or the rest of one. */
const HEADER = /^(?:[ \t]|[!-9;-~]+[ \t]*:)/

/** A mail of too many parts, in words for whoever sent it. */
export class Overfull extends Error {
  override readonly name = 'Overfull'
}

/**
 * Counts what the mails it is given have together, in one pass over their lines. Throws `Overfull` when there are more than 1,000 parts or 10,000
 * header lines.
 */
export function createCounter(): (mail: Buffer) => void {
  let parts = 0
  let headers = 0

  return (mail) => {
    const boundaries = new Set<string>()
    let inHead = true
    /** The head says that a mail follows it; that mail's own head is being read. */
    let mailFollows = false
    let isInner = false
    for (let at = 0; at < mail.length; ) {
      const feed = mail.indexOf(0x0a, at)
      const end = feed === -1 ? mail.length : feed
      if (inHead) readHead(mail.toString('latin1', at, Math.min(end, at + LINE_MAX)))
      else if (mail[at] === 0x2d && mail[at + 1] === 0x2d) readMark(mail.toString('latin1', at + 2, Math.min(end, at + LINE_MAX)))
      at = end + 1
    }

    function readHead(line: string) {
      // A mail inside may be encoded, and is then counted when it is opened.
      if (line.trim() === '' || (isInner && !HEADER.test(line))) {
        isInner = mailFollows && line.trim() === ''
        inHead = isInner
        mailFollows = false
        return
      }
      if (++headers > HEADERS_MAX) throw new Overfull(`it has more than ${HEADERS_MAX} lines of headers`)
      if (/message\/(?:rfc822|global)/i.test(line)) mailFollows = true
      const [, quoted, bare] = /boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(line) ?? []
      const boundary = quoted ?? bare
      if (boundary) boundaries.add(boundary)
    }

    /** What may be the line before a part: two hyphens and the boundary; two more hyphens after the last part. */
    function readMark(line: string) {
      const mark = line.trimEnd()
      if (!boundaries.has(mark)) return
      if (++parts > PARTS_MAX) throw new Overfull(`it has more than ${PARTS_MAX} parts`)
      inHead = true
      isInner = false
      mailFollows = false
    }
  }
}
