import Type from 'typebox'
import { Country, closed, listOf, named, opt, orNull, uuid, word } from '../../../platform/http/types.ts'

export const VatIDTypeEnum = word(
  [
    'ae_trn',
    'au_abn',
    'au_arn',
    'bg_uic',
    'br_cnpj',
    'br_cpf',
    'ca_bn',
    'ca_gst_hst',
    'ca_pst_bc',
    'ca_pst_mb',
    'ca_pst_sk',
    'ca_qst',
    'ch_vat',
    'cl_tin',
    'es_cif',
    'eu_oss_vat',
    'eu_vat',
    'gb_vat',
    'ge_vat',
    'hk_br',
    'hu_tin',
    'id_npwp',
    'il_vat',
    'in_gst',
    'is_vat',
    'jp_cn',
    'jp_rn',
    'kr_brn',
    'li_uid',
    'mx_rfc',
    'my_frp',
    'my_itn',
    'my_sst',
    'no_vat',
    'nz_gst',
    'ru_inn',
    'ru_kpp',
    'sa_vat',
    'sg_gst',
    'sg_uen',
    'si_tin',
    'th_vat',
    'tw_vat',
    'ua_vat',
    'us_ein',
    'za_vat',
    'unknown',
  ],
  { $id: 'VatIDTypeEnum' },
)

const value = Type.String({ maxLength: 32 })
export const EntityVatID = closed('EntityVatID', { country: Country, type: opt(VatIDTypeEnum), value })
export const EntityUpdateVatID = closed('EntityUpdateVatID', {
  country: opt(Country),
  type: opt(VatIDTypeEnum),
  value: opt(value),
})
export const EntityVatIDResponse = named('EntityVatIDResponse', {
  id: uuid,
  country: Country,
  entity_id: uuid,
  type: orNull(VatIDTypeEnum),
  value,
})
export const EntityVatIDResourceList = listOf(EntityVatIDResponse, 'EntityVatIDResourceList')
