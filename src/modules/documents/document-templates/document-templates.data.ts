import type { Design } from '../../../platform/pdf/invoice.document.ts'

/** A design of the catalogue. Its id and that of its picture are the same in every installation, for ever. */
export interface CataloguedTemplate {
  readonly id: string
  readonly preview_id: string
  readonly document_type: 'receivable'
  readonly name: string
  readonly design: Design
  readonly created_at: string
}

/** What there is to choose from. The first one of a document type is used until an entity chooses. */
export const catalogue: readonly CataloguedTemplate[] = [
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a01',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b01',
    document_type: 'receivable',
    name: 'Classic',
    design: 'classic',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a02',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b02',
    document_type: 'receivable',
    name: 'Modern',
    design: 'modern',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a03',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b03',
    document_type: 'receivable',
    name: 'Compact',
    design: 'compact',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
]
