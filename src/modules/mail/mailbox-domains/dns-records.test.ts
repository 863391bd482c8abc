import { describe, expect, test } from 'vitest'
import type { DnsResolver } from '../../../ports/names.ts'
import { allowsSender, check, isComplete, publishesKey, recordsFor } from './dns-records.ts'

const HOST = 'mail.example'

describe('a domain allows us to send for it', () => {
  test.each([
    [['v=spf1 include:mail.example ~all'], true],
    [['V=SPF1 a mx +include:Mail.Example -all', 'google-site-verification=1'], true],
    [['v=spf1 include:mail.example'], true],
    [[], false],
    [['v=spf1 -all'], false],
    [['v=spf1 ?include:mail.example -all'], false],
    [['v=spf1 include:mail.example.evil.example -all'], false],
    [['v=spf1 -all include:mail.example'], false],
    [['v=spf10 include:mail.example'], false],
    [['v=spf1 include:mail.example ~all', 'v=spf1 mx -all'], false],
  ])('%j: %s', (texts, allowed) => {
    expect(allowsSender(texts, HOST)).toBe(allowed)
  })
})

describe('a domain publishes our key', () => {
  test.each([
    [['v=DKIM1; k=rsa; p=MIIB/+A='], true],
    [['p=MIIB/+A='], true],
    [['v=DKIM1;k=rsa;t=s;p=MII B/\t+A= ;'], true],
    [['unrelated', 'v=DKIM1; p=MIIB/+A='], true],
    [[], false],
    [['v=DKIM1; p='], false],
    [['v=DKIM1; k=ed25519; p=MIIB/+A='], false],
    [['v=DKIM2; p=MIIB/+A='], false],
    [['v=DKIM1; p=MIIB/+A=', 'v=DKIM1; p=other'], false],
  ])('%j: %s', (texts, published) => {
    expect(publishesKey(texts, 'MIIB/+A=')).toBe(published)
  })
})

test('links need no record of their own, and what nobody could tell is neither right nor wrong', async () => {
  const resolver: DnsResolver = {
    txt: async (name) => (name === 'shop.example' ? ['v=spf1 include:mail.example ~all'] : null),
    mx: async () => ['mail.example'],
    cname: async () => [],
    naptr: async () => [],
  }
  const findings = await check(resolver, 'shop.example', 'KEY', 'Mail.Example')
  expect(findings).toEqual({ spf: 'valid', dkim: 'unknown', tracking: 'invalid', mx: 'valid' })
  expect(isComplete(findings)).toBe(false)
  expect(isComplete({ ...findings, dkim: 'valid' })).toBe(true)
  expect(isComplete({})).toBe(false)
})

test('what is asked for is what passes', async () => {
  const records = Object.values(recordsFor('shop.example', 'KEY', HOST))
  const published = (type: string, name: string) =>
    records.filter((one) => one.record_type === type && one.name === name).map(({ value }) => value)
  const resolver: DnsResolver = {
    txt: async (name) => published('TXT', name),
    mx: async (name) => published('MX', name).map((value) => value.replace(/^\d+ /, '')),
    cname: async (name) => published('CNAME', name),
    naptr: async () => [],
  }
  const findings = await check(resolver, 'shop.example', 'KEY', HOST)
  expect(findings).toEqual({ spf: 'valid', dkim: 'valid', tracking: 'valid', mx: 'valid' })
})
