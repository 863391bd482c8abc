import { describe, expect, test } from 'vitest'
import { good, no } from '../../../test/support/invoicing.ts'
import {
  approvedCompany,
  card,
  company,
  dueOf,
  fillIn,
  formOf,
  grace,
  onboardingEvents,
  place,
  requirementsOf,
  statusOf,
  uploadCard,
} from '../../../test/support/onboarding.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { shop } from '../../../test/support/paying.ts'
import { type Body, type Client, client, organization, type World, world } from '../../../test/support/world.ts'
import { fullName } from '../../core/onboarding/names.ts'
import { asEntity } from '../../platform/database/context.ts'
import type { KycReport } from '../../ports/kyc.ts'
import { hear } from './onboarding.service.ts'

/** What goes wrong in the world, one test for each kind. */

const DAY = 86_400_000
const ID_NUMBER = 'persons.representative.id_number'
const review = (who: Client, action: string, body: object) => who.post(`/x/onboarding_reviews/${who.entityId}/${action}`, body)
const document = 'persons.documents.verification_document'

/** The same user with a token of now: the clock was moved. */
const anew = async (w: World, { entityId, userId }: Client): Promise<Client> =>
  client(w, await w.tokenFor(userId!), { entityId, userId })

describe('requirements and time', () => {
  test('asked again after the approval: money goes on being taken until the deadline', async () => {
    const { w, berlin, operator } = await approvedCompany()
    const before = await onboardingEvents(w, berlin.entityId!)
    const deadline = new Date(w.clock.now().getTime() + 14 * DAY).toISOString()
    good(
      await review(operator, 'ask', { requirements: [{ requirement: ID_NUMBER, deadline, message: 'Please enter it again' }] }),
    )
    const report = await requirementsOf(berlin)
    expect(report).toMatchObject({ verification_status: 'enabled', requirements: { currently_due: [ID_NUMBER], past_due: [] } })
    expect(Date.parse(report.requirements.current_deadline)).toBe(Date.parse(deadline))
    expect((await onboardingEvents(w, berlin.entityId!)).slice(before.length)).toEqual(['onboarding_requirements.updated'])
  })

  test('a deadline passes without a word from anybody: past due at once, and told once', async () => {
    const { w, berlin, operator } = await approvedCompany()
    const deadline = new Date(w.clock.now().getTime() + DAY).toISOString()
    good(await review(operator, 'ask', { requirements: [{ requirement: ID_NUMBER, deadline }] }))
    const before = (await onboardingEvents(w, berlin.entityId!)).length
    w.clock.advance(DAY + 1000)
    expect(await requirementsOf(await anew(w, berlin))).toMatchObject({
      verification_status: 'disabled',
      disabled_reason: 'requirements.past_due',
      requirements: { past_due: [ID_NUMBER], currently_due: [], current_deadline: null },
    })
    const schedule = w.schedules.find(({ name }) => name === 'onboarding.deadlines')!
    await schedule.work()
    await schedule.work()
    const told = (await onboardingEvents(w, berlin.entityId!)).slice(before)
    expect(told.filter((event) => event.endsWith('.status_updated'))).toHaveLength(1)
  })

  test('taking money and paying it out are two things', async () => {
    const { w, berlin, made } = await shop()
    const operator = w.partnerIn(berlin.entityId!)
    const invoice = good(
      await berlin.post('/payment_links', {
        recipient: { type: 'entity', id: berlin.entityId },
        payment_methods: ['card'],
        amount: 100,
        currency: 'EUR',
        payment_reference: 'R-1',
      }),
    )
    expect(made).toBeDefined()
    good(await review(operator, 'limit', { payouts_enabled: false, reason: 'The bank account is closed' }))
    expect(await requirementsOf(berlin)).toMatchObject({
      verification_status: 'enabled',
      verification_errors: [{ code: 'payouts_disabled', details: 'The bank account is closed' }],
    })
    expect(good(await berlin.get(`/payment_links/${invoice.id}`)).status).toBe('created')
    const { data } = good(await berlin.get(`/entities/${berlin.entityId}/payment_methods`))
    expect(data.find(({ type }: Body) => type === 'card').status).toBe('active')
    // Taking is another thing: then nobody pays by the link any more.
    good(await review(operator, 'limit', { charges_enabled: false, reason: 'Too many disputes' }))
    const pay = await w.nobody.post(`/internal/payment_intents/${invoice.payment_intent_id}/confirm_payment`, {
      payment_method_id: 'card',
    })
    expect(no(pay)[0]).toBe(409)
  })

  test('methods differ: what only cards need disables only them', async () => {
    const { berlin, operator, w } = await approvedCompany()
    const requirement = 'entities.documents.verification_document'
    const deadline = new Date(w.clock.now().getTime() + 1000).toISOString()
    good(await review(operator, 'ask', { requirements: [{ requirement, methods: ['card'], deadline }] }))
    w.clock.advance(2000)
    const { data } = good(await berlin.get('/onboarding_requirements'))
    expect(data.map((one: Body) => [one.payment_method, one.verification_status, one.requirements.past_due])).toEqual([
      ['card', 'disabled', [requirement]],
      ['sepa_credit', 'enabled', []],
    ])
  })

  test('a document that was turned down is asked for again in its own field, with what to do', async () => {
    const { berlin, operator, representative } = await approvedCompany()
    const path = `/persons/${representative}/onboarding_documents`
    good(await review(operator, 'ask', { requirements: [{ requirement: document, person_id: representative }] }))
    expect((await formOf(berlin)).data.persons_documents).toMatchObject([
      { id: representative, verification_document_front: { required: true }, verification_document_back: { required: false } },
    ])
    good(await berlin.post(path, { verification_document_front: await uploadCard(berlin) }))
    for (const [code, message] of [
      ['document_expired', 'The passport has expired. Upload one that is valid.'],
      ['document_name_mismatch', 'The name on the passport is another one than the one given here.'],
    ]) {
      good(await review(operator, 'reject', { errors: [{ requirement: document, person_id: representative, code, message }] }))
      const report = await requirementsOf(berlin)
      expect(report.requirements.currently_due).toEqual([document])
      expect(report.requirements_errors).toEqual([{ code, reason: message, requirement: document }])
      const form = await formOf(berlin)
      expect(form.requirements).toEqual(['persons_documents'])
      expect(form.data.persons_documents[0].verification_document_front.error).toEqual({ message })
      good(await berlin.post(path, { verification_document_front: await uploadCard(berlin) }))
    }
    // Codes are ours: others are refused.
    expect(
      (
        await operator.post(
          `/x/onboarding_reviews/${berlin.entityId}/reject`,
          { errors: [{ code: 'verification_failed_keyed_match' }] },
          { beyond: true },
        )
      ).status,
    ).toBe(422)
  })

  test('no loop of uploads: what was sent is looked at, until it is turned down', async () => {
    const { berlin, operator, representative } = await approvedCompany()
    const path = `/persons/${representative}/onboarding_documents`
    good(await review(operator, 'ask', { requirements: [{ requirement: document, person_id: representative }] }))
    const [bad, better] = [await uploadCard(berlin), await uploadCard(berlin)]
    good(await berlin.post(path, { verification_document_front: bad }))
    good(
      await review(operator, 'reject', { errors: [{ requirement: document, person_id: representative, message: 'Too dark' }] }),
    )
    good(await berlin.post(path, { verification_document_front: better }))
    expect((await requirementsOf(berlin)).requirements).toMatchObject({
      currently_due: [],
      past_due: [],
      pending_verification: [document],
    })
    expect((await formOf(berlin)).requirements).toEqual([])
    expect(no(await berlin.post(path, { verification_document_front: better }))[0]).toBe(400)
    expect(no(await berlin.post(path, { verification_document_front: bad }))[0]).toBe(400)
  })

  test('words that come twice and out of order: the newest by the provider’s clock holds, one event for each real change', async () => {
    const { w, berlin } = await approvedCompany()
    const { db } = w.machinery
    const start = w.clock.now().getTime() + 1000
    const say = (id: string, after: number, charges: boolean): Promise<string> => {
      const report: KycReport = {
        id,
        at: new Date(start + after).toISOString(),
        verdict: 'unchanged',
        charges,
        reason: 'Because',
      }
      const who = { partnerId: w.partner_id, entityId: berlin.entityId!, userId: null }
      return asEntity(db, who, (ctx) => hear(ctx, w.machinery, 'rules', report))
    }
    const before = (await onboardingEvents(w, berlin.entityId!)).length
    expect(await say('c', 300, true)).toBe('booked')
    expect(await say('b', 200, false)).toBe('old')
    expect(await say('a', 100, true)).toBe('old')
    expect(await say('b', 200, false)).toBe('known')
    expect(await statusOf(berlin)).toBe('enabled')
    expect(await say('d', 400, false)).toBe('booked')
    expect(await say('d', 400, false)).toBe('known')
    expect(await statusOf(berlin)).toBe('disabled')
    const told = (await onboardingEvents(w, berlin.entityId!)).slice(before)
    expect(told.filter((event) => event.endsWith('.status_updated'))).toHaveLength(1)
  })

  test('a complaint without a field stands at one that the form has', async () => {
    const { berlin, operator } = await approvedCompany()
    const message = 'The business address could not be verified'
    good(await review(operator, 'reject', { errors: [{ code: 'address_not_verified', message }] }))
    const form = await formOf(berlin)
    expect(form.requirements).toEqual(['entity'])
    expect(form.data.entity.address.line1).toMatchObject({ required: true, error: { message } })
    good(await review(operator, 'reject', { errors: [{ requirement: 'account.something_new', message: 'Something else' }] }))
    expect((await formOf(berlin)).data.entity.organization.legal_name.error).toEqual({ message: 'Something else' })
  })
})

