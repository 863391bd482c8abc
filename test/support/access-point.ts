import { open } from '../../src/adapters/einvoicing/envelope.ts'
import { serve } from './file-server.ts'

/** What may go wrong at the access point, and at which call. */
export type AccessPointFault =
  | 'drops before the effect'
  | 'drops after the effect'
  | 'is busy'
  | 'is broken'
  | 'talks garbage'
  | 'talks without end'
  | 'leads elsewhere'
  | 'tells of another message'

interface Transaction {
  status: 'pending' | 'sent' | 'failed' | 'permanently_failed'
  mlsStatus: string
  errorDetails: string | null
}

/**
 * An access point with the interface of phoss AP: it keeps what it is given and brings it to whoever takes part. `strike` makes the next calls
 * go wrong; each fault is used up by one call.
 */
export async function fakeAccessPoint(bring: (envelope: Buffer) => Promise<void>) {
  const transactions = new Map<string, Transaction>()
  const participants = new Set<string>()
  const reports: Record<string, unknown>[] = []
  const faults: { readonly path: string; readonly fault: AccessPointFault }[] = []
  const seen: string[] = []
  let delivers = true

  const take = (path: string) => {
    const at = faults.findIndex((one) => path.startsWith(one.path))
    return at < 0 ? null : faults.splice(at, 1)[0]!.fault
  }

  async function submitted(body: Buffer): Promise<{ status: number; body: unknown }> {
    const { message_id, to } = open(body)
    const known = transactions.get(message_id)
    if (known) return { status: 400, body: 'Failed to submit outbound SBD transaction' }
    if (!participants.has(`${to.scheme}:${to.identifier}`)) {
      transactions.set(message_id, {
        status: 'permanently_failed',
        mlsStatus: 'not_applicable',
        errorDetails: 'The receiver is not registered in the network',
      })
      return { status: 422, body: { overallSuccess: false } }
    }
    if (!delivers) {
      transactions.set(message_id, { status: 'failed', mlsStatus: 'pending', errorDetails: 'The other side is away' })
      return { status: 422, body: { overallSuccess: false, sendingResult: 'TRANSPORT_ERROR' } }
    }
    transactions.set(message_id, { status: 'sent', mlsStatus: 'pending', errorDetails: null })
    await bring(body)
    return { status: 200, body: { overallSuccess: true, sendingSuccess: true, sbdhInstanceIdentifier: message_id } }
  }
  async function answer(method: string, path: string, body: Buffer): Promise<{ status: number; body: unknown }> {
    if (method === 'POST' && path === '/api/outbound/submit-sbd') return submitted(body)
    const message_id = decodeURIComponent(/^\/api\/outbound\/status\/(.+)$/.exec(path)?.[1] ?? '')
    const transaction = transactions.get(message_id)
    if (transaction) return { status: 200, body: { sbdhInstanceID: message_id, ...transaction } }
    if (method === 'POST' && path === '/api/mls/send') {
      const report = JSON.parse(body.toString()) as { sbdhInstanceID: string; responseCode: string }
      reports.push(report)
      const told = transactions.get(report.sbdhInstanceID)
      if (told) told.mlsStatus = `received_${report.responseCode.toLowerCase()}`
      return { status: 200, body: {} }
    }
    return { status: 404, body: {} }
  }

  const url = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const path = request.url ?? ''
      seen.push(`${request.method} ${path}`)
      const say = (status: number, body: unknown, headers = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
      if (request.headers['x-token'] !== 'the token') return say(403, {})
      const fault = take(path)
      if (fault === 'drops before the effect') return response.destroy()
      if (fault === 'is busy') return say(429, {}, { 'retry-after': '1' })
      if (fault === 'is broken') return say(500, { message: 'stack' })
      if (fault === 'talks garbage') return response.writeHead(200).end('<html>welcome')
      if (fault === 'leads elsewhere') return say(302, {}, { location: 'http://127.0.0.1:1/' })
      if (fault === 'talks without end') return response.writeHead(200).end('x'.repeat(300 * 1024))
      const { status, body } = await answer(request.method ?? '', path, Buffer.concat(chunks))
      if (fault === 'drops after the effect') return response.destroy()
      if (fault === 'tells of another message') return say(200, { ...(body as object), sbdhInstanceID: 'another' })
      say(status, body)
    })
  })
  return {
    url,
    transactions,
    reports,
    seen,
    join: (scheme: string, identifier: string) => participants.add(`${scheme}:${identifier}`),
    strike: (path: string, fault: AccessPointFault) => faults.push({ path, fault }),
    /** Whether documents get through at once; else the access point goes on trying. */
    deliver(whether: boolean) {
      delivers = whether
    },
  }
}
