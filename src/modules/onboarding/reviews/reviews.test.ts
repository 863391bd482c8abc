import { afterAll, beforeAll, expect, test } from 'vitest'
import { good, no } from '../../../../test/support/invoicing.ts'
import { card, company, fillIn, onboardingEvents, statusOf, uploadCard } from '../../../../test/support/onboarding.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { type Body, client, type House, house, type World, world } from '../../../../test/support/world.ts'
import { workOnce } from '../../../platform/jobs/jobs.ts'

/** Entities that a person looks at, as in production. */

let own: Awaited<ReturnType<typeof ownApp>>
let there: House
beforeAll(async () => {
  own = await ownApp({ payments_sandbox: 'on', onboarding_review: 'operator' })
  const base = await house()
  there = { ...base, app: own.app, machinery: own.machinery, handlers: own.handlers, schedules: own.schedules }
})
afterAll(() => own.close())

/** A German company at a server where an operator decides, filled in. */
async function waiting() {
  const w = await world()
  const { berlin } = await company(['card', 'sepa_credit'], w)
  const me = client(there, berlin.token, { entityId: berlin.entityId, userId: berlin.userId })
  const operator = client(there, w.partner.token, { entityId: berlin.entityId })
  const work = async () => {
    while ((await workOnce(own.machinery.db, own.machinery.log, own.handlers, [w.partner_id])) > 0);
  }
  const path = `/x/onboarding_reviews/${berlin.entityId}`
  return { w, me, operator, work, path }
}
const stateOf = async ({ operator, w }: { operator: Awaited<ReturnType<typeof waiting>>['operator']; w: World }) => {
  const { data } = good(await operator.get('/x/onboarding_reviews?state=waiting'))
  return data.filter(({ entity_id }: Body) => entity_id === w.berlin.entityId).length
}

test('who has filled in everything waits for an operator, who looks, turns down and says yes', async () => {
  const { w, me, operator, work, path } = await waiting()
  expect(await stateOf({ operator, w })).toBe(0)
  const { representative } = await fillIn(me)
  const file = await uploadCard(me)
  good(await me.post(`/persons/${representative}/onboarding_documents`, { verification_document_front: file }))
  await work()
  expect([await statusOf(me), await stateOf({ operator, w })]).toEqual(['pending', 1])
  const seen = good(await operator.get(path))
  expect(seen).toMatchObject({
    state: 'waiting',
    missing: [],
    persons: [{ id: representative, name: 'Grace Hopper', roles: ['representative'] }],
    documents: [{ file_id: file, status: 'pending', kind: 'verification_document_front' }],
    notice: expect.stringContaining('lists of sanctioned'),
  })
  // Another entity's operator, and any user, is kept out.
  expect((await me.get(path)).status).toBe(403)
  // One field is wrong: it comes back into the form.
  good(
    await operator.post(`${path}/reject`, {
      errors: [{ requirement: 'entities.tax_id', code: 'number_not_verified', message: 'The register has another number.' }],
    }),
  )
  const form = good(await me.get('/frontend/onboarding_requirements'))
  expect([form.requirements, form.data.entity.tax_id.error]).toEqual([
    ['entity'],
    { message: 'The register has another number.' },
  ])
  expect(await statusOf(me)).toBe('disabled')
  good(await me.patch('/entity_users/my_entity', { tax_id: 'DE987654321' }))
  await work()
  expect(await statusOf(me)).toBe('pending')
  // What was looked at before isn't what is there now.
  expect(no(await operator.post(`${path}/approve`, { submission: seen.submission }))).toEqual([
    409,
    expect.stringContaining('changed'),
  ])
  const { submission } = good(await operator.get(path))
  expect(good(await operator.post(`${path}/approve`, { submission }))).toMatchObject({
    state: 'approved',
    documents: [{ status: 'accepted' }],
    asks: [],
  })
  expect(await statusOf(me)).toBe('enabled')
  const events = await onboardingEvents(w, me.entityId!)
  expect(events.filter((event) => event.endsWith('status_updated')).length).toBe(4)
})

