import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publish } from '../../src/platform/figures.ts'
import { paths } from '../../src/platform/paths.ts'
import { house, world } from '../support/world.ts'

/** What lies in `deploy/` fits the product: settings and figures exist. */

const read = (...names: string[]) => readFileSync(join(paths.root, 'deploy', ...names), 'utf8')

/** Metrics and labels of an expression; words in quotes and functions are no metrics. */
function metricsOf(expression: string): { metric: string; labels: string[] }[] {
  return [...expression.matchAll(/\b([a-z]+(?:_[a-z0-9]+)+|up)(?=[{[)])(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', labels = '']) => ({
      metric,
      labels: [...labels.matchAll(/(\w+)\s*(?:=|!=|=~)/g)].map(([, name = '']) => name).filter((name) => name !== 'job'),
    }),
  )
}
const grouped = (expression: string) =>
  [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))

test('alerts and the dashboard ask for figures and labels that the server has', async () => {
  const w = await world()
  const { app } = await house()
  await w.berlin.get('/tags')
  // One of each, so that their labels are on the page.
  for (const figure of ['job', 'pdf', 'reading', 'webhook'] as const) publish(figure, { what: 'x', outcome: 'done', ms: 1 })
  await app.inject({ url: '/metrics' })
  await new Promise((done) => setTimeout(done, 1_100))
  const { body } = await app.inject({ url: '/metrics' })
  const dashboard = JSON.parse(read('monitoring', 'dashboard.json')) as { panels: { targets: { expr: string }[] }[] }
  const expressions = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...[...read('monitoring', 'alerts.yaml').matchAll(/expr: (.+)/g)].map(([, expression = '']) => expression),
  ]
  expect(expressions.length).toBeGreaterThan(20)
  const missing: string[] = []
  for (const expression of expressions) {
    const found = metricsOf(expression)
    expect(found, expression).not.toEqual([])
    for (const { metric, labels } of found) {
      if (metric === 'up') continue
      const name = metric.replace(/_(bucket|count|sum)$/, '')
      if (!body.includes(`# TYPE ${name} `)) missing.push(`${metric} in ${expression}`)
      const lines = body.split('\n').filter((line) => line.startsWith(`${metric}{`))
      if (metric.startsWith('jobs_')) continue
      for (const label of [...labels, ...grouped(expression)].filter((one) => one !== 'instance'))
        if (!lines.some((line) => line.includes(`${label}="`))) missing.push(`label ${label} of ${metric} in ${expression}`)
    }
  }
  expect(missing).toEqual([])
})

test('compose.yaml and the Containerfile use settings and files that exist', () => {
  const known = readFileSync(join(paths.root, '.env.example'), 'utf8')
  const settings = [...read('compose.yaml').matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name = '']) => name)
  for (const name of settings.filter((one) => !one.startsWith('POSTGRES_'))) expect(known, name).toContain(`# ${name}=`)
  for (const [, name = ''] of read('Containerfile').matchAll(/--from=build \/app\/(\S+)/g))
    if (name !== 'node_modules' && name !== 'dist') expect(existsSync(join(paths.root, name)), name).toBe(true)
})

test('the chart of Helm uses settings that exist, and runs what the container runs', () => {
  const known = readFileSync(join(paths.root, '.env.example'), 'utf8')
  const chart = (...names: string[]) => read('helm', 'quittance', ...names)
  const pod = chart('templates', '_helpers.tpl')
  const settings = [
    ...[...pod.matchAll(/\{ name: ([A-Z_]+), value/g)].map(([, name = '']) => name),
    ...[...chart('templates', 'secret.yaml').matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name),
    ...[...chart('values.yaml').matchAll(/^# {2}([A-Z_]+):/gm)].map(([, name = '']) => name),
  ]
  expect(settings.length).toBeGreaterThan(8)
  for (const name of settings) expect(known, name).toContain(`# ${name}=`)
  const [, user] = /^USER (\d+)/m.exec(read('Containerfile')) ?? []
  expect(pod).toContain(`runAsUser: ${user}`)
  // What compose.yaml starts, the chart starts: with the same split of jobs.
  expect([...read('compose.yaml').matchAll(/command: \[(\w+)\]/g)].map(([, command]) => command)).toEqual(['serve', 'work'])
  expect(chart('templates', 'pods.yaml')).toContain('ternary "serve" "work"')
  const { version } = JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as { version: string }
  expect(chart('Chart.yaml')).toContain(`appVersion: ${version}`)
})

const has = (program: string) => existsSync(`/usr/bin/${program}`)

test.skipIf(!has('systemd-analyze'))(
  'the unit of systemd is well formed and shut off (skipped where systemd is not installed)',
  () => {
    const unit = join(paths.root, 'deploy', 'quittance.service')
    expect(execFileSync('systemd-analyze', ['verify', unit], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('')
    const report = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' })
    expect(Number(/exposure level for quittance\.service: ([\d.]+)/.exec(report)?.[1])).toBeLessThan(3)
  },
)
