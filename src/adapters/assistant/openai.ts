import { type AssistantModel, ModelFault, type Piece, type Said, type ToolCall, type ToolShown } from '../../ports/assistant.ts'

/** Any endpoint that speaks `POST /chat/completions` as OpenAI does, in streams: a company's, or a model on this machine. */

interface Settings {
  /** Up to and without `/chat/completions`, e.g. `http://localhost:11434/v1`. */
  readonly url: string
  readonly model: string
  /** Empty: none is sent. */
  readonly key: string
  /** Silence of this many milliseconds ends a turn. */
  readonly timeout_ms: number
}

/** A line, and a whole turn, of more characters than that is no answer. */
const LINE_MAX = 1_000_000
const TURN_MAX = 4_000_000

export const openAiModel = ({ url, model, key, timeout_ms }: Settings): AssistantModel => ({
  async *say(talk, tools, signal) {
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), timeout_ms)
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), timeout_ms)
    }
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...(key && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({
          model,
          stream: true,
          stream_options: { include_usage: true },
          messages: talk.map(written),
          ...(tools.length > 0 && { tools: tools.map(offered) }),
        }),
        redirect: 'error',
        signal: AbortSignal.any([signal, silence.signal]),
      })
      if (!response.ok || !response.body) throw new ModelFault(`The model answered ${response.status}`)
      yield* turnOf(linesOf(response.body, heard))
    } catch (error) {
      if (error instanceof ModelFault) throw error
      if (silence.signal.aborted) throw new ModelFault('The model did not answer in time')
      throw new ModelFault(`The model could not be reached: ${(error as Error).message}`)
    } finally {
      clearTimeout(timer)
      silence.abort()
    }
  },
})

const offered = ({ name, description, input }: ToolShown) => ({
  type: 'function',
  function: { name, description, parameters: input },
})

function written(said: Said): object {
  if (said.role === 'tool') return { role: 'tool', tool_call_id: said.call, content: said.content }
  if (said.role !== 'assistant' || !said.calls || said.calls.length === 0) return { role: said.role, content: said.content }
  const tool_calls = said.calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: input } }))
  return { role: 'assistant', content: said.content, tool_calls }
}

/** What stands behind `data:`, line by line. */
async function* linesOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let length = 0
  for await (const bytes of body) {
    heard()
    rest += decoder.decode(bytes, { stream: true })
    length += bytes.length
    if (length > TURN_MAX || rest.length > LINE_MAX) throw new ModelFault('The answer of the model is too long')
    const lines = rest.split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
  }
}

interface Chunk {
  readonly error?: { readonly message?: unknown } | string
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null
  readonly choices?: readonly {
    readonly finish_reason?: unknown
    readonly delta?: {
      readonly content?: unknown
      readonly tool_calls?: readonly {
        readonly index?: unknown
        readonly id?: unknown
        readonly function?: { readonly name?: unknown; readonly arguments?: unknown }
      }[]
    }
  }[]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const countOf = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0)

async function* turnOf(lines: AsyncIterable<string>): AsyncGenerator<Piece> {
  const calls = new Map<number, { id: string; name: string; input: string }>()
  let reason = ''
  let usage = { prompt: 0, completion: 0 }
  for await (const line of lines) {
    if (line === '[DONE]') break
    const { error, usage: used, choices } = chunkIn(line)
    if (error) throw new ModelFault(`The model failed: ${typeof error === 'string' ? error : textOf(error.message)}`)
    if (used) usage = { prompt: countOf(used.prompt_tokens), completion: countOf(used.completion_tokens) }
    const choice = Array.isArray(choices) ? choices[0] : undefined
    const text = textOf(choice?.delta?.content)
    if (text) yield { text }
    for (const { index, id, function: asked } of choice?.delta?.tool_calls ?? []) {
      const nth = countOf(index)
      const call = calls.get(nth) ?? { id: '', name: '', input: '' }
      calls.set(nth, {
        id: call.id || textOf(id),
        name: call.name + textOf(asked?.name),
        input: call.input + textOf(asked?.arguments),
      })
    }
    reason = textOf(choice?.finish_reason) || reason
  }
  // A stream that was cut ends without a reason.
  if (!reason) throw new ModelFault('The model broke off in the middle of its answer')
  const asked = [...calls.values()].map((call, i): ToolCall => ({ ...call, id: call.id || `call_${i}` }))
  yield { end: asked.length > 0 ? 'tools' : reason === 'length' ? 'length' : 'stop', calls: asked, usage }
}

function chunkIn(line: string): Chunk {
  try {
    const chunk: Chunk | null = JSON.parse(line)
    if (chunk !== null && typeof chunk === 'object') return chunk
  } catch {}
  throw new ModelFault('The answer of the model has a form that is not known')
}
