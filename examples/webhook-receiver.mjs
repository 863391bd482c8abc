// Takes webhooks of Quittance. WEBHOOK_SECRET is what signs them, PORT where to listen.
import { createServer } from 'node:http'
import { verifyWebhook } from '@quittance/client/webhooks'

/** No delivery is longer; whoever sends more is not Quittance. */
const BYTES_MAX = 100_000
/** Events that came already: each may come twice. In real life a table with a unique key. */
const seen = new Set()

createServer(async (request, response) => {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BYTES_MAX) return response.writeHead(413, { connection: 'close' }).end()
    chunks.push(chunk)
  }
  let event
  try {
    event = verifyWebhook(process.env.WEBHOOK_SECRET, Buffer.concat(chunks), request.headers['monite-signature'])
  } catch (error) {
    return response.writeHead(401).end(error.message)
  }
  // First say thanks, then work: whoever takes longer than 30 seconds gets it again.
  response.writeHead(204).end()
  if (seen.has(event.id)) return
  seen.add(event.id)
  console.log(event.action, event.object_id)
}).listen(Number(process.env.PORT ?? 4000), () => console.log('Listening'))
