import { existsSync, writeFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { PdfOrder } from './pdf.worker.ts'

/**
 * The real thread with a fault dial, for tests: the document's project says what goes wrong. `crash` ends it, `crash once FILE`
 * does so until the file exists, `hang` never answers.
 */
parentPort!.on('message', ({ document }: Extract<PdfOrder, { template: 'invoice' }>) => {
  const [fault, once, file = ''] = (document.project ?? '').split(' ')
  while (fault === 'hang');
  if (fault !== 'crash' || (once && existsSync(file))) return
  if (once) writeFileSync(file, '')
  process.exit(3)
})

await import('./pdf.worker.ts')
