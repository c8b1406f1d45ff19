import { createMetrics } from '../../packages/gateway/src/metrics/registry.ts'
import { Totals } from '../../packages/gateway/src/metrics/totals.ts'
import { generatedPage, markdownTable } from './markdown.ts'

/** What a metric tells of itself; the library leaves the labels out of its type. */
interface KnownMetric {
  readonly name: string
  readonly help: string
  readonly type: string
}

export async function metricPage(): Promise<string> {
  const registry = createMetrics({ totals: new Totals([]), exchanges: () => [], kernelDrops: () => 0, workers: () => 0 })
  const metrics = (await registry.getMetricsAsJSON()) as unknown as readonly KnownMetric[]
  const own = metrics.filter(({ name }) => name.startsWith('trinity_'))
  const labelsOf = (name: string): string => {
    const { labelNames = [] } = registry.getSingleMetric(name) as unknown as { readonly labelNames?: readonly string[] }
    return labelNames.map((label) => `\`${label}\``).join(' ')
  }
  return generatedPage(
    'Metrics',
    '`GET /metrics` on the operators’ port answers in the Prometheus text format. Counters begin at 0 with the process and hold what all serving threads counted. Beside these stand the usual `process_` and `nodejs_` metrics of the main thread.',
    markdownTable(
      ['Metric', 'Kind', 'Labels', 'Tells'],
      own.toSorted((a, b) => a.name.localeCompare(b.name)).map(({ name, type, help }) => [`\`${name}\``, type, labelsOf(name), help]),
    ),
  )
}