test('nobody is approved while something is missing', async () => {
  const { operator, path } = await waiting()
  const { submission } = good(await operator.get(path))
  expect(no(await operator.post(`${path}/approve`, { submission }))).toEqual([
    409,
    expect.stringContaining('persons.representative'),
  ])
})

test('who changes something after the approval goes on, and is looked at again', async () => {
  const { me, operator, work, path } = await waiting()
  await fillIn(me)
  await work()
  good(await operator.post(`${path}/approve`, { submission: good(await operator.get(path)).submission }))
  good(await me.patch('/entity_users/my_entity', { phone: '+4930774619000' }))
  await work()
  expect([await statusOf(me), good(await operator.get(path)).state]).toEqual(['enabled', 'changed'])
})

test('an entity is turned down for good, and comes back only by a yes', async () => {
  const { me, operator, work, path } = await waiting()
  await fillIn(me)
  await work()
  good(await operator.post(`${path}/reject`, { disabled_reason: 'rejected.fraud', reason: 'The register does not know it' }))
  const { data } = good(await me.get('/onboarding_requirements'))
  expect(data[0]).toMatchObject({
    verification_status: 'disabled',
    disabled_reason: 'rejected.fraud',
    verification_errors: [{ code: 'rejected', details: 'The register does not know it' }],
  })
  expect(good(await me.get(`/entities/${me.entityId}/onboarding_requirements`)).disabled_reason).toBe('rejected.fraud')
  expect(no(await operator.post(`${path}/reject`, {}))[0]).toBe(400)
  good(await operator.post(`${path}/approve`, { submission: good(await operator.get(path)).submission }))
  expect(await statusOf(me)).toBe('enabled')
})

test('what is asked has to be about somebody and something', async () => {
  const { operator, path, w } = await waiting()
  const ask = (one: object) => operator.post(`${path}/ask`, { requirements: [one] })
  const stranger = good(
    await w.paris.post('/persons', { first_name: 'S', last_name: 'T', email: 's@example.com', relationship: {} }),
  ).id
  for (const one of [
    { requirement: 'persons.owner.phone', person_id: stranger },
    { requirement: 'entities.phone', methods: ['cash'] },
    { requirement: 'entities.phone', deadline: '2020-01-01T00:00:00Z' },
    { requirement: 'persons.documents.verification_document' },
  ])
    expect([one, (await ask(one)).status]).toEqual([one, 400])
})

test('numbers that identify people stand in a review, and hidden in the audit log', async () => {
  const { w, me, operator, path } = await waiting()
  const { representative } = await fillIn(me)
  good(await me.patch(`/persons/${representative}`, { id_number: 'C01X00T47' }))
  const seen = good(await operator.post(`${path}/limit`, { reason: 'Nothing', payouts_enabled: true }))
  expect(JSON.stringify(seen)).toContain('C01X00T47')
  expect(JSON.stringify(good(await operator.get(path)))).toContain('C01X00T47')
  await own.app.auditLog.flush()
  const kept = await w.sql(`select details from audit_logs where partner_id = $1`, [w.partner_id])
  expect(kept.length).toBeGreaterThan(2)
  expect(JSON.stringify(kept)).not.toContain('C01X00T47')
})

