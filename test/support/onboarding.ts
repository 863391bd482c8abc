import { good } from './invoicing.ts'
import { type Body, type Client, type World, world } from './world.ts'

/** Entities that somebody has to know before they take payments. */

type Sql = <Row>(text: string, values: unknown[]) => Promise<Row[]>

/** The provider has approved the entity, as if all had been handed in long ago. */
export async function approved(sql: Sql, entityId: string): Promise<void> {
  await sql(
    `insert into onboardings (partner_id, entity_id, verified_at) select partner_id, id, now() from entities where id = $1
     on conflict (entity_id) do update set verified_at = now(), rejected = null, charges = true`,
    [entityId],
  )
}

/** A picture that can be an identity card: a PNG of this many KB, another one each time. */
let papers = 0
export function card(size_kb = 20): Buffer {
  const bytes = Buffer.alloc(size_kb * 1024, ++papers % 251)
  bytes.writeUInt32BE(papers, bytes.length - 4)
  Buffer.from('89504e470d0a1a0a0000000d49484452000003e80000027608020000', 'hex').copy(bytes)
  return bytes
}

export const uploadCard = async (who: Client, file_type = 'identity_documents', bytes = card()): Promise<string> =>
  good(await who.upload('POST', '/files', { bytes, name: 'card.png', type: 'image/png' }, { file_type })).id

export const place = { country: 'DE', city: 'Berlin', line1: 'Karl-Marx-Allee 1', postal_code: '10178' }
export const grace = {
  first_name: 'Grace',
  last_name: 'Hopper',
  email: 'grace@example.com',
  phone: '+4930774619876',
  date_of_birth: '1980-12-09',
  address: place,
}

export const requirementsOf = async (who: Client, method = 'card'): Promise<Body> =>
  good(await who.get('/onboarding_requirements')).data.find((one: Body) => one.payment_method === method)
export const dueOf = async (who: Client, method = 'card'): Promise<string[]> => {
  const { requirements } = await requirementsOf(who, method)
  return requirements.past_due.concat(requirements.currently_due)
}
export const statusOf = async (who: Client, method = 'card'): Promise<string> =>
  (await requirementsOf(who, method)).verification_status
export const formOf = async (who: Client): Promise<Body> => good(await who.get('/frontend/onboarding_requirements'))

/** A German company that has enabled these methods. */
export async function company(methods: readonly string[] = ['card', 'sepa_credit'], w?: World) {
  const made = w ?? (await world())
  const { berlin } = made
  good(await made.partner.put(`/entities/${berlin.entityId}/payment_methods`, { payment_methods_receive: methods }))
  return { w: made, berlin, operator: made.partnerIn(berlin.entityId!) }
}

/** Fills in all that a German company is asked for. */
export async function fillIn(who: Client): Promise<{ representative: string }> {
  good(
    await who.patch('/entity_users/my_entity', {
      phone: '+4930774619876',
      tax_id: 'DE123456789',
      organization: { directors_provided: true, owners_provided: true },
    }),
  )
  const { id: representative } = good(
    await who.post('/persons', { ...grace, relationship: { representative: true, title: 'CEO' } }),
  )
  good(
    await who.patch(`/entities/${who.entityId}/onboarding_data`, {
      business_profile: { mcc: '5734', url: 'https://example.com' },
      ownership_declaration: {},
    }),
  )
  good(await who.post('/bank_accounts', { iban: 'DE89370400440532013000', country: 'DE', currency: 'EUR' }))
  return { representative }
}

/** The same, approved. */
export async function approvedCompany() {
  const made = await company()
  const filled = await fillIn(made.berlin)
  await made.w.work()
  return { ...made, ...filled }
}

/** Events about the onboarding of an entity, oldest first. */
export const onboardingEvents = async ({ sql }: Pick<World, 'sql'>, entityId: string): Promise<string[]> =>
  (
    await sql<{ event: string }>(
      `select event from events where entity_id = $1 and object_type = 'entity' and (event like 'onboarding%' or event like 'payment_method%') order by created_at, id`,
      [entityId],
    )
  ).map(({ event }) => event)
