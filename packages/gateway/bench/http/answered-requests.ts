/** How many HTTP requests a gateway has answered with a price, by its metrics in the Prometheus text format. */
export function answeredIn(metrics: string): number {
  const rows = metrics.matchAll(/^trinity_lpo_requests_total\{(?=[^}]*protocol="http")(?=[^}]*status="200")[^}]*\} (\d+)$/gm)
  return [...rows].reduce((sum, [, count]) => sum + Number(count), 0)
}
