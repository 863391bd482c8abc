import { describe, expect, test } from 'vitest'
import { actionsOf, objectTypes, type PermissionKind } from '../../src/platform/auth/permissions.ts'
import { fileFor, situation } from '../isolation/places.ts'
import { filled, type Owner, PAYABLE } from '../isolation/resources.ts'
import { type Area, areaOf } from '../support/areas.ts'
import { type Body, type Client, house, world } from '../support/world.ts'
import { ABOUT, type Door, doorsIn, type Op, OWNERLESS, operationsOf, standing } from './doors.ts'

type Grants = readonly (readonly [name: string, kind: PermissionKind])[]
const asRole = (grants: Grants) => ({
  objects: grants.map(([name, permission]) => {
    const [object_type, action_name] = name.split(':')
    return { object_type, actions: [{ action_name, permission }] }
  }),
})
const everything = objectTypes.flatMap((object) => actionsOf(object).map((action) => `${object}:${action}`))

/** Every operation of an area × every kind of permission, made from the routes: what suffices, what is missing, and that nothing else opens the door. */
export async function permissionsSuffice(area: Area): Promise<void> {
  const all = operationsOf(await house())
  const doors = doorsIn(all)
  const named = all.filter((op) => op.may[0]!.includes(':') && areaOf(op) === area)
  const w = await world()
  const entityId = w.berlin.entityId!

  describe.each(named)('$method $url', (op: Op) => {
    test('is open to whoever has exactly its permission, also limited to their own, and closed without, whatever else they may do', async () => {
      for (const sufficient of op.may)
        for (const kind of ['allowed', 'allowed_for_own'] as const) {
          const user = await w.newUser(entityId)
          const owner: Owner = { user, entityId, partner: w.partnerIn(entityId) }
          const { ids, body } = await situation(owner, op, `mine ${Math.random()}`)
          const { body: me } = await user.get('/entity_users/me')
          const become = (grants: Grants) => w.partnerIn(entityId).patch(`/roles/${me.role_id}`, { permissions: asRole(grants) })
          const others = everything.filter((name) => !op.may.includes(name)).map((name) => [name, 'allowed'] as const)

          for (const closed of [others, [...others, ...op.may.map((name) => [name, 'not_allowed'] as const)], []]) {
            await become(closed)
            const answer = await send(user, op, ids, body)
            expect(answer.status, JSON.stringify(answer.body)).toBe(403)
            const [object, action] = op.may[0]!.split(':')
            expect(answer.body.error.message).toBe(`Action ${action} for ${object} not allowed`)
          }
          // Beside its own permission it has to reach what the request names; what nobody makes is nobody's own.
          const along = doors.filter((door) => door.op.id === op.id && standsIn(door, body)).flatMap(({ asks }) => asks)
          await become([...[...along, ...(ABOUT[op.url] ?? [])].map((name) => [name, 'allowed'] as const), [sufficient, kind]])
          const answer = await send(user, op, ids, body)
          const status = kind === 'allowed_for_own' && !knowsOwn(op, sufficient) ? 403 : op.status
          expect(answer.status, `${sufficient} ${kind}: ${JSON.stringify(answer.body)}`).toBe(status)
        }
    })
  })
}

const standsIn = ({ op, place }: Door, body: Body) =>
  place.startsWith('path.') || (place.startsWith('query.') ? op.id in questions : standing(body, place).length > 0)

/** Whether an action can keep to what its user made. */
const knowsOwn = ({ url }: Op, name: string) => {
  const [object, action] = name.split(':')
  return action === 'create' || (!OWNERLESS.has(object!) && (action === 'read' || url.includes(':')))
}

/** Lists that are asked for something in particular. */
const questions: Record<string, string> = {
  get_comments: `?object_type=payable&object_id=${PAYABLE}`,
  get_accounting_synced_records: '?object_type=product',
  get_x_ledger_export: '?format=hledger',
  get_internal_counterparts_ai_suggestions: '?name=Acme',
  get_analytics_receivables: '?metric=id&aggregation_function=count',
  get_analytics_payables: '?metric=id&aggregation_function=count',
  get_analytics_credit_notes: '?metric=id&aggregation_function=count',
}

function send(as: Client, { id, method, url, form }: Op, ids: Record<string, string>, body: Body) {
  const path = filled(url, ids) + (questions[id] ?? '')
  if (form) return as.upload(method as 'POST', path, fileFor({ id }), method === 'POST' ? { file_type: 'attachments' } : {})
  const extras = { beyond: true }
  if (method === 'GET') return as.get(path, extras)
  if (method === 'DELETE') return as.delete(path, extras)
  return as[method.toLowerCase() as 'post'](path, body, extras)
}
