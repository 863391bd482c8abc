// Starts a thread whose program is TypeScript: a thread doesn't inherit how its parent reads it. Not part of the bundle.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.program)
