import yauzl from 'yauzl'

/** The files of an archive as another program reads them, each with its bytes, in their order. */
export function unzip(bytes: Buffer): Promise<[name: string, bytes: Buffer][]> {
  return new Promise((done, fail) => {
    const files: [string, Buffer][] = []
    yauzl.fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) return fail(error)
      zip.on('error', fail)
      zip.on('end', () => done(files))
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (error, stream) => {
          if (error) return fail(error)
          const chunks: Buffer[] = []
          for await (const chunk of stream) chunks.push(chunk as Buffer)
          files.push([entry.fileName, Buffer.concat(chunks)])
          zip.readEntry()
        }),
      )
      zip.readEntry()
    })
  })
}
