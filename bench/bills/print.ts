import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { renderSVG } from 'uqr'
import type { View } from './bills.ts'

const folder = fileURLToPath(new URL('layouts', import.meta.url))
const fonts = fileURLToPath(new URL('../../templates/fonts', import.meta.url))
/** 1 November 2026, so that the same bill is the same file on every run. */
const creationTimestamp = 1_793_491_200

let compiler: NodeCompiler | undefined

/** Prints a bill in a layout, with the data of the bill inside if told. */
export function print(layout: string, view: View, data?: string): Uint8Array {
  compiler ??= NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: [fonts] }] })
  compiler.resetShadow()
  const source = readFileSync(join(folder, `${layout}.typ`), 'utf8')
  const attached =
    '\n#pdf.embed("factur-x.xml", relationship: "alternative", mime-type: "text/xml", description: "Factur-X invoice")'
  const put = (name: string, content: string) => compiler!.mapShadow(join(folder, name), Buffer.from(content))
  put('printed.typ', data ? source + attached : source)
  put('data.json', JSON.stringify(view))
  put('qr.svg', renderSVG(`SPC\n0200\n1\n${view.reference}`, { border: 0 }))
  if (data) put('factur-x.xml', data)
  const compiled = compiler.compile({ mainFilePath: join(folder, 'printed.typ') })
  const fault = compiled.takeError()
  if (fault || !compiled.result)
    throw new Error(`${layout}: ${fault ? JSON.stringify(compiler.fetchDiagnostics(fault)) : 'no document'}`)
  const pdf = compiler.pdf(compiled.result, { creationTimestamp })
  compiler.evictCache(1)
  return pdf
}
