import http from 'node:http'
import pg from 'pg'

/**
 * The bare floor: what node:http and pg can do for one company at all. One table of JSON documents as long as ours, one locked counter,
 * one statement a request, pooled connections; no tenants, tokens, checks, calculation, history, events, or log.
 */

const { connection, max } = JSON.parse(process.env.FLOOR!) as { connection: pg.ClientConfig; max: number }
const pool = new pg.Pool({ ...connection, max })
// Documents stay text from the database to the answer.
pg.types.setTypeParser(114, (text) => text)

const statements: Record<string, string> = {
  get: 'select doc from bare.documents where id = $1',
  list: 'select doc from bare.documents where created_at <= now() order by created_at, id limit 50',
  create: 'insert into bare.documents (doc) values ($1) returning doc',
  issue: `with taken as (update bare.counter set last = last + 1 returning last)
    update bare.documents set number = (select last from taken), status = 'issued', doc = doc where id = $1 returning doc`,
}

let made = ''
http
  .createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      try {
        if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString())
        const [, operation = '', id = ''] = request.url!.split('/')
        const values = operation === 'list' ? [] : [operation === 'create' ? made : id]
        const { rows } = await pool.query<{ doc: string }>({ name: operation, text: statements[operation]!, values })
        const texts = rows.map(({ doc }) => doc)
        const text = operation === 'list' ? `{"data":[${texts.join(',')}]}` : texts[0]!
        response.writeHead(200, { 'content-type': 'application/json' }).end(text)
      } catch (error) {
        response.writeHead(500).end(String(error))
      }
    })
  })
  .listen(0, '127.0.0.1', async function (this: http.Server) {
    const { rows } = await pool.query<{ doc: string }>('select doc from bare.documents limit 1')
    made = rows[0]!.doc
    process.stdout.write(`${(this.address() as { port: number }).port}\n`)
  })
