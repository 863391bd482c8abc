import Type from 'typebox'
import { instant, listOf, named, orNull, stamped, uuid, word } from '../../../platform/http/types.ts'

const count = Type.Integer({ minimum: 0 })
const PageSchema = named('PageSchema', {
  id: uuid,
  mimetype: Type.String(),
  number: count,
  size: count,
  url: Type.String(),
})
const PreviewSchema = named('PreviewSchema', { height: Type.Integer(), url: Type.String(), width: Type.Integer() })

/** A file as other objects show it. */
export const FileSchema = named('FileSchema2', {
  id: uuid,
  created_at: instant,
  file_type: Type.String(),
  md5: Type.String(),
  mimetype: Type.String(),
  name: Type.String({ maxLength: 512 }),
  pages: orNull(Type.Array(PageSchema)),
  previews: orNull(Type.Array(PreviewSchema)),
  region: Type.String(),
  size: count,
  url: Type.String(),
})

export const fileTypes = [
  'ocr_results',
  'ocr_files',
  'payables',
  'receivables',
  'delivery_notes',
  'receipts',
  'userpics',
  'entity_logo',
  'companies_logo',
  'zip',
  'identity_documents',
  'additional_identity_documents',
  'receivable_signatures',
  'einvoices_xml',
  'attachments',
] as const
export const AllowedFileTypes = word(fileTypes, { $id: 'AllowedFileTypes' })
export const UploadFile = named('UploadFile', { file: Type.String({ format: 'binary' }), file_type: AllowedFileTypes })

/** A file as `/files` shows it. */
export const FileResponse = named('FileResponse', {
  ...stamped,
  file_type: Type.String(),
  md5: Type.String(),
  mimetype: Type.String(),
  name: Type.String(),
  region: Type.String(),
  s3_bucket: Type.String(),
  s3_file_path: Type.String(),
  size: Type.Integer(),
  url: Type.String(),
})
export const FilesResponse = listOf(FileResponse, 'FilesResponse')
