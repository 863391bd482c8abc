import { describe, expect, test } from 'vitest'
import { fileTypes } from '../../src/modules/common/files/files.schema.ts'
import { fileLink } from '../../src/platform/files/links.ts'
import { PNG } from '../isolation/places.ts'
import { deliveryNoteBody, invoiceBody, make, type Owner, offered, purchaseOrderBody } from '../isolation/resources.ts'
import { card } from '../support/onboarding.ts'
import { type Client, permissions, type World, world } from '../support/world.ts'

/** Files follow what they belong to: its permission opens them, its makers own them, and what a document needs stays. */

const pdf = { bytes: Buffer.from('%PDF-1.7\n%âãÏÓ\n'), name: 'bill.pdf', type: 'application/pdf' }
/** Documents of identity have to be large enough to be read. */
const paper = () => ({ bytes: card(), name: 'card.png', type: 'image/png' })
const picture = { bytes: PNG, name: 'picture.png', type: 'image/png' }

interface Kept {
  /** The word of roles for what it belongs to. */
  readonly guard: string
  make(owner: Owner, w: World): Promise<string>
  /** What else is in it. */
  readonly along?: string
  /** Whether somebody makes what it belongs to, or nobody in particular. */
  readonly owned?: false
  /** Whether a document is not complete without it. */
  readonly needed?: true
}

const byKey = async (w: World, key: string): Promise<string> =>
  (await w.sql<{ id: string }>(`select id from files where link_key = $1`, [key.slice(key.lastIndexOf('/') + 1)]))[0]!.id
const uploaded = (path: string) => async (owner: Owner, w: World) => {
  const { body } = await owner.user.upload('POST', path, pdf)
  const { id } = body
  const table = {
    payables: 'payables',
    payable_credit_notes: 'payable_credit_notes',
    receipts: 'receipts',
    ocr_tasks: 'ocr_tasks',
  }[path.split('/')[1]!]
  return (await w.sql<{ file_id: string }>(`select file_id from ${table} where id = $1`, [id]))[0]!.file_id
}
const attachment = async ({ user }: Owner): Promise<string> =>
  (await user.upload('POST', '/files', pdf, { file_type: 'attachments' })).body.id

/** A document with one that goes along. */
async function attached(owner: Owner) {
  const id = await attachment(owner)
  const body = { ...(await invoiceBody(owner, 'A')), attachments: [{ id }] }
  return { id, receivable: (await owner.user.post('/receivables', body)).body.id as string }
}

