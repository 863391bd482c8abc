import { expect, test } from 'vitest'
import { good, no } from '../../../../test/support/invoicing.ts'
import { card, company, fillIn } from '../../../../test/support/onboarding.ts'
import { type Body, type World, world } from '../../../../test/support/world.ts'
import { isRightToLeft, supportedLanguages } from '../../../platform/pdf/labels.ts'

const urls = { refresh_url: 'https://example.com/again', return_url: 'https://example.com/done' }
const inDays = (w: World, days: number) => new Date(w.clock.now().getTime() + days * 86_400_000).toISOString()

/** A link of this world's first entity, and somebody who has entered its code. */
async function opened(w: World) {
  const operator = w.partnerIn(w.berlin.entityId!)
  const link = good(await operator.post('/onboarding_links', { ...urls, expires_at: inDays(w, 2) }))
  good(await w.nobody.post(`/internal/onboarding_links/${link.id}/request_otp`, { phone: '+49 30 12345678' }))
  const [mail] = await w.sql<{ subject: string }>(
    `select subject from mails where entity_id = $1 order by created_at desc limit 1`,
    [w.berlin.entityId],
  )
  const { access_token } = good(
    await w.nobody.post(`/internal/onboarding_links/${link.id}/verify_otp`, { code: mail!.subject.slice(0, 6) }),
  )
  const headers = { cookie: `quittance_onboarding=${access_token}` }
  const page = `/onboard/${link.id}`
  const send = (action: string, form: Record<string, string>, more: Record<string, string> = {}) =>
    w.app.inject({
      method: 'POST',
      url: `${page}/${action}`,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', ...more },
      payload: new URLSearchParams(form).toString(),
    })
  const show = async () => (await w.app.inject({ url: page, headers })).body
  return { operator, link, access_token, headers, page, send, show }
}

test('a link is made for a time ahead, for the entity itself', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  for (const days of [-1, 31])
    expect(no(await operator.post('/onboarding_links', { ...urls, expires_at: inDays(w, days) }))[0]).toBe(400)
  expect((await w.berlin.post('/onboarding_links', { ...urls, expires_at: inDays(w, 1) })).status).toBe(403)
  const recipient = { type: 'entity', id: w.berlin.entityId }
  const older = good(await operator.post('/payment_onboarding_links', { ...urls, recipient }))
  expect(older).toMatchObject({ recipient, ...urls })
  expect(Math.round((Date.parse(older.expires_at) - Date.parse(older.created_at)) / 1000)).toBe(86_400)
  expect(
    no(await operator.post('/payment_onboarding_links', { ...urls, recipient: { ...recipient, id: w.paris.entityId } }))[0],
  ).toBe(400)
  expect(
    no(await operator.post('/payment_onboarding_links', { ...urls, recipient: { ...recipient, type: 'counterpart' } }))[0],
  ).toBe(409)
})

test('an American entity has a phone number and an account before its first link', async () => {
  const w = await world()
  const address = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }
  const { body } = await w.partner.post('/entities', {
    type: 'organization',
    email: 'a@example.com',
    address,
    organization: { legal_name: 'Lone Star Inc' },
  })
  const operator = w.partnerIn(body.id)
  const ask = async () => no(await operator.post('/onboarding_links', { ...urls, expires_at: inDays(w, 1) }))
  expect(await ask()).toEqual([409, 'The entity needs a phone number first'])
  good(await w.partner.patch(`/entities/${body.id}`, { phone: '+15125550100' }))
  expect(await ask()).toEqual([409, 'The entity needs a bank account first'])
  good(
    await operator.post('/bank_accounts', {
      country: 'US',
      currency: 'USD',
      account_holder_name: 'A',
      account_number: '12345678',
      routing_number: '021000021',
    }),
  )
  good(await operator.post('/onboarding_links', { ...urls, expires_at: inDays(w, 1) }))
})