describe('persons and shares', () => {
  const owner = (percent_ownership: number) => ({ ...grace, relationship: { owner: true, percent_ownership } })
  test('shares of all owners come to no more than the whole, also two at once', async () => {
    const { berlin, paris } = await world()
    for (let i = 0; i < 3; i++) good(await berlin.post('/persons', owner(33.33)))
    good(await paris.post('/persons', owner(60)))
    expect(no(await paris.post('/persons', owner(50)))).toEqual([400, expect.stringContaining('110 %')])
    good(await paris.post('/persons', owner(0)))
    for (const percent of [100.01, -1]) expect((await paris.post('/persons', owner(percent), { beyond: true })).status).toBe(422)
    const w = await world()
    const [a, b] = [good(await w.berlin.post('/persons', owner(50))), good(await w.berlin.post('/persons', owner(50)))]
    expect((await w.berlin.patch(`/persons/${a.id}`, { relationship: { percent_ownership: 60 } })).status).toBe(400)
    good(await w.berlin.patch(`/persons/${a.id}`, { relationship: { percent_ownership: 10 } }))
    good(await w.berlin.patch(`/persons/${b.id}`, { relationship: { percent_ownership: 10 } }))
    const both = await Promise.all(
      [a, b].map(({ id }) => w.berlin.patch(`/persons/${id}`, { relationship: { percent_ownership: 55 } })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
    const added = await Promise.all([1, 2, 3].map(() => w.berlin.post('/persons', owner(20))))
    expect(added.filter(({ status }) => status === 200).length).toBe(1)
  })

  test('owners of a quarter are asked about, others are not', async () => {
    const { berlin } = await company()
    await fillIn(berlin)
    const { date_of_birth: _born, ...unknown } = grace
    const { id } = good(await berlin.post('/persons', { ...unknown, relationship: { owner: true, percent_ownership: 24.99 } }))
    expect(await dueOf(berlin)).toEqual([])
    for (const percent_ownership of [25, 25.01]) {
      good(await berlin.patch(`/persons/${id}`, { relationship: { percent_ownership } }))
      expect(await dueOf(berlin)).toEqual(['persons.owner.date_of_birth'])
    }
  })

  test('nobody owns a quarter: somebody who stands for control is enough', async () => {
    const { w, berlin } = await company()
    await fillIn(berlin)
    for (let i = 0; i < 5; i++)
      good(
        await berlin.post('/persons', {
          first_name: 'O',
          last_name: `${i}`,
          email: 'o@example.com',
          relationship: { owner: true, percent_ownership: 20 },
        }),
      )
    await w.work()
    expect(await statusOf(berlin)).toBe('enabled')
  })

  test('which person is meant: by id or by role, never whoever came last', async () => {
    const { berlin, operator, w } = await company()
    const { representative } = await fillIn(berlin)
    await berlin.post('/persons', owner(30))
    const { id: newest } = good(await berlin.post('/persons', { ...owner(40), email: 'other@example.com' }))
    await w.work()
    good(
      await review(operator, 'reject', {
        errors: [{ requirement: 'persons.owner.date_of_birth', person_id: newest, message: 'Not verified' }],
      }),
    )
    const { data } = await formOf(berlin)
    const errors = Object.fromEntries(data.persons.map((one: Body) => [one.id, one.date_of_birth.error]))
    expect(errors[newest]).toEqual({ message: 'Not verified' })
    expect(errors[representative]).toBeNull()
    good(await review(operator, 'reject', { errors: [{ requirement: 'persons.representative.phone', message: 'No answer' }] }))
    const form = await formOf(berlin)
    expect(form.data.persons.find((one: Body) => one.id === representative).phone.error).toEqual({ message: 'No answer' })
    expect(form.data.persons.find((one: Body) => one.id === newest).phone.error).toBeNull()
  })

  test('another representative begins anew; without one the requirement is back, and a second one is refused', async () => {
    const { berlin, representative, w } = await approvedCompany()
    good(
      await berlin.post(`/persons/${representative}/onboarding_documents`, {
        verification_document_front: await uploadCard(berlin),
      }),
    )
    const { id: second } = good(
      await berlin.post('/persons', { ...grace, email: 'b@example.com', relationship: { title: 'CFO' } }),
    )
    const promote = (id: string, is: boolean) => berlin.patch(`/persons/${id}`, { relationship: { representative: is } })
    expect((await promote(second, true)).status).toBe(409)
    good(await promote(representative, false))
    expect(await dueOf(berlin)).toEqual(['persons.representative'])
    expect(await statusOf(berlin)).toBe('enabled')
    good(await promote(second, true))
    expect(await dueOf(berlin)).toEqual([])
    expect((await requirementsOf(berlin)).requirements.pending_verification).toContain('persons.representative')
    const seen = good(await w.partner.get(`/x/onboarding_reviews/${berlin.entityId}`))
    expect(seen.documents.map(({ person_id }: Body) => person_id)).toEqual([representative])
  })

  test('a representative of an American company who lives in France has no social security number', async () => {
    const w = await world()
    const address = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }
    const id = await w.newEntity({
      ...organization,
      address,
      organization: { legal_name: 'Lone Star LLC', business_structure: 'single_member_llc' },
    })
    const us = await w.newUser(id)
    good(await w.partner.put(`/entities/${id}/payment_methods`, { payment_methods_receive: ['card'] }))
    const abroad = { country: 'FR', city: 'Paris', line1: '1 rue de Rivoli', postal_code: '75001' }
    good(
      await us.post('/persons', {
        ...grace,
        address: abroad,
        id_number: '1234567890',
        citizenship: 'FR',
        relationship: { representative: true, title: 'CEO' },
      }),
    )
    const due = await dueOf(us)
    expect(due).toContain(document)
    expect(due.filter((code) => /ssn|id_number/.test(code))).toEqual([])
    const { data } = await formOf(us)
    expect(data.persons[0]).not.toHaveProperty('ssn_last_4')
    expect(data.persons_documents).toHaveLength(1)
  })

  test('a date of birth is a calendar day; 18 by the day of the entity', async () => {
    const w = await world()
    w.clock.set('2026-11-30T23:30:00Z')
    const berlin = await anew(w, w.berlin)
    const born = (date_of_birth: string) =>
      berlin.post('/persons', { ...grace, date_of_birth, relationship: {} }, { beyond: true })
    const made = good(await born('1990-03-25'))
    for (const who of [berlin, berlin.with({ 'x-time-zone': '-08:00' })])
      expect(good(await who.get(`/persons/${made.id}`)).date_of_birth).toBe('1990-03-25')
    good(await born('2004-02-29'))
    expect((await born('2026-02-30')).status).toBe(422)
    // In Berlin it is the first of December already.
    expect((await born('2026-12-02')).status).toBe(400)
    expect((await born('2008-12-01')).status).toBe(200)
    expect((await born('2008-12-02')).status).toBe(400)
  })

  test('whoever has one name keeps what they typed, and is called by it', async () => {
    const { w, berlin, operator } = await company()
    await fillIn(berlin)
    for (const last_name of ['-', '.', 'Suharto'])
      good(
        await berlin.post('/persons', {
          ...grace,
          first_name: 'Suharto',
          last_name,
          email: `${last_name.length}@example.com`,
          relationship: { director: true },
        }),
      )
    await w.work()
    const seen = good(await operator.get(`/x/onboarding_reviews/${berlin.entityId}`))
    expect(seen.persons.slice(1).map(({ name }: Body) => name)).toEqual(['Suharto', 'Suharto', 'Suharto'])
    expect(good(await berlin.get('/persons')).data.map(({ last_name }: Body) => last_name)).toEqual([
      'Hopper',
      '-',
      '.',
      'Suharto',
    ])
    // Pages, mails and files ask the database, documents ask the core: both say the same.
    for (const [first, last] of [
      ['Suharto', '-'],
      ['Suharto', '.'],
      ['Suharto', 'Suharto'],
      ['–', 'Suharto'],
      ['Ada', 'Lovelace'],
      [' Ada', ''],
      ['Ada', null],
      [null, null],
      ['J.', 'R.'],
    ] as const) {
      const [row] = await w.sql<{ name: string }>(`select person_name($1, $2) as name`, [first, last])
      expect([first, last, row!.name]).toEqual([first, last, fullName(first, last)])
    }
    const id = await w.newEntity({
      ...organization,
      type: 'individual',
      organization: null,
      individual: { first_name: 'Suharto', last_name: '-' },
    })
    expect(good(await w.partner.get(`/x/onboarding_reviews/${id}`)).entity_name).toBe('Suharto')
    const { data: accounts } = good(await berlin.get('/bank_accounts'))
    good(await berlin.patch(`/bank_accounts/${accounts[0].id}`, { account_holder_name: 'SUHARTO' }))
    expect(good(await operator.get(`/x/onboarding_reviews/${berlin.entityId}`)).bank_accounts[0].holder_is_known).toBe(true)
  })

  test('letters stay as they were typed, and the bank may write them its own way', async () => {
    const { berlin, operator } = await company()
    for (const [first_name, last_name] of [
      ['Жанна', 'Ёлкина'],
      ['Søren', 'Þórsson'],
      ['Đặng Thị', 'Ấn'],
      ['Jörg', 'Müller'.normalize('NFD')],
    ]) {
      const made = good(await berlin.post('/persons', { ...grace, first_name, last_name, relationship: {} }))
      expect([made.first_name, made.last_name]).toEqual([first_name, last_name])
    }
    good(
      await berlin.post('/bank_accounts', {
        iban: 'DE89370400440532013000',
        country: 'DE',
        currency: 'EUR',
        account_holder_name: 'JOERG MUELLER',
      }),
    )
    expect(good(await operator.get(`/x/onboarding_reviews/${berlin.entityId}`)).bank_accounts[0].holder_is_known).toBe(true)
  })
})

describe('addresses, numbers, files', () => {
  test('nobody lives in a post box', async () => {
    const { berlin } = await world()
    for (const [line1, word] of [
      ['P.O. Box 9', 'P.O. Box'],
      ['Postfach 12 34', 'Postfach'],
      ['BP 42', 'BP'],
      ['Apartado 5', 'Apartado'],
    ] as const)
      expect(no(await berlin.post('/persons', { ...grace, address: { ...place, line1 }, relationship: {} }))).toEqual([
        400,
        expect.stringContaining(word),
      ])
    for (const line1 of ['Boxhagener Str. 1', 'Pobox Street 4'])
      good(await berlin.post('/persons', { ...grace, address: { ...place, line1 }, relationship: {} }))
    // The address of the entity is one for letters, too: only the onboarding asks where it works.
    const { berlin: firm } = await company()
    good(await firm.patch('/entity_users/my_entity', { address: { line1: 'Postfach 12 34' } }))
    expect(await dueOf(firm)).toContain('entities.address.line1')
    expect((await formOf(firm)).data.entity.address.line1.error.message).toContain('Postfach')
  })

  test('IBANs as people write them; what is wrong is named', async () => {
    const { berlin } = await world()
    const add = (iban: string) => berlin.post('/bank_accounts', { iban, country: 'DE', currency: 'EUR' }, { beyond: true })
    expect(good(await add('de89 3704 0044 0532 0130 00')).iban).toBe('DE89370400440532013000')
    for (const [iban, word] of [
      ['DE623704004405320130001234', 'length'],
      ['DE00370400440532013000', 'checksum'],
      ['DE01370400440532013000', 'checksum'],
      ['DE99370400440532013000', 'checksum'],
      ['santander', 'country'],
    ] as const) {
      const { status, body } = await add(iban)
      expect([iban, status, body.detail?.[0].loc, body.detail?.[0].msg]).toEqual([
        iban,
        422,
        ['body', 'iban'],
        expect.stringContaining(word),
      ])
    }
  })

  test('leading zeros stay, numbers are texts, and routing numbers add up', async () => {
    const { berlin } = await world()
    const pounds = {
      country: 'GB',
      currency: 'GBP',
      account_holder_name: 'Acme',
      account_number: '00012345',
      sort_code: '04-00 04',
    }
    expect(good(await berlin.post('/bank_accounts', pounds))).toMatchObject({ account_number: '00012345', sort_code: '040004' })
    for (const changes of [{ account_number: 12345 }, { sort_code: 40004 }])
      expect((await berlin.post('/bank_accounts', { ...pounds, ...changes }, { beyond: true })).status).toBe(422)
    const dollars = {
      country: 'US',
      currency: 'USD',
      account_holder_name: 'Acme',
      account_number: '123456789',
      routing_number: '021000021',
    }
    for (const account_number of ['12345', '00000001', '12345678901234567'])
      expect(good(await berlin.post('/bank_accounts', { ...dollars, account_number })).account_number).toBe(account_number)
    expect((await berlin.post('/bank_accounts', { ...dollars, routing_number: '123456789' })).status).toBe(422)
    expect((await berlin.post('/bank_accounts', { ...dollars, account_number: '123' })).status).toBe(422)
  })

  test('company numbers lose their signs, keep their zeros, and are no names', async () => {
    const w = await world()
    const there = async (country: string, tax_id: string, city = 'Paris') =>
      w.partner.post('/entities', { ...organization, tax_id, address: { ...organization.address, country, city } })
    expect(good(await there('FR', '732 829.320')).tax_id).toBe('732829320')
    expect(good(await there('MC', 'FR00000005768', 'Monaco')).tax_id).toBe('FR00000005768')
    expect(good(await there('NL', '01234567', 'Amsterdam')).tax_id).toBe('01234567')
    expect(no(await there('FR', 'Atelier Seine'))).toEqual([400, expect.stringContaining('tax_id')])
  })

  test('files of identity are refused at once where nobody could read them, with what is taken', async () => {
    const { berlin } = await world()
    const send = (bytes: Buffer, name = 'x') =>
      berlin.upload('POST', '/files', { bytes, name }, { file_type: 'identity_documents' })
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic'), Buffer.alloc(20_000)])
    const jpeg = (size: number) => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(size)])
    const locked = Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.alloc(20_000, 32),
      Buffer.from('trailer << /Root 1 0 R /Encrypt 5 0 R >>'),
    ])
    for (const bytes of [heic, jpeg(20 * 1024 * 1024), card(5), locked, jpeg(20_000)]) {
      const answer = await send(bytes)
      expect(no(answer)).toEqual([400, expect.stringContaining('JPG, PNG or PDF file of 10 KB to 10 MB')])
    }
    expect((await send(card(20))).status).toBe(201)
    const same = card()
    const [front, back] = [(await send(same)).body.id, (await send(same)).body.id]
    expect(
      no(await berlin.post('/onboarding_documents', { verification_document_front: front, verification_document_back: back }))[0],
    ).toBe(400)
    good(await berlin.post('/onboarding_documents', { verification_document_front: front }))
    expect(no(await berlin.post('/onboarding_documents', { verification_document_back: back }))[0]).toBe(400)
  })
})