test('documents lie sealed, open for permitted eyes only, and every look is in the audit log', async () => {
  const w = await world()
  const bytes = card()
  const id = await uploadCard(w.berlin, 'identity_documents', bytes)
  const file = good(await w.berlin.get(`/files/${id}`))
  expect(new URL(file.url).pathname).toBe(`/x/identity_documents/${id}`)
  const [row] = await w.sql<{ link_key: string; storage_key: string; sealed: boolean; size: number }>(
    `select link_key, storage_key, sealed, size from files where id = $1`,
    [id],
  )
  expect([row!.sealed, Number(row!.size)]).toEqual([true, bytes.length])
  const stored = await w.machinery.storage.get(row!.storage_key)
  expect(stored.includes(bytes.subarray(0, 64))).toBe(false)
  // Its link opens nothing, and no pictures are drawn of it.
  expect((await w.nobody.get(`/f/${row!.link_key}`)).status).toBe(404)
  expect(await w.sql(`select from jobs where key = $1`, [`draw:${id}`])).toEqual([])
  const { body } = await w.berlin.get(`/x/identity_documents/${id}`)
  expect(Buffer.compare(body, bytes)).toBe(0)
  expect((await w.partner.get(`/x/identity_documents/${id}`)).status).toBe(200)
  expect((await w.paris.get(`/x/identity_documents/${id}`)).status).toBe(404)
  // They are there when the answer is: nothing of them waits to be written.
  const looks = await w.sql<{ entity_user_id: string | null; status_code: number }>(
    `select entity_user_id, status_code from audit_logs where path = $1 order by received_at`,
    [`/x/identity_documents/${id}`],
  )
  expect(looks.map(({ entity_user_id, status_code }) => [entity_user_id, status_code])).toEqual([
    [w.berlin.userId, 200],
    [null, 200],
  ])
})

test('a look that can not be recorded shows nothing', async () => {
  const w = await world()
  const bytes = card()
  const id = await uploadCard(w.berlin, 'identity_documents', bytes)
  await w.sql(`alter table audit_logs add constraint full_up check (path <> '/x/identity_documents/${id}') not valid`)
  try {
    const { status, body } = await w.berlin.get(`/x/identity_documents/${id}`, { beyond: true })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(Buffer.isBuffer(body) && body.equals(bytes)).toBe(false)
  } finally {
    await w.sql(`alter table audit_logs drop constraint full_up`)
  }
  expect((await w.berlin.get(`/x/identity_documents/${id}`)).status).toBe(200)
})

test('looks are recorded also where reading leaves no trace', async () => {
  const w = await world()
  const quiet = await ownApp({ audit_log_reads: false })
  const id = await uploadCard(w.berlin)
  const headers = { authorization: `Bearer ${w.berlin.token}`, 'x-monite-version': '2024-05-25' }
  // This server has another data folder and no such bytes: that it was asked is what counts.
  await quiet.app.inject({ url: `/files/${id}`, headers })
  const review = { authorization: `Bearer ${w.partner.token}`, 'x-monite-version': '2024-05-25' }
  await quiet.app.inject({ url: `/x/onboarding_reviews/${w.berlin.entityId}`, headers: review })
  await quiet.app.auditLog.flush()
  const paths = await w.sql<{ path: string }>(`select path from audit_logs where partner_id = $1 and method = 'GET'`, [
    w.partner_id,
  ])
  expect(paths.map(({ path }) => path)).toEqual([`/x/onboarding_reviews/${w.berlin.entityId}`])
  await quiet.close()
})

