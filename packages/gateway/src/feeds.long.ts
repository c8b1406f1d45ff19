import { coinbaseSimulator } from '@trinity/connector-coinbase/simulator'
import { cryptocomSimulator } from '@trinity/connector-cryptocom/simulator'
import { gateioSimulator } from '@trinity/connector-gateio/simulator'
import { geminiSimulator } from '@trinity/connector-gemini/simulator'
import { krakenSimulator } from '@trinity/connector-kraken/simulator'
import { okxSimulator } from '@trinity/connector-okx/simulator'
import { type SimulatorDialect, faultTable, missedFigures, runFault } from '@trinity/core/simulation'
import { chooseSeed } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'

const dialects: readonly SimulatorDialect[] = [coinbaseSimulator, geminiSimulator, krakenSimulator, gateioSimulator, cryptocomSimulator, okxSimulator]

/** Seeds of each fault at each venue. */
const runs = 20

const faults = faultTable.filter((fault) => fault.runs !== 'sockets')

describe.each(dialects.map((dialect) => [dialect.connector.name, dialect] as const))('the feed of %s', (name, dialect) => {
  test(`keeps its figures through every fault, ${runs} times each`, async () => {
    const firstSeed = chooseSeed()
    const misses: string[] = []
    let simulatedMs = 0
    let longestBackMs = 0
    for (const fault of faults) {
      for (let i = 0; i < runs; i++) {
        const report = await runFault({ dialect, fault, seed: firstSeed + i })
        misses.push(...missedFigures(report))
        simulatedMs += report.ranMs
        longestBackMs = Math.max(longestBackMs, (report.backMs ?? 0) - (report.backWithinMs ?? 0))
      }
    }
    const hours = (simulatedMs / 3_600_000).toFixed(1)
    console.log(
      `${name}, seeds from ${firstSeed}: ${faults.length} faults, ${faults.length * runs} runs, ${hours} h of venue time, ${misses.length} figures missed`,
    )
    expect(longestBackMs).toBeLessThanOrEqual(0)
    expect(misses).toEqual([])
  })
})
