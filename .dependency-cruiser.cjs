/**
 * Who may import whom: core ← platform ← modules ← app, and ports ← adapters ← app. `npm run check:architecture` holds src to it.
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Doors of a module: what it does for others, its words, its pure decisions for copies, and the words of its data. */
const doors = '\\.(service|schema|snapshot)\\.ts$'
const door =
  'another module is used through its *.service.ts, *.schema.ts or *.snapshot.ts, never through its tables or routes; what stands in the folder of an area is for all modules in it'
/** Plug the modules together and belong to the app, wherever they stand. */
const wiring = ['^src/modules/(index|jobs|reactions)\\.ts$']

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'core imports nothing outside core, not even Node: no clock, no database, no randomness',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'platform-knows-no-module',
      comment: 'platform is written once and knows neither modules nor adapters nor the app',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/(core|platform|ports)/' },
    },
    {
      name: 'ports-are-interfaces',
      comment: 'a port is a handful of types: it may use the words of core, and a stream where bytes flow',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: ['^src/(ports|core)/', '^(node:)?stream$'] },
    },
    {
      name: 'adapters-are-plugged-in-by-the-app',
      comment: 'only the app, and an adapter itself, may name an adapter',
      severity: 'error',
      from: { path: '^src/(core|platform|ports|modules)/', pathNot: wiring },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'adapters-see-ports-only',
      comment: 'an adapter implements a port with the help of core and platform; it knows no module',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/', pathNot: '^src/(adapters|ports|core|platform)/' },
    },
    {
      name: 'modules-do-not-know-the-app',
      comment: 'a module uses core, platform, ports and other modules',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: wiring },
      to: { path: '^src/', pathNot: ['^src/(core|platform|ports)/', '^src/modules/[^/]+/'] },
    },
    {
      name: 'modules-meet-at-the-door',
      comment: door,
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/[^/]+$', pathNot: wiring },
      to: { path: '^src/modules/', pathNot: [doors, '^src/modules/$1/[^/]+$'] },
    },
    {
      name: 'modules-of-an-area-share-its-folder',
      comment: door,
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/(.+)/[^/]+$' },
      to: { path: '^src/modules/', pathNot: [doors, '^src/modules/$1/$2/[^/]+$', '^src/modules/$1/[^/]+$'] },
    },
    {
      name: 'files-are-unpacked-elsewhere',
      comment: 'what unpacks pictures, PDFs and mails runs in programs of their own (runBounded), never in the server',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.program\\.ts$', '\\.test\\.ts$', '^src/platform/reading/pdf-text\\.ts$'] },
      to: { path: 'node_modules/(sharp|@hyzyla/pdfium|tesseract\\.js|unpdf|postal-mime)/' },
    },
    {
      name: 'no-cycle',
      comment: 'two files that need each other are one file, or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'found',
      comment: 'the import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-test-in-the-product',
      comment: 'the product does not import its tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.cjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
