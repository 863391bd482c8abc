import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { readFiles } from '../../../platform/http/form.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId, nothing } from '../../../platform/http/types.ts'
import { insertFile, sniff, type Upload, withStored } from '../../common/files/files.service.ts'
import { checkIdentity, sealedBytes } from '../../common/files/identity.service.ts'
import {
  EntityOnboardingDocumentsPayload,
  LegacyDocuments,
  PersonOnboardingDocumentsPayload,
  sideNames,
} from './documents.schema.ts'
import { handIn } from './documents.service.ts'

const SIDE_BYTES = 10 * 1024 * 1024
const TOO_LARGE = 'A document of identity is a JPG, PNG or PDF file of 10 KB to 10 MB; one of these is larger'
const sides = Object.fromEntries(sideNames.map((name) => [`body.${name}`, null]))
const lists = [
  'bank_account_ownership_verification',
  'company_license',
  'company_memorandum_of_association',
  'company_ministerial_decree',
  'company_registration_verification',
  'company_tax_id_verification',
  'proof_of_registration',
]
/** Files follow a rule of their own: the service asks whether the role reaches them. */
const files = Object.assign(Object.fromEntries(lists.map((name) => [`body.${name}[]`, null])), sides)

export const onboardingDocuments: Routes = async (app) => {
  const { machinery } = app
  const { storage, config } = machinery

  app.post(
    '/onboarding_documents',
    operation({
      id: 'post_onboarding_documents',
      summary: 'Provide files for entity onboarding verification',
      may: ['onboarding:create', 'onboarding:update'],
      body: EntityOnboardingDocumentsPayload,
      ok: { 204: nothing },
      names: files,
    }),
    ({ ctx, body }) => handIn(ctx, machinery, null, body),
  )

  app.post(
    '/persons/:person_id/onboarding_documents',
    operation({
      id: 'post_persons_id_onboarding_documents',
      summary: 'Provide files for person onboarding verification',
      may: ['onboarding:create', 'onboarding:update'],
      params: byId('person_id'),
      body: PersonOnboardingDocumentsPayload,
      ok: { 204: nothing },
      names: sides,
    }),
    ({ ctx, params, body }) => handIn(ctx, machinery, params.person_id, body),
  )

  app.post(
    '/entities/:entity_id/documents',
    operation({
      id: 'post_entities_id_documents',
      summary: 'Update entity onboarding documents',
      may: ['onboarding:create', 'onboarding:update'],
      entity: 'path',
      params: byId('entity_id'),
      form: LegacyDocuments,
      ok: { 204: nothing },
      transaction: 'manual',
    }),
    (request) => takeForm(request, (ctx, ids) => handIn(ctx, machinery, null, ids)),
  )

  app.post(
    '/persons/:person_id/documents',
    operation({
      id: 'post_persons_id_documents',
      summary: 'Update person onboarding documents',
      may: ['onboarding:create', 'onboarding:update'],
      params: byId('person_id'),
      form: LegacyDocuments,
      ok: { 204: nothing },
      transaction: 'manual',
    }),
    (request) => takeForm(request, (ctx, ids) => handIn(ctx, machinery, request.params.person_id, ids)),
  )

  /** The older way: the files themselves in one form. */
  async function takeForm(request: FastifyRequest, keep: (ctx: Ctx, ids: Record<string, string>) => Promise<null>) {
    // A form with one file may call it just that: it is the front.
    const sent = await readFiles(request, [...sideNames, 'file'], SIDE_BYTES, badRequest(TOO_LARGE))
    const uploads = [...sent].map(([kind, { name, bytes }]) => ({
      kind: kind === 'file' ? 'verification_document_front' : kind,
      upload: {
        bytes,
        name: (name || kind).replaceAll('\0', '').slice(0, 512).toWellFormed(),
        mimetype: sniff(bytes),
        md5: createHash('md5').update(bytes).digest('hex'),
        fields: {},
      },
    }))
    for (const { upload } of uploads) checkIdentity(upload)
    const about = uploads.map(({ kind, upload }) => `${kind} ${upload.md5}`).join()
    const stored: (() => { kind: string; key: string; upload: Upload })[] = []
    const open = () =>
      request.open(async (ctx) => {
        const ids: Record<string, string> = {}
        for (const take of stored) {
          const { kind, key, upload } = take()
          const file_type = kind.startsWith('additional_') ? 'additional_identity_documents' : 'identity_documents'
          const kept = { ...upload, file_type, uploaded: true, sealed: true }
          ids[kind] = (await insertFile(ctx, key, kept, config.region)).id
        }
        return keep(ctx, ids)
      }, about)
    // Each is stored before the next one, and all of them before the rows; whatever fails takes them all back.
    const store = async ([first, ...rest]: typeof uploads): Promise<null> => {
      if (!first) return open()
      const bytes = await sealedBytes(machinery, request.access!.partnerId, first.upload)
      return withStored(storage, bytes, (take) => {
        stored.push(() => ({ kind: first.kind, key: take(), upload: first.upload }))
        return store(rest)
      })
    }
    return store(uploads)
  }
}