describe('links, codes, proofs', () => {
  async function linked() {
    const { w, berlin } = await company()
    const operator = w.partnerIn(berlin.entityId!)
    const expires_at = new Date(w.clock.now().getTime() + 2 * DAY).toISOString()
    const urls = { refresh_url: 'https://example.com/again', return_url: 'https://example.com/done' }
    const link = good(await operator.post('/onboarding_links', { ...urls, expires_at }))
    const page = new URL(link.url).pathname
    const code = async () => {
      const [mail] = await w.sql<{ subject: string }>(
        `select subject from mails where entity_id = $1 order by created_at desc limit 1`,
        [berlin.entityId],
      )
      return mail!.subject.slice(0, 6)
    }
    const ask = () => w.nobody.post(`/internal/onboarding_links/${link.id}/request_otp`, {})
    const verify = (text: string) => w.nobody.post(`/internal/onboarding_links/${link.id}/verify_otp`, { code: text })
    return { w, berlin, operator, link, page, code, ask, verify, urls }
  }

  test('a robot that opens the link uses nothing up; finishing does, and so does the last day', async () => {
    const { w, berlin, link, page, code, ask, verify } = await linked()
    for (let i = 0; i < 3; i++) expect((await w.nobody.get(page)).status).toBe(200)
    w.clock.advance(3_600_000)
    expect(good(await w.nobody.get(`/internal/onboarding_links/${link.id}`))).toMatchObject({
      is_exhausted: false,
      provider: 'stripe',
    })
    good(await ask())
    const { access_token } = good(await verify(await code()))
    const cookie = { cookie: `quittance_onboarding=${access_token}` }
    expect((await w.app.inject({ url: page, headers: cookie })).statusCode).toBe(200)
    await fillIn(await anew(w, berlin))
    const done = await w.app.inject({ method: 'POST', url: `${page}/finish`, headers: cookie })
    expect([done.statusCode, done.headers.location]).toEqual([303, 'https://example.com/done'])
    const again = await w.app.inject({ url: page, headers: cookie })
    expect([again.statusCode, again.headers.location]).toEqual([303, 'https://example.com/again'])
    expect(good(await w.nobody.get(`/internal/onboarding_links/${link.id}`)).is_exhausted).toBe(true)
    expect(no(await ask())[0]).toBe(409)
    const late = await linked()
    late.w.clock.advance(2 * DAY + 1)
    const over = await late.w.app.inject({ url: late.page })
    expect([over.statusCode, over.headers.location]).toEqual([303, 'https://example.com/again'])
  })

  test('guessing the code: every guess counts, and a code opens once', async () => {
    const { w, berlin, ask, verify, code } = await linked()
    const wrong = (right: string, i: number) => String((Number(right) + 1 + i) % 1_000_000).padStart(6, '0')
    good(await ask())
    const first = await code()
    for (let i = 0; i < 5; i++) expect((await verify(wrong(first, i))).status).toBe(400)
    expect((await verify(first)).status).toBe(400)
    good(await ask())
    const second = await code()
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, i) => verify(wrong(second, i))))
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([400]))
    expect((await verify(second)).status).toBe(400)
    good(await ask())
    const third = await code()
    expect((await verify(second)).status).toBe(400)
    good(await verify(third))
    expect((await verify(third)).status).toBe(400)
    expect((await ask()).status).toBe(429)
    good(await w.partner.patch(`/entities/${berlin.entityId}`, { phone: null }))
    w.clock.advance(3_600_001)
    expect((await ask()).status).toBe(409)
  })

  test('the address that an agreement came from is that of the person, never of this machine', async () => {
    const w = await world()
    const strangers = await ownApp({})
    const behind = await ownApp({ trust_proxy: '198.51.100.0/24, 127.0.0.1' })
    const token = { authorization: `Bearer ${w.berlin.token}`, 'x-monite-version': '2024-05-25' }
    const url = `/entities/${w.berlin.entityId}/onboarding_data`
    const agree = async ({ app }: Pick<typeof behind, 'app'>, remoteAddress: string, forwarded?: string, ip?: string) => {
      const headers = { ...token, ...(forwarded && { 'x-forwarded-for': forwarded }) }
      const answer = await app.inject({
        method: 'PATCH',
        url,
        headers,
        remoteAddress,
        payload: { tos_acceptance: { date: '2026-01-01T00:00:00Z', ...(ip && { ip }) } },
      })
      return answer.json().tos_acceptance.ip
    }
    const chain = '203.0.113.9, 198.51.100.7'
    expect(await agree(strangers, '192.0.2.1', chain)).toBe('192.0.2.1')
    expect(await agree(behind, '198.51.100.7', chain)).toBe('203.0.113.9')
    expect(await agree(behind, '127.0.0.1', '2001:db8::9')).toBe('2001:db8::9')
    expect(await agree(behind, '127.0.0.1')).toBeNull()
    expect(await agree(behind, '127.0.0.1', chain, '2001:db8::1')).toBe('2001:db8::1')
    await Promise.all([strangers.close(), behind.close()])
  })
})

