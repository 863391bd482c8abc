import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Static } from 'typebox'
import { conflict } from '../../../core/refusal.ts'
import { keptSecrets } from '../../../platform/connections/kept-secrets.ts'
import type { Sealing } from '../../../platform/connections/sealing.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { DKIM_SELECTOR, type Findings, type RecordName, recordsFor } from './dns-records.ts'
import { type DNSRecord, DomainResponse } from './mailbox-domains.schema.ts'

export const takenDomain = conflict('This domain is registered already')

/** The domains of a partner. `host` says where their mail goes: the records of each lead there. */
export const mailboxDomainTable = (host: () => string) =>
  table('mailbox_domains', DomainResponse, {
    noun: 'Mailbox domain',
    computed: {
      dedicated_ip: 'null::text',
      last_updated_at: 't.updated_at',
      dns_records: `json_build_object('key', t.dkim_public_key, 'findings', t.findings)`,
    },
    clashes: { mailbox_domains_domain: takenDomain },
    present(row) {
      const { key, findings } = row.dns_records as { key: string; findings: Findings }
      return { ...row, dns_records: presented(row.domain as string, key, host(), findings) }
    },
  })

function presented(domain: string, publicKey: string, host: string, findings: Findings) {
  const records = recordsFor(domain, publicKey, host)
  const shown = (name: RecordName): Static<typeof DNSRecord> => ({
    ...records[name],
    is_active: findings[name] === 'valid',
    valid: findings[name] ?? 'unknown',
  })
  return { sending_dns_records: [shown('spf'), shown('dkim'), shown('tracking')], receiving_dns_records: [shown('mx')] }
}

const generate = promisify(generateKeyPair)

/** A key pair to sign mail with: 2048 bits of RSA, as RFC 8301 asks. The public half is base64 as it stands in the DNS. */
export async function newDkimKey(): Promise<{ private_key: string; public_key: string }> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { private_key: privateKey, public_key: publicKey.toString('base64') }
}

/** What a mail from a domain is signed with, named as nodemailer names it. */
export interface DkimKey {
  readonly domainName: string
  readonly keySelector: string
  readonly privateKey: string
}

/** The private halves, as they are kept. */
export const dkimKeys = keptSecrets({
  kind: 'mailbox domain',
  all: sql(
    `select id, partner_id, dkim_private_key as plain, sealed_dkim_key as sealed from mailbox_domains order by id for update`,
  ),
  keep: sql(
    `update mailbox_domains set dkim_private_key = null, sealed_dkim_key = :sealed where id = :id and partner_id = :partner_id`,
  ),
})

const SIGNING_KEY = sql(`
  select id, partner_id, domain, dkim_private_key as plain, sealed_dkim_key as sealed from mailbox_domains where domain = :domain and status = 'active' and deleted_at is null`)

/** The key of a verified domain of the partner; null for any other, from which nothing may be sent in its name. */
export async function dkimOf(ctx: Ctx, sealing: () => Promise<Sealing>, domain: string): Promise<DkimKey | null> {
  const row = await SIGNING_KEY.maybe(ctx, { domain: domain.toLowerCase() })
  if (!row) return null
  return { domainName: row.domain, keySelector: DKIM_SELECTOR, privateKey: dkimKeys.open(await sealing(), row) }
}
