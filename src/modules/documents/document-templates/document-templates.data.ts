import type { Design } from '../../../platform/pdf/invoice.document.ts'
import type { Printable } from '../../../platform/pdf/pdf.worker.ts'

/** A design of the catalogue. Its id and that of its picture are the same in every installation, for ever. */
export interface CataloguedTemplate {
  readonly id: string
  readonly preview_id: string
  readonly document_type: 'receivable' | 'delivery_note' | 'purchase_order'
  readonly name: string
  /** The folder of its source, and its name in it. */
  readonly template: keyof Printable
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
    template: 'invoice',
    design: 'classic',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a02',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b02',
    document_type: 'receivable',
    name: 'Modern',
    template: 'invoice',
    design: 'modern',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a03',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b03',
    document_type: 'receivable',
    name: 'Compact',
    template: 'invoice',
    design: 'compact',
    created_at: '2025-01-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a04',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b04',
    document_type: 'delivery_note',
    name: 'Delivery note',
    template: 'delivery-note',
    design: 'classic',
    created_at: '2025-06-01T00:00:00.000000+00:00',
  },
  {
    id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2a05',
    preview_id: '6f1d3a52-0b7e-4c18-9a43-1c5b7e0d2b05',
    document_type: 'purchase_order',
    name: 'Purchase order',
    template: 'purchase-order',
    design: 'classic',
    created_at: '2025-06-01T00:00:00.000000+00:00',
  },
]

/** The name of its picture, in `templates/pdf/previews`. */
export const pictureName = ({ template, design }: CataloguedTemplate) =>
  `${template === 'invoice' ? design : `${template}-${design}`}.png`
