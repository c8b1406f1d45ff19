import type { MutatedFile } from '../mutation.ts'

const folder = 'packages/core/src/access'
const gateTests = ['gate', 'sleeping-thread', 'changing-key'].map((name) => `${folder}/${name}.test.ts`)
const tableTests = [`${folder}/key-table.test.ts`, `${folder}/changing-key.test.ts`]

/** Keys, their limits, and the shared memory in which threads count. */
export const coreAccess: readonly MutatedFile[] = [
  {
    file: `${folder}/gcra.ts`,
    tests: [`${folder}/gcra.test.ts`],
    changes: [
      ['gcra: a rate that overflows within ten years is countable', '<= highestUnitsPerUs\n', '<= 10 * highestUnitsPerUs\n'],
      ['gcra: a rate that lasts for ten years is refused', '= 29_000', '= 28_000'],
      ['gcra: a fast cell counts as slow', 'unitsPerUs <= 128 && ', ''],
      ['gcra: a cell with a large burst counts as slow', ' && burstUnits <= 2 ** 30', ''],
      ['gcra: a burst of 2³² units counts as slow', 'burstUnits <= 2 ** 30', 'burstUnits <= 2 ** 32'],
      ['gcra: a wait is rounded down', 'Math.ceil(units / unitsPerUs)', 'Math.floor(units / unitsPerUs)'],
      ['gcra: a moment loses its carry', 'usAbove * unitsPerUs + above', 'usAbove * unitsPerUs'],
      ['gcra: a later moment loses its carry', 'moment.above + above', 'moment.above'],
      ['gcra: a cell is read half before and half after a carry', '      if (Atomics.load(words, cell + high) !== above) continue\n', ''],
      ['gcra: a lower word is read with its sign', 'this.below = below >>> 0', 'this.below = below'],
      ['gcra: upper words count for nothing', '(this.above - moment.above) * carry + ', ''],
      ['gcra: any cell is exchanged by its lower word', 'slow && to.above', 'to.above'],
      ['gcra: a carry is exchanged by the lower word', ' && to.above === from.above', ''],
      ['gcra: a lower word is exchanged alone however far it goes', ' && to.below - from.below < 2 ** 31', ''],
      ['gcra: a lower word may go round halfway and one more', '- from.below < 2 ** 31', '- from.below <= 2 ** 31'],
      ['gcra: an exchange of both words always succeeds', 'expected, to.bits) === expected', 'expected, to.bits) !== undefined'],
    ],
  },
  {
    file: `${folder}/gate.ts`,
    tests: gateTests,
    changes: [
      ['gate: an arrival that no plan can have left shuts a key', 'this.#isForeign(ahead) ? 0 : Math.max(0, ahead)', 'Math.max(0, ahead)'],
      ['gate: an idle bucket holds more than its burst', 'Math.max(0, ahead)\n', 'ahead\n'],
      ['gate: a bucket holds one request more', 'this.#ahead > (this.#burst - 1) * this.#units', 'this.#ahead > this.#burst * this.#units'],
      ['gate: a bucket holds one request less', 'this.#ahead > (', 'this.#ahead >= ('],
      ['gate: a row beyond the table is looked at', 'row >>> 0 >= rows', 'row > rows'],
      ['gate: a revoked key is admitted', '!== keyStatus.active', '=== keyStatus.free'],
      ['gate: a look takes a request', '        if (!takes) return (this.#verdict = verdict.admitted)\n', ''],
      [
        'gate: a used-up month is not seen before the rate',
        '        if (quota >= 0 && !this.#readMonth(start, quota)) return (this.#verdict = verdict.quotaExceeded)\n',
        '',
      ],
      [
        'gate: a lost exchange is admitted all the same',
        'if (!swapArrival(words, wide, cell, this.#arrival, this.#next, slow)) continue',
        'swapArrival(words, wide, cell, this.#arrival, this.#next, slow)',
      ],
      [
        'gate: the last of a month that another thread had costs its rate',
        '          swapArrival(words, wide, cell, this.#next, this.#arrival, slow)\n',
        '',
      ],
      ['gate: a month never turns', '    if (quota >= 0) this.#month.turnTo(nowMs)\n', ''],
      ['gate: a retry comes too early', 'Math.ceil(usIn(', 'Math.floor(usIn('],
      ['gate: a retry comes a request too early', 'this.#msUntil(this.#ahead - (this.#burst - 1)', 'this.#msUntil(this.#ahead - this.#burst'],
      ['gate: a part of a request counts as left', 'Math.floor((this.#burst', 'Math.ceil((this.#burst'],
      ['gate: only whole milliseconds count', 'Math.round(monotonicMs * 1000)', 'Math.round(monotonicMs) * 1000'],
      ['gate: a key without a month shows one', 'this.monthRemaining < 0 ? 0 : ', ''],
    ],
  },
  {
    file: `${folder}/quota.ts`,
    tests: [`${folder}/gate.test.ts`],
    changes: [
      ['quota: counts of months are cut', 'const usedMask = 0xff_ffff', 'const usedMask = 0x7'],
      ['quota: a month that is over goes on for who went back', 'nowMs >= this.startMs && ', ''],
      ['quota: the first millisecond belongs to the month before', 'nowMs < this.endMs', 'nowMs <= this.endMs'],
      ['quota: the same month of another year is the same', '(year - 1970) * 12 + month', 'month'],
      ['quota: one request more than the quota', '>= quota) return false', '> quota) return false'],
      ['quota: the first request of a month is free', '(month << 24) | 1', 'month << 24'],
      ['quota: a late thread turns the month back', 'ahead === 0 || ahead === 1', 'ahead === 0'],
      ['quota: months beyond the 256th are never the same', ' - month) & 255', ' - month)'],
    ],
  },
  {
    file: `${folder}/quota.ts`,
    tests: [`${folder}/changing-key.test.ts`],
    changes: [
      [
        'quota: what another thread counted meanwhile is overwritten',
        'if (Atomics.compareExchange(words, index, cell, next) === cell) return true',
        'Atomics.store(words, index, next)\n    return true',
      ],
    ],
  },
  {
    file: `${folder}/key-table.ts`,
    tests: gateTests,
    changes: [
      ['key table: a bucket keeps its fill under another plan', 'if (isOther || stateBefore >>> 16 !== plan) fillBucket', 'if (isOther) fillBucket'],
    ],
  },
  {
    file: `${folder}/key-table.ts`,
    tests: tableTests,
    changes: [
      ['key table: one key under two ids', 'owner >= 0 && owner !== known', 'false'],
      ['key table: a hash of another length is taken', '    for (const bytes of [hash, macKey]) require32Bytes(bytes)\n', ''],
      [
        'key table: a secret is not marked while it is written',
        '      Atomics.add(words, start + rowWord.epoch, 1)\n      if (isOther)',
        '      if (isOther)',
      ],
      ['key table: the use of a key goes to the next one of its row', '    if (isOther) Atomics.store(words, start + rowWord.quota, 0)\n', ''],
      [
        'key table: sessions of a key that was restored live on',
        'if (!isOther && ((stateBefore ^ state) & statusMask) !== 0) Atomics.add',
        'if (false) Atomics.add',
      ],
      ['key table: a restored key may be given away', 'if (!entry.revoked) this.#revoked.delete(row)', 'if (!entry.revoked) this.#revoked.add(row)'],
      ['key table: a second revocation ends sessions again', ' || this.#revoked.has(row)) return', ') return'],
      [
        'key table: sessions of a revoked key live on',
        '    Atomics.add(words, start + rowWord.epoch, 2)\n    this.#revoked.add(row)',
        '    this.#revoked.add(row)',
      ],
      ['key table: a row too many', '< this.#layout.rows) return', '<= this.#layout.rows) return'],
      ['key table: a place that was left ends a search', 'indexMask), -1)\n', 'indexMask), 0)\n'],
      ['key table: a place that was left is never taken again', 'indexMask)) > 0) probe++', 'indexMask)) !== 0) probe++'],
      ['key table: the longest way is not noted', 'if (probe > Atomics.load(words, keyHeader.longestProbe))', 'if (false)'],
      ['key table: the holder before keeps its row', '    this.#rowOfId.delete(holder.id)\n', ''],
      ['key table: the same entry again hides a revocation', ' && this.#revoked.has(known) === entry.revoked', ''],
    ],
  },
  {
    file: `${folder}/key-reader.ts`,
    tests: tableTests,
    changes: [
      ['key reader: a short hash finds a key', 'hash.length !== 32', 'hash.length > 32'],
      ['key reader: a secret is read while it is written', '      if ((epoch & 1) === 1) continue\n', ''],
      [
        'key reader: a secret that changed meanwhile is believed',
        'if (Atomics.load(words, start + rowWord.epoch) === epoch) return true',
        'return true',
      ],
      [
        'key reader: a key without secret has one of zeros',
        '      if ((Atomics.load(words, start + rowWord.state) & macKeyBit) === 0) return false\n',
        '',
      ],
      ['key reader: the last place of a search is left out', 'probe <= longest', 'probe < longest'],
      ['key reader: four bytes of a hash are enough', 'i < count; i++', 'i < 1; i++'],
      ['key reader: a row that nobody has is not revoked', '!== keyStatus.active', '=== keyStatus.revoked'],
      ['key reader: a month of no requests is one without limit', 'value < 0 ? null', 'value <= 0 ? null'],
      ['key reader: a search never ends', 'probe <= longest; probe++', 'probe <= longest;'],
    ],
  },
  {
    file: `${folder}/key-layout.ts`,
    tests: tableTests,
    changes: [
      ['key layout: memory of another layout is read', 'if (version !== keyLayoutVersion)', 'if (false)'],
      ['key layout: two bytes of a hash fall together', '?? 0) << 16)', '?? 0) << 8)'],
      ['key layout: an index without empty places', 'Math.max(rows, 8) * 2', 'Math.max(rows, 8)'],
    ],
  },
  {
    file: `${folder}/check-plan.ts`,
    tests: [`${folder}/check-plan.test.ts`],
    changes: [
      ['plan: half a request a second', '!Number.isInteger(value) || ', ''],
      ['plan: nothing a second', 'value < least', 'value < 0'],
      ['plan: more than the highest', ' || value > most', ''],
      ['plan: the highest is refused', 'value > most', 'value >= most'],
      ['plan: any rate can be counted', '    if (!isCountable(queriesPerSecond)) throw uncountable(queriesPerSecond)\n', ''],
      ['plan: any burst', "    requireCount('burst', burst ?? 0, 1, highestBurst)\n", ''],
      ['plan: any number of reports', "  if (monthlyReports !== null) requireCount('monthlyReports', monthlyReports, 0, highestQuota)\n", ''],
      ['plan: the nearest rate is one that can’t be counted', 'while (!isCountable(rate)) rate += step', 'rate += step'],
    ],
  },
]
