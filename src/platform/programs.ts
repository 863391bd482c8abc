import { Worker, type WorkerOptions } from 'node:worker_threads'

/** The folder of the bundle, for tests: see `startFromBundle`. */
let bundle: URL | null = null

/**
 * From now on programs and threads are started from the bundle in this folder, though their sources lie beside their callers: TypeScript
 * takes a second to be read, each time one is started.
 */
export function startFromBundle(folder: URL): void {
  bundle = folder
}

/**
 * A program or worker, e.g. `reading.program`, that the module at `from` (its `import.meta.url`) starts by its name. It lies beside it:
 * in TypeScript among the sources (tsx, vitest), in JavaScript in the bundle.
 */
export function programBeside(from: string, name: string): URL {
  if (!from.endsWith('.ts')) return new URL(`./${name}.js`, from)
  return bundle ? new URL(`./${name}.js`, bundle) : new URL(`./${name}.ts`, from)
}

/** A thread with this program. One in TypeScript doesn't inherit how its parent reads it: `typescript.worker.mjs` says so first. */
export function startThread(program: URL, options: WorkerOptions = {}): Worker {
  if (program.pathname.endsWith('.js')) return new Worker(program, options)
  const workerData = { ...options.workerData, program: program.href }
  return new Worker(new URL('./typescript.worker.mjs', import.meta.url), { execArgv: [], ...options, workerData })
}