describe('bank accounts', () => {
  const completion = (public_token: string, id = 'acc-1') => ({
    type: 'airwallex_plaid',
    airwallex_plaid: {
      account: { id, mask: '6789', name: 'Checking' },
      institution: { id: 'ins_1', name: 'First Bank' },
      mandate: { email: 'ada@example.com', signatory: 'Ada Lovelace', type: 'us_ach_debit', version: '1.0' },
      public_token,
    },
  })

  test('a state that nobody knows proves nothing, and is kept as it was said', async () => {
    const { partnerIn, berlin, sql } = await world()
    const operator = partnerIn(berlin.entityId!)
    const made = good(await operator.post('/bank_accounts/complete_verification', completion('public-status-unsent')))
    expect(made.verifications).toMatchObject({ airwallex_plaid: null })
    const [row] = await sql<{ status: string }>(`select status from bank_account_verifications where bank_account_id = $1`, [
      made.bank_account_id,
    ])
    expect(row!.status).toBe('unsent')
    expect(good(await operator.get(`/bank_accounts/${made.bank_account_id}/verifications`)).airwallex_plaid).toBeNull()
  })

  test('another holder’s name changes nothing; another number takes the proof away, also from the old number', async () => {
    const { partnerIn, berlin, sql } = await world()
    const operator = partnerIn(berlin.entityId!)
    const { bank_account_id: id, account_number } = good(
      await operator.post('/bank_accounts/complete_verification', completion('public-1')),
    )
    const status = async () => good(await operator.get(`/bank_accounts/${id}/verifications`)).airwallex_plaid?.status ?? null
    expect([await status(), account_number.slice(-4)]).toEqual(['verified', '6789'])
    good(await berlin.patch(`/bank_accounts/${id}`, { account_holder_name: 'Another Name' }))
    expect(await status()).toBe('verified')
    await sql(`update entity_bank_accounts set account_number = '1111111111' where id = $1`, [id])
    expect(await status()).toBeNull()
    await sql(`update entity_bank_accounts set account_number = $2 where id = $1`, [id, account_number])
    expect(await status()).toBeNull()
    expect(
      no(
        await operator.post(`/bank_accounts/${id}/refresh_verification`, {
          type: 'airwallex_plaid',
          airwallex_plaid: { client_name: 'A', redirect_url: 'https://example.com' },
        }),
      )[0],
    ).toBe(409)
  })
})