test('documents are erased in time: those that were decided on, replaced, or never handed in', async () => {
  const { w, me, operator, work, path } = await waiting()
  const { representative } = await fillIn(me)
  const hand = async () => {
    const { body } = await me.upload('POST', '/files', { bytes: card(), name: 'card.png' }, { file_type: 'identity_documents' })
    good(await me.post(`/persons/${representative}/onboarding_documents`, { verification_document_front: body.id }))
    return body.id as string
  }
  const replaced = await hand()
  const kept = await hand()
  const loose = (await me.upload('POST', '/files', { bytes: card(), name: 'card.png' }, { file_type: 'identity_documents' })).body
    .id
  await work()
  const here = async (id: string) =>
    (await w.sql<{ is: boolean }>(`select storage_key <> '' as is from files where id = $1`, [id]))[0]!.is
  const days = async (count: number) => {
    await w.sql(`update onboarding_documents set settled_at = settled_at - make_interval(days => $2) where entity_id = $1`, [
      me.entityId,
      count,
    ])
    await w.sql(`update files set created_at = created_at - make_interval(days => $2) where entity_id = $1`, [me.entityId, count])
    await own.schedules.find(({ name }) => name === 'onboarding.documents')!.work()
  }
  // Documents of somebody who is taken away wait for nobody.
  const { body: other } = await me.post('/persons', {
    first_name: 'Ada',
    last_name: 'L',
    email: 'ada@example.com',
    relationship: {},
  })
  const { body: card2 } = await me.upload(
    'POST',
    '/files',
    { bytes: card(), name: 'card.png' },
    { file_type: 'identity_documents' },
  )
  good(await me.post(`/persons/${other.id}/onboarding_documents`, { verification_document_front: card2.id }))
  good(await me.delete(`/persons/${other.id}`))
  await own.schedules.find(({ name }) => name === 'onboarding.documents')!.work()
  // What waits to be looked at can't be deleted, however old.
  expect(no(await me.delete(`/files/${kept}`))[0]).toBe(409)
  await days(89)
  expect([await here(replaced), await here(kept), await here(loose)]).toEqual([true, true, true])
  await days(2)
  expect([await here(replaced), await here(kept), await here(loose), await here(card2.id)]).toEqual([false, true, false, false])
  good(await operator.post(`${path}/approve`, { submission: good(await operator.get(path)).submission }))
  await days(91)
  expect(await here(kept)).toBe(false)
  expect((await operator.get(`/x/identity_documents/${kept}`)).status).toBe(404)
  expect(good(await operator.get(path)).documents.map(({ url }: Body) => url)).toEqual([null, null, null])
  expect(await statusOf(me)).toBe('enabled')
})

test('documents of somebody who stopped halfway are erased once nothing has happened for as long', async () => {
  const { w, me, work } = await waiting()
  const upload = async () => {
    const { body } = await me.upload('POST', '/files', { bytes: card(), name: 'card.png' }, { file_type: 'identity_documents' })
    return body.id as string
  }
  const left = await upload()
  good(await me.post('/onboarding_documents', { verification_document_front: left }))
  await work()
  const age = async (table: string, days: number) =>
    w.sql(
      `update ${table} set created_at = created_at - make_interval(days => $2), updated_at = updated_at - make_interval(days => $2) where entity_id = $1`,
      [me.entityId, days],
    )
  const isHere = async () => {
    await own.schedules.find(({ name }) => name === 'onboarding.documents')!.work()
    return (await w.sql<{ is: boolean }>(`select storage_key <> '' as is from files where id = $1`, [left]))[0]!.is
  }
  await age('onboarding_documents', 91)
  expect(await isHere()).toBe(true)
  await age('onboardings', 91)
  expect(await isHere()).toBe(false)
  // Whoever comes back hands in another one.
  good(await me.post('/onboarding_documents', { verification_document_front: await upload() }))
})

test('documents of an earlier version are sealed where they are found, and their open bytes go', async () => {
  const w = await world()
  const bytes = card()
  const id = await uploadCard(w.berlin, 'attachments', bytes)
  await w.sql(`update files set file_type = 'identity_documents' where id = $1`, [id])
  const [before] = await w.sql<{ storage_key: string; link_key: string }>(
    `select storage_key, link_key from files where id = $1`,
    [id],
  )
  expect((await w.nobody.get(`/f/${before!.link_key}`)).status).toBe(200)
  await w.schedules.find(({ name }) => name === 'onboarding.documents')!.work()
  expect((await w.nobody.get(`/f/${before!.link_key}`)).status).toBe(404)
  await expect(w.machinery.storage.get(before!.storage_key)).rejects.toThrow()
  expect(Buffer.compare((await w.berlin.get(`/x/identity_documents/${id}`)).body, bytes)).toBe(0)
})
