import { expect, test } from 'vitest'
import type { DnsResolver } from '../../ports/names.ts'

/**
 * What everybody has to do who asks the DNS. The names are those of a zone that the test of each adapter serves: `example.com` has two texts
 * (one in two parts), a host for mail and `email.example.com` as another name of `mail.example`; `firm.example.com` leads on by two rules;
 * `broken.example` is a server in trouble, `silent.example` one that never answers, `garbage.example` one that answers nonsense.
 */
export function passesTheSuite(open: (timeout_ms: number) => DnsResolver): void {
  test('texts come whole, hosts in small letters and without a final dot', async () => {
    const resolver = open(900)
    expect(await resolver.txt('example.com')).toEqual(['v=spf1 include:mail.example ~all', 'a'.repeat(255) + 'b'.repeat(10)])
    expect(await resolver.mx('example.com')).toEqual(['mx1.mail.example'])
    expect(await resolver.cname('email.example.com')).toEqual(['mail.example'])
  })

  test('rules that lead on come in the order in which they are to be tried', async () => {
    const resolver = open(900)
    expect(await resolver.naptr('firm.example.com')).toEqual([
      { flags: 'U', service: 'Meta:SMP', regexp: '!.*!https://smp.example/a!' },
      { flags: 'U', service: 'Other:Kind', regexp: '!.*!https://other.example!' },
    ])
  })

  test('a name or a record that is not there is an empty list', async () => {
    const resolver = open(900)
    expect(await resolver.txt('nowhere.example')).toEqual([])
    expect(await resolver.mx('email.example.com')).toEqual([])
    expect(await resolver.naptr('nowhere.example')).toEqual([])
  })

  test('a server in trouble, one that never answers, and one that answers nonsense prove nothing, and nobody waits long', async () => {
    const resolver = open(900)
    const began = performance.now()
    const answers = await Promise.all(
      ['broken.example', 'silent.example', 'garbage.example'].flatMap((name) => [
        resolver.txt(name),
        resolver.mx(name),
        resolver.cname(name),
        resolver.naptr(name),
      ]),
    )
    expect(new Set(answers)).toEqual(new Set([null]))
    expect(performance.now() - began).toBeLessThan(2_500)
  })

  test('what is no name is not there, and many questions at once get an answer each', async () => {
    const resolver = open(900)
    for (const odd of ['', '..', 'a'.repeat(300)]) expect([[], null]).toContainEqual(await resolver.txt(odd))
    const many = await Promise.all(Array.from({ length: 50 }, () => resolver.mx('example.com')))
    expect(many.every((hosts) => hosts?.[0] === 'mx1.mail.example')).toBe(true)
  })
}
