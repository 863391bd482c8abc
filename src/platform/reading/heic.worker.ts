// A thread of its own, whose memory is given back when it is done: unpacks a HEIC picture and answers with a grey one, a byte a pixel.
import { parentPort, workerData } from 'node:worker_threads'
import decode from 'heic-decode'
import { shrunk } from './heic.ts'

const { bytes, longest } = workerData as { bytes: Uint8Array; longest: number }
const { data, width, height } = await decode({ buffer: bytes })
const grey = shrunk(data, width, height, Math.max(1, Math.floor(Math.max(width, height) / longest)))
parentPort?.postMessage(grey, [grey.pixels.buffer])
