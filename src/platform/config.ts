import { isIP } from 'node:net'
import { resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { nearest } from '../core/nearest.ts'

/** Every setting, with a default that works on a laptop. Environment variables carry the same names in capitals. */
export const Config = Type.Object({
  host: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 for all interfaces.' }),
  port: Type.Integer({ default: 3000, minimum: 0, maximum: 65535, description: 'Port to listen on; 0 picks a free one.' }),
  public_url: Type.String({ default: '', description: 'Base of links in answers and mails. Empty: http://host:port.' }),
  database_url: Type.String({
    default: '',
    pattern: '^(postgres(ql)?://.*|socket:.*|/.*)?$',
    description:
      'A PostgreSQL 15 or newer, e.g. postgresql://user:password@host:5432/database. Empty: the embedded one in data_dir.',
  }),
  database_replica_url: Type.String({
    default: '',
    description:
      'A copy of the database that follows it (a hot standby): it answers what only reads, once it has all that the partner wrote. Empty: there is none.',
  }),
  database_pool: Type.Integer({ default: 12, minimum: 1, maximum: 200, description: 'Connections of this process.' }),
  database_timeout_s: Type.Integer({
    default: 20,
    minimum: 1,
    maximum: 3600,
    description: 'Seconds a statement may take. A connection that says nothing for 5 more is given up.',
  }),
  database_direct_url: Type.String({
    default: '',
    description:
      'The same database past the pooler that database_url leads to: for migrations, backups, and news of changed roles. Empty: database_url.',
  }),
  database_pooler: Type.Boolean({
    default: false,
    description: 'DATABASE_URL leads to PgBouncer, or the like, that lends connections for a transaction.',
  }),
  database_prepare: Type.Boolean({
    default: true,
    description: 'Named statements; switch off behind PgBouncer older than 1.21.',
  }),
  data_dir: Type.String({ default: './data', description: 'Folder of the embedded database and of files.' }),
  s3_bucket: Type.String({ default: '', description: 'Bucket for files of any store that speaks S3. Empty: files in data_dir.' }),
  s3_endpoint: Type.String({ default: '', description: 'Address of that store, e.g. https://s3.eu-central-1.amazonaws.com.' }),
  s3_region: Type.String({ default: 'us-east-1', description: 'Region that its requests are signed for.' }),
  s3_access_key_id: Type.String({ default: '', description: 'Its access key.' }),
  s3_secret_access_key: Type.String({ default: '', description: 'Its secret key.' }),
  region: Type.String({ default: 'eu-central-1', description: 'Word returned as the region of files.' }),
  mail_domain: Type.String({ default: 'quittance.localhost', description: 'Domain of the mailboxes that entities get.' }),
  smtp_url: Type.String({
    default: '',
    pattern: '^(smtps?://\\S+)?$',
    description: 'Mail server, e.g. smtps://user:password@host:465. Empty: mails stay in the database, see DEV_MAIL.',
  }),
  smtp_in_port: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65535,
    description: 'Port where bills and receipts come in by e-mail (SMTP), on HOST; 0 takes none.',
  }),
  mail_in_secret: Type.String({
    default: '',
    pattern: '^(\\S{16,})?$',
    description: 'Secret, 16 characters or more, of whoever hands mails over by POST /inbound/mail. Empty: nobody does.',
  }),
  mail_recipients_per_day: Type.Integer({
    default: 2000,
    minimum: 0,
    description: 'Recipients that one entity may write to within 24 hours; 0 for any number.',
  }),
  mail_logo_url: Type.String({
    default: '',
    description: 'Picture at the head of mails of entities without a logo of their own. Empty: their name.',
  }),
  dev_mail: Type.Enum(['false', 'local', 'true'], {
    default: 'false',
    description:
      'Show /dev/mail, the mails of all entities: `local` to whoever is at this machine, `true` to everybody who gets here. For development only.',
  }),
  secrets_key: Type.String({
    default: '',
    description:
      'Keys, 32 bytes in base64 each, separated by commas, that seal the credentials of other systems; the first one seals, the others open what they sealed. Empty: a key in DATA_DIR/secrets.',
  }),
  einvoice_network: Type.Enum(['local', 'folder', 'access_point', 'none'], {
    default: 'local',
    description:
      'How e-invoices travel: among the entities of this installation alone; by folders, for an access point to pick up what goes out and to leave what comes in; by the REST interface of an access point; or not at all.',
  }),
  einvoice_folder: Type.String({
    default: '',
    description: 'The folder of the network for e-invoices. Empty: DATA_DIR/einvoices.',
  }),
  einvoice_receipts: Type.Boolean({
    default: true,
    description:
      'Whether the access point leaves a receipt for each document: until then an invoice is being issued. Without, a written file counts as accepted.',
  }),
  einvoice_access_point_url: Type.String({
    default: '',
    pattern: '^(https?://\\S+)?$',
    description: 'Address of the access point, for EINVOICE_NETWORK=access_point, e.g. http://127.0.0.1:8080.',
  }),
  einvoice_access_point_token: Type.String({ default: '', description: 'The token that it wants to hear (X-Token).' }),
  einvoice_access_point_api: Type.Enum(['phoss', 'phase4'], {
    default: 'phoss',
    description:
      'Whose interface it has: phoss AP, which keeps what it sends and tells of it, or the template phase4-peppol-standalone, which sends at once.',
  }),
  einvoice_in_secret: Type.String({
    default: '',
    pattern: '^(\\S{16,})?$',
    description:
      'Secret, 16 characters or more, of whoever hands e-invoices over by POST /inbound/einvoices: as a bearer token, or signing with it. Empty: nobody does.',
  }),
  einvoice_sml_zone: Type.String({
    default: '',
    pattern: '^([a-z0-9-]+(\\.[a-z0-9-]+)+)?$',
    description:
      'Where participants of Peppol are looked up: participant.sml.prod.tech.peppol.org, or participant.sml.test.tech.peppol.org. Empty: nowhere.',
  }),
  einvoice_rules_dir: Type.String({
    default: '',
    description:
      'Folder with the official rules of e-invoices as compiled style sheets, a folder a format, for checks with official=true. Empty: there are none.',
  }),
  payments_sandbox: Type.Enum(['off', 'on', 'even_in_production'], {
    default: 'off',
    description:
      'Payments without money by cards and the like, for trying things out: payers pay, invoices are marked as paid, and nothing moves. `on` refuses to start with NODE_ENV=production.',
  }),
  test_clocks: Type.Enum(['with_sandbox', 'on', 'off'], {
    default: 'with_sandbox',
    description:
      'Whether clocks of entities may be moved, and entities put back to an earlier state: with PAYMENTS_SANDBOX and without live accounts, always, or never.',
  }),
  stripe_api_url: Type.String({
    default: 'https://api.stripe.com',
    description: 'Where Stripe is asked, for partners that connect an account there; another address stands for it in tests.',
  }),
  xero_client_id: Type.String({
    default: '',
    description: 'By which Xero knows this installation. Empty: Xero is no ledger to choose.',
  }),
  xero_client_secret: Type.String({ default: '', description: 'Its secret there.' }),
  quickbooks_client_id: Type.String({
    default: '',
    description: 'By which QuickBooks Online knows this installation. Empty: QuickBooks is no ledger to choose.',
  }),
  quickbooks_client_secret: Type.String({ default: '', description: 'Its secret there.' }),
  quickbooks_sandbox: Type.Enum(['off', 'on'], {
    default: 'off',
    description: 'Whether companies of its sandbox are connected.',
  }),
  tryton_url: Type.String({
    default: '',
    description: 'Where a Tryton 6 server answers, e.g. `http://127.0.0.1:8000`. Empty: Tryton is no ledger to choose.',
  }),
  onboarding_review: Type.Enum(['operator_unless_sandbox', 'operator', 'automatic'], {
    default: 'operator_unless_sandbox',
    description:
      'Who decides whether an entity may take payments: `operator` looks at each one (see docs/onboarding.md); `automatic` lets all pass that filled in everything, with PAYMENTS_SANDBOX only. By default automatic with the sandbox.',
  }),
  identity_document_days: Type.Integer({
    default: 90,
    minimum: 0,
    maximum: 36_500,
    description:
      'Days that documents of identity are kept after they were decided on, or uploaded and never handed in; 0 keeps them. Then their bytes are erased.',
  }),
  assistant_url: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description:
      'Where the model of the assistant is asked, at an endpoint that speaks as OpenAI does, up to /chat/completions: http://localhost:11434/v1. Empty: there is no assistant.',
  }),
  assistant_model: Type.String({ default: '', description: 'Its name there.' }),
  assistant_key: Type.String({ default: '', description: 'The key to it; none is sent where it is empty.' }),
  assistant_timeout_s: Type.Integer({
    default: 60,
    minimum: 1,
    maximum: 600,
    description: 'Seconds of silence that end an answer.',
  }),
  mcp: Type.Boolean({ default: true, description: 'Tools for assistants (Model Context Protocol) at /mcp.' }),
  mcp_allow: Type.String({
    default: '',
    pattern: '^((approve|delete|pay|rights)(,(approve|delete|pay|rights)){0,3})?$',
    description:
      'What assistants may do beyond reading and preparing: approve, delete, pay, rights (roles, users, approval policies), or some of them, separated by commas. Empty: none.',
  }),
  mcp_spending_limit: Type.String({
    default: '',
    pattern: '^([A-Z]{3} \\d{1,12}(, ?[A-Z]{3} \\d{1,12})*)?$',
    description:
      'What one user may have assistants pay and approve in a day, where MCP_ALLOW lets them: EUR 5000, USD 2000. Other currencies are refused then. Empty: no limit.',
  }),
  strict_query: Type.Boolean({
    default: false,
    description:
      'Refuse requests with query parameters that their operation does not know (422), instead of naming them in x-unknown-query.',
  }),
  payment_page_frames: Type.String({
    default: 'https:',
    pattern: '^[^;,\\s]+( [^;,\\s]+)*$',
    description: "Sites that may show the pay page in a frame, as in frame-ancestors: 'none', or origins separated by blanks.",
  }),
  scan_seconds: Type.Integer({
    default: 10,
    minimum: 2,
    maximum: 300,
    description: 'Seconds that reading a scanned bill or receipt may take; more on a slow machine.',
  }),
  token_lifetime_s: Type.Integer({ default: 1800, minimum: 900, description: 'Seconds an access token lives.' }),
  rate_limit: Type.Integer({ default: 200, minimum: 0, description: 'Requests a second for one API client; 0 switches it off.' }),
  trust_proxy: Type.String({
    default: '',
    description: 'Proxies in front whose X-Forwarded-For is believed: addresses or ranges, separated by commas. Empty: none.',
  }),
  cors_origin: Type.String({ default: '*', description: 'Allowed browser origins, separated by commas.' }),
  body_limit_bytes: Type.Integer({ default: 2_097_152, minimum: 1024, description: 'Largest JSON body.' }),
  webhooks_allow_private: Type.Boolean({
    default: false,
    description: 'Let webhooks go to plain HTTP and to private addresses. For development only.',
  }),
  webhook_delivery_days: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 36_500,
    description: 'Days that the log of webhook deliveries is kept; events stay. 0 keeps it for ever.',
  }),
  jobs: Type.Integer({
    default: 4,
    minimum: 0,
    maximum: 64,
    description: 'Job loops in the server process; 0 leaves them to `quittance work`.',
  }),
  audit_log_days: Type.Integer({
    default: 90,
    minimum: 0,
    maximum: 36_500,
    description: 'Days that requests and their answers are kept in the audit log; a month goes as a whole. 0 records none.',
  }),
  audit_log_reads: Type.Boolean({
    default: false,
    description: 'Record in the audit log also what was merely read; without, only changes and refusals. Costs reads about 6 %.',
  }),
  metrics_token: Type.String({
    default: '',
    pattern: '^(\\S{16,})?$',
    description: 'Bearer token, 16 characters or more, of whoever reads /metrics. Empty: only this machine may read them.',
  }),
  log_level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe line that is logged.',
  }),
  log_pretty: Type.Boolean({ default: false, description: 'Lines for people instead of JSON.' }),
})
export type Config = Static<typeof Config>

