import { expect, test } from 'vitest'
import type { KycFacts, KycProvider, KycReport, KycSubmission } from '../../ports/kyc.ts'

/** What everybody has to do who decides whether an entity may take payments. */

export interface Stage {
  readonly provider: KycProvider
  /** What is handed in is complete, and nothing of it is wrong. */
  readonly facts: KycFacts
  /** How many entities the provider knows by this id of ours; none where it keeps nothing. */
  known(entity_id: string): number
  /** Lets the next calls go wrong in one of the ways of the outside; none where nobody outside is asked. */
  readonly breaks?: readonly ((times: number) => void)[]
}

/** What is kept of an entity here between tries: what was done once, and what the provider calls it. */
function handIn({ provider, facts }: Pick<Stage, 'provider' | 'facts'>) {
  const done = new Map<string, Promise<{ readonly id: string }>>()
  const entity_id = crypto.randomUUID()
  let account = facts.account
  const submission = (submitted: string): KycSubmission => ({
    entity_id,
    submitted,
    at: new Date().toISOString(),
    facts: async () => ({ ...facts, account }),
    once(action, name, make) {
      const key = `${action}:${name}`
      const known = done.get(key) ?? make(`${entity_id}:${key}`)
      done.set(key, known)
      known.catch(() => done.delete(key))
      return known
    },
    keepAccount: async (told) => {
      account = told
    },
  })
  return {
    entity_id,
    account: () => account,
    submit: (submitted = 'hash') => provider.submit(submission(submitted), `${entity_id}:${submitted}`),
  }
}

const verdicts = ['approved', 'unchanged', 'rejected']
function isWellFormed(report: KycReport | null): void {
  if (report === null) return
  expect(report.id).not.toBe('')
  expect(Number.isNaN(Date.parse(report.at))).toBe(false)
  expect(verdicts).toContain(report.verdict)
  for (const { requirement, message, code } of report.asks ?? []) expect(requirement ?? message ?? code).toBeDefined()
}

export function passesTheSuite(stage: () => Stage): void {
  test('what is handed in twice is one submission, and is answered alike', async () => {
    const { known, ...rest } = stage()
    const { entity_id, submit } = handIn(rest)
    const reports = [await submit(), await submit()]
    for (const report of reports) isWellFormed(report)
    expect(reports[1]?.verdict).toBe(reports[0]?.verdict)
    expect(known(entity_id)).toBeLessThanOrEqual(1)
  })

  test('entities are told apart', async () => {
    const { known, ...rest } = stage()
    const [one, other] = [handIn(rest), handIn(rest)]
    const reports = [await one.submit(), await other.submit()]
    expect(known(other.entity_id)).toBe(known(one.entity_id))
    if (reports[0] && reports[1]) expect(reports[0].id).not.toBe(reports[1].id)
    if (one.account() !== null) expect(one.account()).not.toBe(other.account())
  })

  test('news can be asked for again and again, and say the same as long as nothing happens', async () => {
    const { provider, facts } = stage()
    const { submit, account } = handIn({ provider, facts })
    await submit()
    const known = { account: account() ?? 'nobody', verified: false, methods: facts.methods }
    const news = [await provider.news?.(known), await provider.news?.(known)]
    for (const report of news) isWellFormed(report ?? null)
    const said = (report: KycReport | undefined) => report && { ...report, id: null, at: null, ask_at: null }
    expect(said(news[1])).toEqual(said(news[0]))
  })

  test('a provider that answers late, not at all, or nonsense decides nothing; handed in again it is one submission', async () => {
    const { known, breaks = [], ...rest } = stage()
    for (const breakNext of breaks) {
      const { entity_id, submit } = handIn(rest)
      breakNext(20)
      await expect(submit()).rejects.toThrow()
      breakNext(0)
      isWellFormed(await submit())
      expect(known(entity_id)).toBe(1)
    }
  })

  test('news of somebody that it does not know are no verdict', async () => {
    const { provider, facts } = stage()
    if (!provider.news) return
    const report = await provider.news({ account: 'acct_unknown', verified: false, methods: facts.methods }).catch(() => null)
    expect(report?.verdict ?? 'unchanged').toBe('unchanged')
  })
}
