import type { DnsResolver, NameRule } from '../../src/ports/names.ts'

interface Published {
  readonly record_type: string
  readonly name?: string | null
  readonly value: string
}

const zone = new Map<string, string[]>()
const rules = new Map<string, readonly NameRule[]>()
const silent = new Set<string>()
const ask = async (type: string, name: string) => (silent.has(name) ? null : (zone.get(`${type} ${name}`) ?? []))

/** The DNS of the tests: it knows what was published in it, and nothing else. */
export const dns: DnsResolver & {
  publish(records: readonly Published[]): void
  retract(records: readonly Published[]): void
  /** The name leads on by these rules. */
  leadOn(name: string, rules: readonly NameRule[]): void
  /** Nobody answers for these names any more. */
  silence(...names: string[]): void
} = {
  txt: (name) => ask('TXT', name),
  mx: async (name) => (await ask('MX', name))?.map((value) => value.replace(/^\d+ /, '')) ?? null,
  cname: (name) => ask('CNAME', name),
  naptr: async (name) => (silent.has(name) ? null : Array.from(rules.get(name) ?? [])),
  leadOn(name, leading) {
    rules.set(name, leading)
  },
  publish(records) {
    for (const { record_type, name, value } of records)
      zone.set(`${record_type} ${name}`, [...(zone.get(`${record_type} ${name}`) ?? []), value])
  },
  retract(records) {
    for (const { record_type, name } of records) zone.delete(`${record_type} ${name}`)
  },
  silence(...names) {
    for (const name of names) silent.add(name)
  },
}
