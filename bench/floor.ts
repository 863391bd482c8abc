import http from 'node:http'
import pg from 'pg'

/**
 * The floor: node:http and pg, nothing else. For each operation it runs the statements that the product was seen to run, one after
 * the other, prepared, and answers the last row. No authentication, no checks, no calculation.
 */

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}
/** Statements by operation. A value `{{id}}` is the id in the path, `{{number}}` what the counter answered. */
export type Script = Record<string, readonly Statement[]>

const { connection, script, max } = JSON.parse(process.env.FLOOR!) as { connection: pg.ClientConfig; script: Script; max: number }
const pool = new pg.Pool({ ...connection, max, options: '-c timezone=UTC' })
for (const oid of [1184, 1082, 1700]) pg.types.setTypeParser(oid, (text) => text)

const names = new Map<string, string>()
function nameOf(text: string): string {
  const known = names.get(text)
  if (known) return known
  const name = `f${names.size}`
  names.set(text, name)
  return name
}

http
  .createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString())
      const [, operation, id = ''] = request.url!.split('/')
      const client = await pool.connect()
      let rows: unknown[] = []
      let number = ''
      try {
        for (const { text, values } of script[operation!]!) {
          const bound = values.map((value) =>
            value === '{{id}}' ? id : value === '{{number}}' ? number : value === '{{document_id}}' ? `INV-${number}` : value,
          )
          const result = /^(begin|commit)/.test(text)
            ? await client.query(text)
            : await client.query({ name: nameOf(text), text, values: bound })
          if (text.includes('document_numbers')) number = String((result.rows[0] as { last: number }).last)
          if (result.rows.length > 0) rows = result.rows
        }
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(rows.length > 1 ? { data: rows } : rows[0]))
      } catch (error) {
        await client.query('rollback').catch(() => {})
        response.writeHead(500).end(String(error))
      } finally {
        client.release()
      }
    })
  })
  .listen(0, '127.0.0.1', function (this: http.Server) {
    process.stdout.write(`${(this.address() as { port: number }).port}\n`)
  })