/** The proxies whose word on where a request comes from is believed. */
export const proxiesOf = ({ trust_proxy }: Pick<Config, 'trust_proxy'>): string[] =>
  trust_proxy.split(',').flatMap((proxy) => proxy.trim() || [])

const names = Object.keys(Config.properties).map((name) => name.toUpperCase())

/** Variables that nobody reads and that are a letter away from one that is read: somebody waits for them to work. */
function misspelt(env: Record<string, string | undefined>): string[] {
  return Object.keys(env).flatMap((name) => {
    // Short names, and those of other programs, may look like ours by chance.
    if (names.includes(name) || name.length < 8 || !/^[A-Z0-9_]+$/.test(name)) return []
    const meant = nearest(name, names, 1)
    return meant ? [`${name} is not a setting; did you mean ${meant}?`] : []
  })
}

/** The settings by name, each as its JSON Schema says what it may be. */
const settings = Config.properties as unknown as Record<string, { readonly type?: string; readonly [word: string]: unknown }>

/** What is wrong with a value: its name, what it is, and what it may be. */
function faultOf(name: string, given: Record<string, unknown>): string {
  const { enum: words, anyOf, minimum, maximum, type, description } = settings[name] ?? {}
  const choices = (words ?? (anyOf as { const: unknown }[] | undefined)?.map((one) => one.const)) as unknown[] | undefined
  const range =
    minimum !== undefined && maximum !== undefined
      ? `from ${minimum} to ${maximum}`
      : minimum !== undefined
        ? `from ${minimum}`
        : ''
  const may = choices
    ? choices.join(', ')
    : type === 'integer'
      ? `a whole number ${range}`.trim()
      : type === 'boolean'
        ? 'true or false'
        : description
  return `${name.toUpperCase()}=${given[name]} does not fit: ${may}`
}