const kept: Record<string, Kept> = {
  'the page of an invoice': {
    guard: 'receivable',
    needed: true,
    async make(owner, w) {
      const { body } = await owner.user.post('/receivables', await invoiceBody(owner, 'A'))
      await owner.user.post(`/receivables/${body.id}/issue`)
      await w.work()
      return byKey(w, (await owner.user.get(`/receivables/${body.id}`)).body.file_url)
    },
  },
  'an earlier page of an invoice': {
    guard: 'receivable',
    needed: true,
    async make(owner, w) {
      const { body } = await owner.user.post('/receivables', await invoiceBody(owner, 'A'))
      await owner.user.get(`/receivables/${body.id}/pdf_link`)
      await w.work()
      const first = (await owner.user.get(`/receivables/${body.id}`)).body.file_url
      await owner.user.post(`/receivables/${body.id}/issue`)
      await w.work()
      expect((await owner.user.get(`/receivables/${body.id}`)).body.file_url).not.toBe(first)
      return byKey(w, first)
    },
  },
  'a signature': {
    guard: 'receivable',
    needed: true,
    async make(owner, w) {
      const quote = await offered(owner, 'A')
      const signature = { email: 'ada@example.com', full_name: 'Ada', signature_image: PNG.toString('base64') }
      await owner.user.post(`/receivables/${quote}/accept`, { signature })
      const [row] = await w.sql<{ id: string }>(`select signature ->> 'file_id' as id from receivables where id = $1`, [quote])
      return row!.id
    },
  },
  'an attachment of an issued invoice': {
    guard: 'receivable',
    needed: true,
    async make(owner) {
      const { id, receivable } = await attached(owner)
      await owner.user.post(`/receivables/${receivable}/issue`)
      return id
    },
  },
  'an attachment of a draft': { guard: 'receivable', make: async (owner) => (await attached(owner)).id },
  'the page of a delivery note': {
    guard: 'delivery_note',
    needed: true,
    async make(owner, w) {
      const { body } = await owner.user.post('/delivery_notes', await deliveryNoteBody(owner, 'A'))
      await w.work()
      return byKey(w, (await owner.user.get(`/delivery_notes/${body.id}`)).body.file_url)
    },
  },
  'the page of a purchase order': {
    guard: 'payables_purchase_order',
    needed: true,
    async make(owner, w) {
      const { body } = await owner.user.post('/payable_purchase_orders', await purchaseOrderBody(owner, 'A'))
      await w.work()
      return byKey(w, (await owner.user.get(`/payable_purchase_orders/${body.id}`)).body.file_url)
    },
  },
  'the file of a bill': { guard: 'payable', make: uploaded('/payables/upload_from_file') },
  'the file of a bill that was approved': {
    guard: 'payable',
    needed: true,
    async make(owner, w) {
      const id = (await make(owner, '/payables/:payable_id', 'A')).payable_id!
      await owner.user.upload('POST', `/payables/${id}/attach_file`, pdf)
      await owner.user.post(`/payables/${id}/approve_payment_operation`)
      return (await w.sql<{ file_id: string }>(`select file_id from payables where id = $1`, [id]))[0]!.file_id
    },
  },
  'the file of a vendor’s credit note': { guard: 'payable', make: uploaded('/payable_credit_notes/upload_from_file') },
  'the file of a receipt': { guard: 'receipt', make: uploaded('/receipts/upload_from_file') },
  'the file of an OCR task': { guard: 'ocr_task', make: uploaded('/ocr_tasks/upload_from_file') },
  'an export': {
    guard: 'export',
    along: 'receivable:read',
    async make(owner, w) {
      const asked = {
        date_from: '2024-01-01',
        date_to: '2024-12-31',
        format: 'csv',
        objects: [{ name: 'receivable', statuses: ['paid'] }],
      }
      const { body } = await owner.user.post('/data_exports', asked)
      await w.work()
      return byKey(w, (await owner.user.get(`/data_exports/${body.id}`)).body.source_url)
    },
  },
  'a logo': {
    guard: 'entity',
    owned: false,
    make: async ({ partner, entityId }) => (await partner.upload('PUT', `/entities/${entityId}/logo`, picture)).body.id,
  },
}

const ownerIn = (w: World, user: Client): Owner => ({ user, entityId: user.entityId!, partner: w.partnerIn(user.entityId!) })
const listed = async (user: Client, id: string) =>
  (await user.get(`/files?id__in=${id}`)).body.data.map((file: { id: string }) => file.id)

