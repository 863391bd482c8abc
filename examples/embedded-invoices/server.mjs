// Shows the page, and gets it a token of the user who sits in front of it. The secret of the platform stays here.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const {
  QUITTANCE_URL = 'http://127.0.0.1:3000',
  QUITTANCE_CLIENT_ID: client_id,
  QUITTANCE_CLIENT_SECRET: client_secret,
  ENTITY_USER_ID: entity_user_id,
  PORT = '4001',
} = process.env
if (!client_id || !client_secret || !entity_user_id) {
  console.error(
    'Set QUITTANCE_CLIENT_ID, QUITTANCE_CLIENT_SECRET and ENTITY_USER_ID: `npm run demo` of Quittance prints all three',
  )
  process.exit(1)
}
const page = readFileSync(new URL('page.html', import.meta.url))

/** A token of the user: what the page does with it, the role of the user has to allow. */
async function userToken() {
  const answer = await fetch(`${QUITTANCE_URL}/v1/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-monite-version': '2024-05-25' },
    body: JSON.stringify({ grant_type: 'entity_user', entity_user_id, client_id, client_secret }),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.error?.message ?? `Quittance answered ${answer.status}`)
  return { url: QUITTANCE_URL, token: body.access_token }
}

createServer(async (request, response) => {
  if (request.method === 'GET' && request.url === '/') {
    const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self' ${QUITTANCE_URL}`
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(page)
  }
  if (request.method === 'POST' && request.url === '/session') {
    // Here your own product looks who is signed in, and takes the user that belongs to them. A page of another site can't read the answer.
    try {
      const session = JSON.stringify(await userToken())
      return response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(session)
    } catch (error) {
      console.error(error.message)
      return response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ message: error.message }))
    }
  }
  response.writeHead(404).end()
}).listen(Number(PORT), '127.0.0.1', () => console.log(`Listening on http://localhost:${PORT}`))
