import type { Metric, MetricValueWithName } from 'prom-client'
import { durationBounds } from './durations.ts'

const name = 'trinity_request_duration_seconds'

/** A histogram whose buckets are counted elsewhere: the library's own only takes single observations. */
export function durationMetric(count: (cell: string) => number): Metric {
  const get = async (): Promise<object> => {
    const values: MetricValueWithName<'le'>[] = []
    let observed = 0
    for (const [bucket, bound] of [...durationBounds, '+Inf'].entries()) {
      observed += count(`duration_bucket_${bucket}`)
      values.push({ metricName: `${name}_bucket`, labels: { le: bound }, value: observed })
    }
    values.push({ metricName: `${name}_sum`, labels: {}, value: count('duration_microseconds') / 1e6 })
    values.push({ metricName: `${name}_count`, labels: {}, value: observed })
    return { name, help: 'Time from the request read to the answer written, HTTP prices', type: 'histogram', aggregator: 'sum', values }
  }
  return { name, get, reset: () => undefined } as unknown as Metric
}