describe('a file follows what it belongs to', () => {
  test.each(Object.entries(kept))('%s', async (_name, { guard, along, make, owned, needed }) => {
    const w = await world()
    const { berlin } = w
    const id = await make(ownerIn(w, berlin), w)
    const path = `/files/${id}`
    const { file_type } = (await berlin.get(path)).body
    const inType = async (user: Client) =>
      (fileTypes as readonly string[]).includes(file_type)
        ? (await user.get(`/files?file_type=${file_type}`)).body.data.map((file: { id: string }) => file.id)
        : []
    expect(await listed(berlin, id)).toEqual([id])

    // Whoever may not read what it belongs to neither sees nor deletes it; who may only read it doesn't delete it.
    const denied = permissions({ [`${guard}:read`]: 'not_allowed', [`${guard}:update`]: 'not_allowed' })
    const refused = { error: { message: `Action read for ${guard} not allowed` } }
    for (const role of [permissions({}, 'not_allowed'), denied]) {
      const nobody = await w.newUser(berlin.entityId!, role)
      expect(await nobody.get(path)).toMatchObject({ status: 403, body: refused })
      expect(await listed(nobody, id)).toEqual([])
      expect(await inType(nobody)).toEqual([])
      expect((await nobody.delete(path)).status).toBe(403)
    }
    const reader = await w.newUser(
      berlin.entityId!,
      permissions({ [`${guard}:read`]: 'allowed', ...(along && { [along]: 'allowed' }) }, 'not_allowed'),
    )
    expect((await reader.get(path)).status).toBe(200)
    expect(await listed(reader, id)).toEqual([id])
    expect((await reader.delete(path)).status).toBe(403)

    // Whoever is limited to their own sees their own.
    const limited = await w.newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
    expect((await limited.get(path)).status).toBe(403)
    expect(await listed(limited, id)).toEqual([])
    expect(await inType(limited)).toEqual([])
    expect((await limited.delete(path)).status).toBe(403)
    if (owned !== false) {
      const maker = await w.newUser(berlin.entityId!)
      const own = await make(ownerIn(w, maker), w)
      // By what it belongs to, not by who uploaded it.
      await w.sql(`update files set created_by_entity_user_id = null where id = $1`, [own])
      const { role_id } = (await maker.get('/entity_users/me')).body
      const all = ['read', 'update'].map((action) => [`${guard}:${action}`, 'allowed_for_own'])
      await w.partnerIn(berlin.entityId!).patch(`/roles/${role_id}`, { permissions: permissions(Object.fromEntries(all)) })
      expect((await maker.get(`/files/${own}`)).status).toBe(200)
      expect(await listed(maker, own)).toEqual([own])
      expect(await listed(maker, id)).toEqual([])
      expect((await maker.delete(path)).status).toBe(403)
      expect((await maker.delete(`/files/${own}`)).status).toBe(needed ? 409 : 204)
    }

    // What a document needs nobody deletes: the owner neither, nor the partner, in the entity or above it.
    for (const who of needed ? [berlin, w.partnerIn(berlin.entityId!), w.partner] : [])
      expect(await who.delete(path)).toMatchObject({
        status: 409,
        body: { error: { message: expect.stringMatching(/^The file can't be deleted\. It /) } },
      })
    expect((await berlin.get(path)).status).toBe(200)
    const [{ link_key }] = (await w.sql(`select link_key from files where id = $1`, [id])) as [{ link_key: string }]
    expect((await w.nobody.get(new URL(fileLink(link_key)).pathname)).status).toBe(200)
    if (!needed) expect((await berlin.delete(path)).status).toBe(204)
  })
})

test.each(fileTypes)(
  'an upload of the type %s that belongs to nothing is seen by who uploaded it, and by nobody without permissions',
  async (file_type) => {
    const w = await world()
    const { body: file } = await w.berlin.upload('POST', '/files', file_type.includes('identity') ? paper() : pdf, { file_type })
    const nobody = await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))
    const path = `/files/${file.id}`
    expect((await nobody.get(path)).status).toBe(403)
    expect((await nobody.get(`/files?file_type=${file_type}`)).body.data).toEqual([])
    expect((await nobody.delete(path)).status).toBe(403)
    expect((await w.berlin.get(path)).status).toBe(200)

    const { body: own } = await nobody.upload('POST', '/files', file_type.includes('identity') ? paper() : pdf, { file_type })
    expect((await nobody.get(`/files?file_type=${file_type}`)).body.data).toEqual([own])
    expect((await nobody.get(`/files/${own.id}`)).body).toEqual(own)
    expect((await nobody.delete(`/files/${own.id}`)).status).toBe(204)
    expect((await w.berlin.delete(path)).status).toBe(204)
  },
)

test('a file that somebody else uploaded is attached by those only who may see it', async () => {
  const w = await world()
  const id = await attachment(ownerIn(w, w.berlin))
  const clerk = await w.newUser(w.berlin.entityId!, permissions({ 'receivable:read': 'allowed_for_own' }))
  const body = { ...(await invoiceBody(ownerIn(w, clerk), 'A')), attachments: [{ id }] }
  expect(await clerk.post('/receivables', body)).toMatchObject({
    status: 403,
    body: { error: { message: 'This file belongs to another user' } },
  })
  const own = await attachment(ownerIn(w, clerk))
  const { body: invoice } = await clerk.post('/receivables', { ...body, attachments: [{ id: own }] })
  expect(invoice.attachments[0].id).toBe(own)
  expect((await clerk.patch(`/receivables/${invoice.id}`, { invoice: { attachments: [{ id }] } })).status).toBe(403)
  expect((await w.berlin.patch(`/receivables/${invoice.id}`, { invoice: { attachments: [{ id }] } })).status).toBe(200)
  // Forms send again what the document has already.
  expect((await clerk.patch(`/receivables/${invoice.id}`, { invoice: { attachments: [{ id }] } })).status).toBe(200)
})
