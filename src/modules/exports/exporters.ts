import type { Exporter } from '../common/exporting/exporter.service.ts'
import { payableExporter } from '../payables/export.service.ts'
import { receivableExporter } from '../receivables/export.service.ts'

/** Every kind of document that can be exported, in the order of an archive. */
export const exporters: readonly Exporter[] = [payableExporter, receivableExporter]
