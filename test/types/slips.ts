import Type from 'typebox'
import { flow } from '../../src/core/flow.ts'
import type { Ctx } from '../../src/platform/database/context.ts'
import { rows, table } from '../../src/platform/database/rows.ts'
import { sql } from '../../src/platform/database/sql.ts'
import type { Reactions } from '../../src/platform/events/reactions.ts'
import { type App, operation } from '../../src/platform/http/operation.ts'
import { jobs } from '../../src/platform/jobs/jobs.ts'
import '../../src/modules/approvals/approvals.jobs.ts'

/** Slips that must not compile. If typing is lost somewhere, an expected error is missing, and this file no longer compiles itself. */

const Tag = Type.Object({ id: Type.String(), name: Type.String() })
const tagTable = table('tags', Tag, { noun: 'Tag', object: 'tag' })
const order = { id: 'id', status: 'draft' }
const Order = Type.Object({ id: Type.String(), document_id: Type.String() })
const orderTable = table('payable_purchase_orders', Order, {
  noun: 'Order',
  object: 'payables_purchase_order',
  flow: flow<'draft' | 'issued', 'edit' | 'send'>('order', { draft: { edit: 'draft', send: 'issued' }, issued: {} }),
})
const body = { name: 'Marketing', colour: 'red' }
const readTag = { summary: 'Get a tag', may: 'tag:read', ok: { 200: Tag } } as const

export const slips = [
  // @ts-expect-error the table has no column of that name
  (ctx: Ctx) => rows.create(ctx, tagTable, { ...body }),
  // @ts-expect-error the name may not be null
  (ctx: Ctx) => rows.change(ctx, tagTable, 'id', { name: null }),
  // @ts-expect-error a name is needed
  (ctx: Ctx) => rows.create(ctx, tagTable, { description: 'x' }),
  // @ts-expect-error the category is a word of the database
  (ctx: Ctx) => rows.change(ctx, tagTable, 'id', { category: 'colour' }),
  // @ts-expect-error tags have no such event
  (ctx: Ctx) => rows.change(ctx, tagTable, 'id', { name: 'x' }, 'renamed'),
  // @ts-expect-error no object of that name has events
  () => table('tags', Tag, { noun: 'Tag', object: 'label' }),
  // @ts-expect-error a field that is not a column needs its SQL
  () => table('tags', Type.Object({ colour: Type.String() }), { noun: 'Tag' }),
  // @ts-expect-error there is no such table
  () => table('labels', Tag, { noun: 'Tag' }),
  // @ts-expect-error the status of a table with a flow changes by rows.move
  (ctx: Ctx) => rows.change(ctx, orderTable, 'id', { status: 'issued' }),
  // @ts-expect-error the flow has no such action
  (ctx: Ctx) => rows.move(ctx, orderTable, order, 'post', 'issued', {}),
  // @ts-expect-error orders have no such event
  (ctx: Ctx) => rows.move(ctx, orderTable, order, 'send', 'posted', {}),
  // @ts-expect-error the status is what the action leads to
  (ctx: Ctx) => rows.move(ctx, orderTable, order, 'send', 'issued', { status: 'issued' }),
  // @ts-expect-error nobody does that kind of job
  (ctx: Ctx) => jobs.add(ctx, 'approvals.macth', { object_id: 'id', at: 'now' }),
  // @ts-expect-error the job has to say which bill
  (ctx: Ctx) => jobs.add(ctx, 'approvals.match', { payable: 'id' }),
  // @ts-expect-error bills have no such event
  (): Reactions => ({ 'payable.agreed': ['approvals.match'] }),
  // @ts-expect-error that kind of job carries something else than what an event is about
  (): Reactions => ({ 'payable.approved': ['mail.send'] }),
  // @ts-expect-error PostgreSQL has not described that text
  () => sql('select colour from tags'),
  // @ts-expect-error the path names no such id
  (app: App) => app.get('/tags/:tag_id', operation(readTag), async ({ params }) => ({ id: params.tag, name: 'x' })),
  // @ts-expect-error the answer has a name
  (app: App) => app.get('/tags/:tag_id', operation(readTag), async ({ params }) => ({ id: params.tag_id })),
]
