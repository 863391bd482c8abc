import type { Machinery } from '../../src/platform/machinery.ts'
import type { OpenBanking, PaymentProvider, ProviderEvent } from '../../src/ports/payments.ts'

/** What may go wrong with a provider of payments, by the call it goes wrong at. */
export type Fault =
  | 'time-out before the effect'
  | 'time-out after the effect'
  | 'events twice'
  | 'events in reverse'
  | 'garbage among the events'

class TimedOut extends Error {
  constructor() {
    super('The provider did not answer in time')
  }
}

/** The same machinery with a provider that has faults: `times` of them, then none. */
export function withFaults(machinery: Machinery, fault: Fault, times = Number.POSITIVE_INFINITY): Machinery {
  let left = times
  const strikes = () => left-- > 0
  const dial = <Provider extends PaymentProvider>(provider: Provider | null): Provider | null =>
    provider && {
      ...provider,
      ...('execute' in provider && { execute: struck(provider as unknown as OpenBanking) }),
      async start(order, key) {
        if (fault === 'time-out before the effect' && strikes()) throw new TimedOut()
        const started = await provider.start(order, key)
        if (fault === 'time-out after the effect' && strikes()) throw new TimedOut()
        return started
      },
      async news(reference) {
        const { events, ask_at } = await provider.news(reference)
        return { events: spoiled(events, fault, reference), ask_at }
      },
    }
  /** The transfer is ordered, or not, and nobody says so. */
  const struck = (bank: OpenBanking) => async (reference: string, key: string) => {
    if (fault === 'time-out before the effect' && strikes()) throw new TimedOut()
    await bank.execute(reference, key)
    if (fault === 'time-out after the effect' && strikes()) throw new TimedOut()
  }
  const { payments } = machinery
  return {
    ...machinery,
    payments: {
      testBank: payments.testBank,
      of(connected, now) {
        const all = payments.of(connected, now)
        return {
          openBanking: dial(all.openBanking),
          named: (name) => dial(all.named(name)),
          for: (method, currency, direction) => dial(all.for(method, currency, direction)),
        }
      },
    },
  }
}

function spoiled(events: readonly ProviderEvent[], fault: Fault, reference: string): readonly ProviderEvent[] {
  if (fault === 'events twice') return events.flatMap((event) => [event, event])
  if (fault === 'events in reverse') return [...events].reverse()
  if (fault !== 'garbage among the events') return events
  const at = new Date().toISOString()
  const garbage = [
    { id: `g1 ${reference}`, type: 'succeeded', reference, at, amount: -5 },
    { id: `g2 ${reference}`, type: 'succeeded', reference, at, amount: 0.5 },
    { id: `g3 ${reference}`, type: 'succeeded', reference, at: 'yesterday' },
    { id: `g4 ${reference}`, type: 'succeeded', reference, at, currency: 'XXX' },
    { id: `g5 ${reference}`, type: 'charged_back_twice', reference, at },
    { id: `g6 ${reference}`, type: 'refunded', reference, at, total: -1 },
  ] as unknown as ProviderEvent[]
  return garbage.concat(events)
}