test('the id alone shows a masked phone number; answers ask for the token of the code, and a token opens its own link only', async () => {
  const w = await world()
  await company(['card'], w)
  const { link, access_token } = await opened(w)
  const base = `/internal/onboarding_links/${link.id}`
  expect(good(await w.nobody.get(base))).toMatchObject({
    phone: '+*********678',
    entity_id: w.berlin.entityId,
    partner_id: w.partner_id,
  })
  for (const path of ['stripe', 'airwallex_component']) expect((await w.nobody.get(`${base}/${path}`)).status).toBe(401)
  expect((await w.nobody.get(`/internal/onboarding_links/${crypto.randomUUID()}`)).status).toBe(404)
  const inSession = w.nobody.with({ authorization: `Bearer ${access_token}` })
  const first = good(await inSession.get(`${base}/stripe`))
  expect(first).toMatchObject({ business_type: 'organization', data: { company: { name: 'Spreewerk GmbH' } }, masks: {} })
  expect(first.requirements).toEqual([
    'business_profile',
    'representative',
    'owners',
    'directors',
    'bank_account',
    'ownership_declaration_date',
  ])
  const other = good(await w.partnerIn(w.berlin.entityId!).post('/onboarding_links', { ...urls, expires_at: inDays(w, 1) }))
  expect((await inSession.get(`/internal/onboarding_links/${other.id}/stripe`)).status).toBe(401)
  const address = { country: 'DE', city: 'Berlin', line1: 'Karl-Marx-Allee 1', postal_code: '10178' }
  const person = {
    email: 'grace@example.com',
    first_name: 'Grace',
    last_name: 'Hopper',
    phone: '+4930123456',
    date_of_birth: '1980-12-09',
    address,
    relationship: { representative: true, title: 'CEO' },
  }
  const answered = await inSession.patch(`${base}/stripe`, {
    company: { name: 'Spreewerk SE', owners_provided: true, directors_provided: true },
    persons: [person],
    business_profile: { mcc: '5734', url: 'https://example.com/' },
    bank_account: { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' },
    tos_acceptance_date: w.clock.now().toISOString(),
  })
  expect(good(answered)).toMatchObject({
    requirements: ['ownership_declaration_date'],
    data: { company: { name: 'Spreewerk SE' }, persons: [{ email: 'grace@example.com' }] },
  })
  // The same once more adds nobody and no account.
  good(
    await inSession.patch(`${base}/stripe`, {
      persons: [{ ...person, last_name: 'Murray' }],
      bank_account: { iban: 'DE89370400440532013000' },
    }),
  )
  expect(good(await w.berlin.get('/persons')).data.map(({ last_name }: Body) => last_name)).toEqual(['Murray'])
  expect(good(await w.berlin.get('/bank_accounts')).data).toHaveLength(1)
  expect((await inSession.patch(`${base}/stripe`, { persons: [{ first_name: 'Nobody' }] })).status).toBe(422)
  expect(good(await inSession.get(`${base}/airwallex_component`)).data).toHaveProperty('tos_acceptance_date')
  expect(no(await inSession.post(`${base}/airwallex_component/auth`, { code_challenge: 'x' }))[0]).toBe(409)
})

test('the page takes answers form by form, says what is wrong where it was typed, and ends when nothing is missing', async () => {
  const w = await world()
  await company(['card'], w)
  const { operator, send, show, page, headers } = await opened(w)
  expect(await show()).toContain('6 things are left')
  const refused = await send('business', { mcc: '57a4', url: 'https://example.com' })
  expect([refused.statusCode, refused.body.includes('role="alert"'), refused.body.includes('value="57a4"')]).toEqual([
    400,
    true,
    true,
  ])
  expect((await send('business', { mcc: '5734', url: 'javascript:alert(1)' })).statusCode).toBe(400)
  expect((await send('finish', {})).statusCode).toBe(409)
  expect((await send('nothing', {})).statusCode).toBe(303)
  expect(
    (await send('business', { mcc: '5734', url: 'https://example.com' }, { 'sec-fetch-site': 'cross-site' })).statusCode,
  ).toBe(403)
  expect((await send('business', { mcc: '5734', url: 'https://example.com' })).statusCode).toBe(303)
  await fillIn(w.berlin)
  expect(await show()).toContain('Nothing is missing')
  const representative = good(await w.berlin.get('/persons')).data[0]
  good(
    await operator.post(`/x/onboarding_reviews/${w.berlin.entityId}/ask`, {
      requirements: [
        {
          requirement: 'persons.documents.verification_document',
          person_id: representative.id,
          message: 'A passport & nothing else',
        },
      ],
    }),
  )
  expect(await show()).toContain('A passport &amp; nothing else')
  const upload = async (bytes: Buffer) => {
    const form = new FormData()
    form.append(`verification_document_front ${representative.id}`, new Blob([new Uint8Array(bytes)]), 'passport.png')
    form.append(`verification_document_back ${representative.id}`, new Blob([]), '')
    const encoded = new Response(form)
    return w.app.inject({
      method: 'POST',
      url: `${page}/documents`,
      headers: { ...headers, 'content-type': encoded.headers.get('content-type')! },
      payload: Buffer.from(await encoded.arrayBuffer()),
    })
  }
  const small = await upload(card(2))
  expect([small.statusCode, small.body.includes('10 KB to 10 MB')]).toEqual([400, true])
  expect((await upload(card())).statusCode).toBe(303)
  expect(await show()).toContain('Nothing is missing')
  const done = await send('finish', {})
  expect([done.statusCode, done.headers.location]).toEqual([303, 'https://example.com/done'])
})

test('whoever has no session is asked for the code, whatever they send', async () => {
  const w = await world()
  await company(['card'], w)
  const { page } = await opened(w)
  const asked = await w.app.inject({ url: page, headers: { cookie: 'quittance_onboarding=made-up' } })
  expect([asked.statusCode, asked.body.includes('Send me a code')]).toEqual([200, true])
  const sent = await w.app.inject({
    method: 'POST',
    url: `${page}/declare`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'declared=yes',
  })
  expect([sent.statusCode, sent.headers.location]).toEqual([303, page])
  expect(good(await w.berlin.get(`/entities/${w.berlin.entityId}/onboarding_data`)).ownership_declaration).toBeNull()
  expect((await w.app.inject({ url: '/onboard/nothing' })).statusCode).toBe(404)
  const csp = String(asked.headers['content-security-policy'])
  expect([csp.includes("frame-ancestors 'none'"), csp.includes('script-src'), asked.headers['referrer-policy']]).toEqual([
    true,
    false,
    'no-referrer',
  ])
})

test('the page speaks the language of whoever reads it, through all its forms, and so does the mail with the code', async () => {
  const w = await world()
  await company(['card'], w)
  const { page, headers } = await opened(w)
  const seen = new Set<string>()
  for (const language of supportedLanguages) {
    const shown = await w.app.inject({ url: page, headers: { ...headers, 'accept-language': `${language}-XX, en;q=0.5` } })
    expect(shown.body).toContain(`<html lang="${language}" dir="${isRightToLeft(language) ? 'rtl' : 'ltr'}">`)
    expect(shown.body).not.toMatch(/\{(count|name|percent|phone|field|code|minutes)\}/)
    // Not one label of the English page is left, but what is spelt alike.
    for (const [, text = ''] of shown.body.matchAll(/<(?:h1|h2|button[^>]*|label[^>]*><span)>([^<]+)</g))
      seen.add(`${language} ${text}`)
  }
  const english = [...seen].filter((one) => one.startsWith('en ')).map((one) => one.slice(3))
  for (const language of supportedLanguages.filter((one) => one !== 'en'))
    expect(english.filter((text) => seen.has(`${language} ${text}`) && !/^(E-mail|Website|IBAN)/.test(text))).toEqual([])

  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  const refused = await w.app.inject({ method: 'POST', url: `${page}/business?lang=de`, headers: form, payload: 'mcc=57a4' })
  expect([refused.statusCode, refused.body.includes('Bitte prüfen Sie „Branchencode (MCC), vier Ziffern“.')]).toEqual([400, true])
  const account = await w.app.inject({
    method: 'POST',
    url: `${page}/account?lang=fr`,
    headers: form,
    payload: 'iban=DE00&currency=EUR&country=DE',
  })
  expect(account.body).toContain('Veuillez vérifier « IBAN ».')
  const young = 'role=owner&first_name=A&last_name=B&email=a@example.com&date_of_birth=2020-01-01'
  const child = await w.app.inject({ method: 'POST', url: `${page}/person?lang=en`, headers: form, payload: young })
  expect(child.body).toContain('Please check “Date of birth”. Whoever takes part in this is 18 years old or older')
  expect(refused.body).toContain(`action="${page}/business?lang=de"`)
  const kept = await w.app.inject({ method: 'POST', url: `${page}/nothing?lang=de`, headers: form, payload: '' })
  expect(kept.headers.location).toBe(`${page}?lang=de`)
  const { cookie: _, ...stranger } = form
  const sent = await w.app.inject({ method: 'POST', url: `${page}/code?lang=pl`, headers: stranger, payload: '' })
  expect(sent.headers.location).toBe(`${page}?lang=pl&sent=1`)
  const [mail] = await w.sql<{ subject: string }>(
    `select subject from mails where entity_id = $1 order by created_at desc limit 1`,
    [w.berlin.entityId],
  )
  expect(mail?.subject).toMatch(/^\d{6} to Twój kod$/)
  const wrong = await w.app.inject({ method: 'POST', url: `${page}/verify?lang=pl`, headers: stranger, payload: 'code=1' })
  expect(wrong.body).toContain('Ten kod jest błędny lub wygasł.')
})
