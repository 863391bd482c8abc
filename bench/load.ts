import http from 'node:http'

/** What one connection sends, over and over. `next` makes the path and body of the n-th request of the whole run. */
export interface Load {
  readonly port: number
  readonly method: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly paths: readonly string[]
  readonly body?: string
  readonly connections: number
  /** Ends after this time, or when each path of `paths` was asked once if `once`. */
  readonly duration_ms: number
  readonly once?: boolean
  readonly ok: number
}

export interface Figures {
  readonly per_s: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly requests: number
  readonly errors: number
}

/** A closed loop: each connection sends its next request when the answer to the last one is complete. */
async function run(load: Load): Promise<Figures> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: load.connections })
  const times: number[] = []
  let errors = 0
  let sent = 0
  const begin = performance.now()
  const end = begin + load.duration_ms

  const ask = (path: string) =>
    new Promise<void>((done) => {
      const at = performance.now()
      const request = http.request(
        {
          port: load.port,
          host: '127.0.0.1',
          method: load.method,
          path,
          agent,
          headers: { ...load.headers, ...(load.body && { 'content-length': Buffer.byteLength(load.body) }) },
        },
        (response) => {
          response.on('data', () => {})
          response.on('end', () => {
            times.push(performance.now() - at)
            if (response.statusCode !== load.ok) errors++
            done()
          })
        },
      )
      request.on('error', () => {
        errors++
        done()
      })
      request.end(load.body)
    })

  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      while (performance.now() < end) {
        if (load.once && sent >= load.paths.length) return
        await ask(load.paths[sent++ % load.paths.length]!)
      }
    }),
  )
  const seconds = (performance.now() - begin) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 100) / 100
  return { per_s: Math.round(times.length / seconds), p50_ms: at(0.5), p99_ms: at(0.99), requests: times.length, errors }
}

// As a program: the load on standard input, the figures on standard output.
if (process.argv[2] === 'run') {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  process.stdout.write(JSON.stringify(await run(JSON.parse(Buffer.concat(chunks).toString()))))
}
