import Type from 'typebox'
import { instant, listOf, orNull, strict, uuid, word } from '../../../platform/http/types.ts'

const hostname = Type.String({ format: 'hostname' })
const status = Type.String()

export const DNSRecordPurpose = word(['DKIM', 'SPF'], { $id: 'DNSRecordPurpose' })
export const DNSRecordType = word(['TXT', 'MX', 'CNAME'], { $id: 'DNSRecordType' })
export const DNSRecord = Type.Object(
  {
    is_active: Type.Boolean(),
    name: orNull(Type.String()),
    record_purpose: orNull(DNSRecordPurpose),
    record_type: DNSRecordType,
    valid: Type.String(),
    value: Type.String(),
  },
  { $id: 'DNSRecord' },
)
export const DNSRecords = Type.Object(
  { receiving_dns_records: Type.Array(DNSRecord), sending_dns_records: Type.Array(DNSRecord) },
  { $id: 'DNSRecords' },
)

export const DomainRequest = Type.Object({ domain: hostname }, { $id: 'DomainRequest', ...strict })
export const DomainResponse = Type.Object(
  {
    id: uuid,
    dedicated_ip: orNull(Type.String()),
    dns_records: Type.Union([DNSRecords, Type.Object({}, { additionalProperties: true })]),
    domain: hostname,
    last_updated_at: orNull(instant),
    status,
  },
  { $id: 'DomainResponse' },
)
export const DomainListResponse = listOf(DomainResponse, 'DomainListResponse')
export const VerifyResponse = Type.Object({ id: uuid, domain: hostname, status }, { $id: 'VerifyResponse' })
