import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { isGln } from '../../../core/einvoice/schemes.data.ts'
import { merged } from '../../../core/merge.ts'
import { recordOf } from '../../../core/records.ts'
import { badRequest, conflict, invalidAt } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { requireLedgerAccounts, requireTaxRates } from '../../common/ledger/ledger.service.ts'
import { tagTable } from '../../common/tags/tags.service.ts'
import { NextDocumentNumbers, PatchSettingsPayload, SettingsResponse } from './settings.schema.ts'
import { complete, lockSettings, readSettings, type Series, saveSettings, series } from './settings.service.ts'

const TAKEN = sql(`select series, last from document_numbers`)

export const entitySettings: Routes = async (app) => {
  app.get(
    '/entities/:entity_id/settings',
    operation({ summary: 'Get entity settings', may: 'entity:read', entity: 'path', ok: { 200: SettingsResponse } }),
    ({ ctx }) => readSettings(ctx),
  )

  app.patch(
    '/entities/:entity_id/settings',
    operation({
      summary: 'Update entity settings',
      may: 'entity:update',
      entity: 'path',
      body: PatchSettingsPayload,
      ok: { 200: SettingsResponse },
      refuses: [409],
    }),
    async ({ ctx, body }) => {
      const { next_number, ...document_ids } = body.document_ids ?? {}
      const change = Value.Clean(SettingsResponse, { ...body, ...(body.document_ids && { document_ids }) }) as Record<
        string,
        unknown
      >
      if (body.gln && !isGln(body.gln)) throw invalidAt(['body', 'gln'], 'The last digit of a GLN follows from the others')
      await checkReferences(ctx, body)
      for (const name of series) if (next_number?.[name]) await setNextNumber(ctx, name, next_number[name])
      const settings = merged(await lockSettings(ctx), change)
      await saveSettings(ctx, settings)
      return complete(settings)
    },
  )

  app.get(
    '/entities/:entity_id/settings/next_document_numbers',
    operation({
      summary: 'Get the next document numbers for an entity',
      may: 'entity:read',
      entity: 'path',
      ok: { 200: NextDocumentNumbers },
    }),
    async ({ ctx }) => {
      const taken = await TAKEN(ctx)
      const last = new Map(taken.map((row) => [row.series, row.last]))
      return recordOf(series, (name) => (last.get(name) ?? 0) + 1)
    },
  )
}

const SET_NEXT_NUMBER = sql(`
  insert into document_numbers (series, last) values (:name, :next)
  on conflict (entity_id, series) do update set last = excluded.last where document_numbers.last <= excluded.last returning last`)

/** Numbers only move forward: the next one may leave a hole that the entity asked for, never meet one that was given out. */
async function setNextNumber(ctx: Ctx, name: Series, next: number): Promise<void> {
  if (next > 1e15) throw conflict(`The next ${name.replaceAll('_', ' ')} number is too large to count on from`)
  const moved = await SET_NEXT_NUMBER(ctx, { name, next: next - 1 })
  if (moved.length === 0)
    throw conflict(`The next ${name.replaceAll('_', ' ')} number can not be lower than one that was already given out`)
}

/** What is named must exist: tags, and the accounts and tax rates of the ledger. */
async function checkReferences(
  ctx: Ctx,
  body: Pick<Static<typeof PatchSettingsPayload>, 'payables_ocr_auto_tagging' | 'accounting'>,
): Promise<void> {
  await rows.require(
    ctx,
    tagTable,
    (body.payables_ocr_auto_tagging ?? []).map(({ tag_id }) => tag_id),
    badRequest,
  )
  const { ledger_account_ids, tax_ids } = body.accounting ?? {}
  await requireLedgerAccounts(ctx, [ledger_account_ids?.payments, ledger_account_ids?.products])
  await requireTaxRates(ctx, [tax_ids?.deductions])
}
