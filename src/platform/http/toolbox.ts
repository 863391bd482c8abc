/** The tools that a caller has, for whoever lets a model use them. Each is requests of the API with the caller's own token. */
export interface Toolbox {
  readonly tools: readonly { readonly name: string; readonly description: string; readonly input: object }[]
  /** What comes of a call, as text for the model, also where it is refused. `input` is the JSON that the model wrote. */
  use(name: string, input: string): Promise<string>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The tools of whoever makes the request. */
    toolboxOf(request: FastifyRequest): Promise<Toolbox>
  }
}
