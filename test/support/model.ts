import { serve } from './file-server.ts'

/** Who stands for a model behind an endpoint as OpenAI's: it says what a test wrote, piece by piece, and fails as the dial says. */

export type ModelFaultKind =
  | 'none'
  | 'silence'
  | 'refusal'
  | 'garbage'
  | 'cut before a word'
  | 'cut in the middle'
  | 'silence in the middle'
  | 'error in the stream'

/** A turn: words, or a call of a tool. */
type Turn = { readonly text: string } | { readonly tool: string; readonly input: string }

export interface FakeModel {
  readonly url: string
  /** What it was asked, in order. */
  readonly asked: Record<string, never>[]
  turns: Turn[]
  fault: ModelFaultKind
}

export async function fakeModel(): Promise<FakeModel> {
  const asked: Record<string, never>[] = []
  const state: { turns: Turn[]; fault: ModelFaultKind } = { turns: [], fault: 'none' }
  const url = await serve((request, response) => {
    let body = ''
    request.on('data', (piece) => {
      body += piece
    })
    request.on('end', () => {
      asked.push(JSON.parse(body))
      const { fault } = state
      if (request.url !== '/v1/chat/completions') return response.writeHead(404).end()
      if (fault === 'silence') return
      if (fault === 'refusal') return response.writeHead(503).end('busy')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (fault === 'garbage') return response.end('data: <html>no</html>\n\n')
      if (fault === 'cut before a word') return response.destroy()
      const send = (part: object) => response.write(`data: ${JSON.stringify(part)}\n\n`)
      const turn = state.turns.shift() ?? { text: 'Nothing more to say.' }
      const words = 'text' in turn ? turn.text.split(/(?<= )/) : []
      words.forEach((content, i) => {
        if (i === 2 && fault !== 'none') return
        if (i < 2 || fault === 'none') send({ choices: [{ index: 0, delta: { content } }] })
      })
      if (fault === 'cut in the middle') return response.end()
      if (fault === 'silence in the middle') return
      if (fault === 'error in the stream') return response.end('data: {"error":{"message":"overloaded"}}\n\n')
      if ('tool' in turn)
        [turn.input.slice(0, 3), turn.input.slice(3)].forEach((piece, i) => {
          send({
            choices: [
              {
                delta: {
                  tool_calls: [
                    {
                      index: 0,
                      ...(i === 0 && { id: 'c1' }),
                      function: { ...(i === 0 && { name: turn.tool }), arguments: piece },
                    },
                  ],
                },
              },
            ],
          })
        })
      send({ choices: [{ delta: {}, finish_reason: 'tool' in turn ? 'tool_calls' : 'stop' }] })
      send({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } })
      response.end('data: [DONE]\n\n')
    })
  })
  return Object.assign(state, { url: `${url}/v1`, asked })
}
