import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { ownApp } from './own-app.ts'
import type { Body, Client as Caller } from './world.ts'

/** A server with these settings that listens, and assistants that speak to it by the official client. `close` it when done. */
export async function assistants(settings: Parameters<typeof ownApp>[0]) {
  const { app, close } = await ownApp(settings)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const clients: Client[] = []
  async function connect(headers: Record<string, string>): Promise<Client> {
    const client = new Client({ name: 'tests', version: '1' })
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }))
    clients.push(client)
    return client
  }
  return {
    app,
    url,
    connect,
    /** An assistant with somebody's token; one of a partner names the entity too. */
    as: (caller: Caller) =>
      connect({
        authorization: `Bearer ${caller.token}`,
        ...(caller.userId === null && caller.entityId !== null && { 'x-monite-entity-id': caller.entityId }),
      }),
    async close() {
      await Promise.all(clients.map((client) => client.close()))
      await close()
    },
  }
}

/** What a tool answers, as text. */
export async function call(
  client: Client,
  name: string,
  asked: Record<string, unknown>,
): Promise<{ isError: boolean; text: string }> {
  const { content, isError } = (await client.callTool({ name, arguments: asked })) as {
    content: { text: string }[]
    isError?: boolean
  }
  return { isError: isError === true, text: content[0]!.text }
}

/** What a tool answers; an error is thrown with its text. */
export async function ask(client: Client, name: string, asked: Record<string, unknown> = {}): Promise<Body> {
  const { isError, text } = await call(client, name, asked)
  if (isError) throw new Error(text)
  return JSON.parse(text)
}