/** What the text of a variable says. One that says nothing of this kind stays a text, which is refused then. */
function readAs(type: string | undefined, text: string): unknown {
  if (type === 'integer') return /\S/.test(text) && Number.isInteger(Number(text)) ? Number(text) : text
  if (type !== 'boolean') return text
  if (/^(true|1)$/i.test(text)) return true
  return /^(false|0)$/i.test(text) ? false : text
}

/** Reads the settings from the environment. Throws one readable message that names every wrong variable. */
export function readConfig(env: Record<string, string | undefined> = process.env, changes: Partial<Config> = {}): Config {
  const given: Record<string, string> = {}
  for (const name of Object.keys(Config.properties)) {
    const value = env[name.toUpperCase()]
    if (value !== undefined && value !== '') given[name] = value
  }
  const slips = misspelt(env)
  if (slips.length > 0) throw new Error(`Configuration: ${slips.join('; ')}`)
  const config: unknown = Object.fromEntries(
    Object.entries(settings).map(([name, { type, default: usual }]) => {
      const text = given[name]
      return [name, changes[name as keyof Config] ?? (text === undefined ? usual : readAs(type, text))]
    }),
  )
  if (!Value.Check(Config, config)) {
    const faults = [...Value.Errors(Config, config)].map((e) => faultOf(e.instancePath.slice(1), given))
    throw new Error(`Configuration: ${faults.join('; ')}`)
  }
  for (const proxy of proxiesOf(config))
    if (!isIP(proxy.split('/')[0]!))
      throw new Error(`Configuration: TRUST_PROXY ${proxy} is neither an address nor a range of addresses`)
  return { ...config, data_dir: resolve(config.data_dir) }
}
