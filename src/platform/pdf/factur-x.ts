/**
 * Says in the metadata of a PDF/A-3 file that the invoice inside of it is a Factur-X (ZUGFeRD) of the profile EN 16931. The metadata grow where
 * they stand, and the table of places says where everything behind them is now (ISO 32000-1, 7.5.4).
 */

export const FACTUR_X_NAME = 'factur-x.xml'

const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'

/** The schema by which readers of metadata know our properties: a PDF/A explains whatever is not its own. */
const property = (name: string, description: string) =>
  `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${description}</pdfaProperty:description></rdf:li>`
const SCHEMA = `<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${[
  property('DocumentFileName', 'The name of the embedded XML document'),
  property('DocumentType', 'The type of the hybrid document in capital letters, e.g. INVOICE or ORDER'),
  property('Version', 'The actual version of the standard applying to the embedded XML document'),
  property('ConformanceLevel', 'The conformance level of the embedded XML document'),
].join('')}</rdf:Seq></pdfaSchema:property></rdf:li>`
const DESCRIPTION = `<rdf:Description rdf:about="" xmlns:fx="${NAMESPACE}"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>${FACTUR_X_NAME}</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>`

/** The only bag that schemas may stand in: a second one makes the whole packet unreadable. */
const BAG_END = '</rdf:Bag></pdfaExtension:schemas>'
const PACKET_END = '</rdf:RDF>'

/** Throws what it doesn't know: a file that is put together in another way is not guessed at. */
export function markFacturX(pdf: Buffer): Buffer {
  // Every byte is one letter, so that places in the text are places in the file.
  const text = pdf.toString('latin1')
  const kind = text.indexOf('/Type /Metadata')
  const begin = text.lastIndexOf(' 0 obj\n', kind)
  const [, number] = /(\d+)$/.exec(text.slice(Math.max(0, begin - 10), begin)) ?? []
  const from = text.indexOf('\nstream\n', kind) + '\nstream\n'.length
  // Compressed, it could not be read.
  if (kind < 0 || begin < 0 || !number || text.slice(begin, from).includes('/Filter'))
    throw new Error('The PDF has no metadata that can be read')
  const packet = text.slice(from, text.indexOf('endstream', from)).trimEnd()
  if (!packet.includes(BAG_END) || !packet.includes(PACKET_END)) throw new Error('The metadata of the PDF has no schemas')
  const written = packet.replace(BAG_END, `${SCHEMA}${BAG_END}`).replace(PACKET_END, `${DESCRIPTION}${PACKET_END}`)

  const start = begin - number.length
  const end = text.indexOf('endobj', from)
  const object = `${number} 0 obj\n<<\n  /Length ${written.length}\n  /Type /Metadata\n  /Subtype /XML\n>>\nstream\n${written}\nendstream\n`
  const table = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1])
  if (!(table > 0) || table < end || text.slice(table, table + 4) !== 'xref')
    throw new Error('The PDF has no classic cross-reference table')
  const moved = object.length - (end - start)
  const behind = text.slice(table, text.lastIndexOf('startxref'))
  const shifted = behind.replace(/^(\d{10}) (\d{5}) n/gm, (_, offset: string, generation: string) => {
    const own = Number(offset)
    return `${String(own > start ? own + moved : own).padStart(10, '0')} ${generation} n`
  })
  const tail = `${shifted}startxref\n${table + moved}\n%%EOF\n`
  const [kept, rest] = [pdf.subarray(0, start), pdf.subarray(end, table)]
  return Buffer.concat([kept, Buffer.from(object, 'latin1'), rest, Buffer.from(tail, 'latin1')])
}
