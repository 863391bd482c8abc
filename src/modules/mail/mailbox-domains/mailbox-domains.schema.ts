import Type from 'typebox'
import { closed, instant, listOf, named, orNull, uuid, word } from '../../../platform/http/types.ts'

const hostname = Type.String({ format: 'hostname' })
const status = Type.String()

const DNSRecordPurpose = word(['DKIM', 'SPF'], { $id: 'DNSRecordPurpose' })
const DNSRecordType = word(['TXT', 'MX', 'CNAME'], { $id: 'DNSRecordType' })
export const DNSRecord = named('DNSRecord', {
  is_active: Type.Boolean(),
  name: orNull(Type.String()),
  record_purpose: orNull(DNSRecordPurpose),
  record_type: DNSRecordType,
  valid: Type.String(),
  value: Type.String(),
})
const DNSRecords = named('DNSRecords', {
  receiving_dns_records: Type.Array(DNSRecord),
  sending_dns_records: Type.Array(DNSRecord),
})

export const DomainRequest = closed('DomainRequest', { domain: hostname })
export const DomainResponse = named('DomainResponse', {
  id: uuid,
  dedicated_ip: orNull(Type.String()),
  dns_records: Type.Union([DNSRecords, Type.Object({}, { additionalProperties: true })]),
  domain: hostname,
  last_updated_at: orNull(instant),
  status,
})
export const DomainListResponse = listOf(DomainResponse, 'DomainListResponse')
export const VerifyResponse = named('VerifyResponse', { id: uuid, domain: hostname, status })
