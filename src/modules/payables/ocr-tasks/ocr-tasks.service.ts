import { badRequest, unsupported } from '../../../core/refusal.ts'
import { type Ctx, NO_ENTITY } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Reading, Unread } from '../../../platform/reading/reading.ts'
import { insertFile, sniff } from '../../common/files/files.service.ts'
import { type BodyFile, describe } from '../intake.service.ts'
import { type DocumentType, OcrTaskResponseSchema } from './ocr-tasks.schema.ts'
import { recognizedFrom } from './recognized.snapshot.ts'

/** Files that are read for the caller; no document is made of them. Webhooks hear of the end of a task only. */
export const taskTable = table('ocr_tasks', OcrTaskResponseSchema, { noun: 'OCR task' })

/** Pages a file may have here; more than a bill may. */
export const TASK_PAGES = 100
export const TASK_BYTES = 20 * 1024 * 1024
const READABLE = new Set(['application/pdf', 'image/png', 'image/jpeg'])

/** A 400 for an empty file, a 415 for one of another kind. */
export function checkReadable(bytes: Buffer): void {
  if (bytes.length === 0) throw badRequest('The file is empty')
  if (!READABLE.has(sniff(bytes))) throw unsupported('Unsupported file format: PDF, PNG and JPEG can be read')
}

/** A task for a file, which is read in the background. */
export async function createTask(
  ctx: Ctx,
  file: BodyFile,
  document_type: DocumentType | null,
  key: () => string,
  region: string,
) {
  const { id: file_id } = await insertFile(ctx, key(), describe(file, 'ocr_files'), region)
  const task = await rows.create(ctx, taskTable, { document_type, file_id, created_by_entity_user_id: ctx.userId })
  await jobs.add(ctx, 'ocr_tasks.read', { task_id: task.id })
  return task
}

const FINISH = sql(`select emit('ocr_task', :id, 'finished')`)

/** Writes what was read into the task that still waits for it. */
export async function finishTask(ctx: Ctx, id: string, outcome: Reading | Unread): Promise<void> {
  const task = await rows.lock(ctx, taskTable, id)
  if (task.status !== 'processing') return
  const document_type = task.document_type ?? ('bill' in outcome ? outcome.bill.type : null)
  await rows.change(ctx, taskTable, id, {
    ...('bill' in outcome
      ? { status: 'success', recognized_data: json(recognizedFrom(outcome.bill, document_type ?? undefined)) }
      : { status: 'error' }),
    document_type,
  })
  // What belongs to the partner itself has no entity that a webhook could name.
  if (ctx.entityId !== NO_ENTITY) await FINISH(ctx, { id })
}
