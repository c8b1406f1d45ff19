import { expect, test } from 'vitest'
import { answeredIn } from './answered-requests.ts'

test('answers with a price over HTTP are counted, of all tiers, and nothing else', () => {
  const metrics = `# TYPE trinity_lpo_requests_total counter
trinity_lpo_requests_total{protocol="http",tier="L1_MEMORY",status="200"} 1200
trinity_lpo_requests_total{protocol="http",tier="L3_REST",status="200"} 34
trinity_lpo_requests_total{protocol="http",tier="none",status="401"} 5
trinity_lpo_requests_total{protocol="udp",tier="L1_MEMORY",status="200"} 7
`
  expect(answeredIn(metrics)).toBe(1234)
  expect(answeredIn('')).toBe(0)
})
