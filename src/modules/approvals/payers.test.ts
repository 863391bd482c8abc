import { expect, test } from 'vitest'
import { completeBill } from '../../../test/support/billing.ts'
import { good } from '../../../test/support/invoicing.ts'
import { type Client, permissions, type World, world } from '../../../test/support/world.ts'

/** Those who pay are told when a bill waits for them, where the partner wrote a mail for it. */

const TEMPLATE = {
  type: 'payables_notify_payer',
  language: 'en',
  name: 'To be paid',
  subject_template: 'Pay {{ document_id }}',
  body_template: '<p>{{ contact_name }}: {{ total_amount }}</p>',
  is_default: true,
}
const approved = async (who: Client) => {
  const { id } = await completeBill(who)
  good(await who.post(`/payables/${id}/approve_payment_operation`))
  return id as string
}
const mailsAbout = (w: World, id: string) =>
  w.sql<{ to: string; subject: string; text: string }>(
    `select recipients -> 0 ->> 'email' as to, subject, text from mails where object_id = $1 and key like 'payer:%' order by 1`,
    [id],
  )
const withAddress = async (w: World, who: Client, email: string) =>
  good(await w.partnerIn(who.entityId!).patch(`/entity_users/${who.userId}`, { email }))

test('who may pay gets the mail, each time the bill comes to wait; who may not gets none', async () => {
  const w = await world()
  good(await w.partner.post('/mail_templates', TEMPLATE))
  const { berlin } = w
  await withAddress(w, berlin, 'payer@example.com')
  await withAddress(w, await w.newUser(berlin.entityId!, permissions({ 'payable:pay': 'not_allowed' })), 'reader@example.com')
  await withAddress(w, await w.newUser(berlin.entityId!, permissions({ 'payable:pay': 'allowed_for_own' })), 'own@example.com')
  await withAddress(w, w.paris, 'paris@example.com')
  const id = await approved(berlin)
  await w.work()
  const [mail, ...others] = await mailsAbout(w, id)
  expect(others).toEqual([])
  expect(mail).toMatchObject({ to: 'payer@example.com', subject: expect.stringMatching(/^Pay \S/) })
  expect(mail!.text).toContain('Ada Lovelace')
  good(await berlin.post(`/payables/${id}/reopen`))
  w.clock.advance(60_000)
  good(await berlin.post(`/payables/${id}/submit_for_approval`))
  good(await berlin.post(`/payables/${id}/approve_payment_operation`))
  await w.work()
  expect(await mailsAbout(w, id)).toHaveLength(2)
})

test('without a mail of the partner nobody is written to, nor about a bill that is paid by then', async () => {
  const w = await world()
  await withAddress(w, w.berlin, 'payer@example.com')
  const silent = await approved(w.berlin)
  await w.work()
  expect(await mailsAbout(w, silent)).toEqual([])
  good(await w.partner.post('/mail_templates', TEMPLATE))
  const paid = await approved(w.berlin)
  good(await w.berlin.post(`/payables/${paid}/mark_as_paid`))
  await w.work()
  expect(await mailsAbout(w, paid)).toEqual([])
})
