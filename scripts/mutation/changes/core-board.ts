import type { MutatedFile } from '../mutation.ts'

const folder = 'packages/core/src/board'
const named = (...names: readonly string[]): readonly string[] => names.map((name) => `${folder}/${name}.test.ts`)

/** The prices that all threads read, and the rules by which they change. */
export const coreBoard: readonly MutatedFile[] = [
  {
    file: `${folder}/evidence.ts`,
    tests: named('evidence', 'writer', 'order', 'undated-reading'),
    changes: [
      ['evidence: any future', "  if (time.ageMs(at, now) < -futureToleranceMs) return 'future'\n", ''],
      ['evidence: a millisecond less of future', 'time.ageMs(at, now) < -futureToleranceMs', 'time.ageMs(at, now) <= -futureToleranceMs'],
      ['evidence: a moved time orders', 'const orderAt = evidence.orderAt ?? at', 'const orderAt = at'],
      ['evidence: ids don’t order', 'orderAt === record.orderAt ? compareTradeIds(evidence.id, record.id) : ', ''],
      ['evidence: a duplicate is shown again', '  if (ids > 0) {', '  if (ids >= 0) {'],
      [
        'evidence: another price under the same id confirms',
        "if (equalDecimals(evidence.price, record.price)) return 'confirms'",
        "return 'confirms'",
      ],
      ['evidence: an older trade of the same price confirms', 'if (ids < 0 || trueAsOf', 'if (trueAsOf'],
      ['evidence: a duplicate of a live trade confirms', 'if (ids < 0 || trueAsOf === undefined || record.halted)', 'if (ids < 0 || record.halted)'],
      [
        'evidence: a timed reading proves a halted market',
        'if (ids < 0 || trueAsOf === undefined || record.halted)',
        'if (ids < 0 || trueAsOf === undefined)',
      ],
      ['evidence: an untimed reading proves a halted market', '  if (trueAsOf === undefined || record.halted)', '  if (trueAsOf === undefined)'],
      [
        'evidence: a reading from nowhere counts',
        "  if (trueAsOf === undefined || record.halted) return 'ignored'\n",
        "  if (record.halted) return 'ignored'\n",
      ],
      ['evidence: a reading older than the proof counts', 'trueAsOf >= record.confirmedAt && ', ''],
      ['evidence: a reading moves the price of a live feed', 'return isLater && (', 'return isLater || ('],
      ['evidence: a reading moves a price that the feed has shown since', ' && trueAsOf > record.feedSeenAt', ''],
      ['evidence: the feed in the same millisecond was silent', 'trueAsOf > record.feedSeenAt', 'trueAsOf >= record.feedSeenAt'],
      ['evidence: a reading of the shown trade never gives it another price', "? 'reprices' : 'ignored'", "? 'ignored' : 'ignored'"],
      ['evidence: a trade of the reading’s millisecond is old', 'tradedAt >= record.untimedAsOf', 'tradedAt > record.untimedAsOf'],
      ['evidence: a price is doubted a millisecond later', 'record.confirmedAt <= askedAt', 'record.confirmedAt < askedAt'],
      ['evidence: a proof lies in the future', 'return Math.min(Math.max(byTrade, byReading), now)', 'return Math.max(byTrade, byReading)'],
    ],
  },
  {
    file: `${folder}/writer.ts`,
    tests: named('writer', 'future-trade', 'order', 'price-finder', 'regression-proof-kept', 'directory'),
    changes: [
      ['writer: a future trade shows that the feed delivers', "if (fromFeed && verdict !== 'future') {", 'if (fromFeed) {'],
      [
        'writer: a late trade does not show that the feed delivers',
        "if (fromFeed && verdict !== 'future') {",
        "if (fromFeed && verdict === 'replaces') {",
      ],
      ['writer: a price of any length', 'evidence.price.length > maxPriceBytes || ', ''],
      ['writer: any text is a price', ' || !isPriceText(evidence.price)', ''],
      ['writer: future trades are not counted', 'this.refusals.future++', 'this.refusals.future += 0'],
      ['writer: what stands beside a refused trade counts', "isOld ? 'ignored' : judge", "false ? 'ignored' : judge"],
      ['writer: an older proof makes a price older', 'confirmedAt <= shownProof(record)', 'false'],
      ['writer: the tier of the first proof stays', '& ~255) | tierNumbers[tier]', '& ~0)'],
      ['writer: a feed that is down stays live', 'if (record !== undefined) record.feedLive = false', ''],
      [
        'writer: the same price named later loses its proof',
        'equalDecimals(evidence.price, record.price) ? record.confirmedAt : 0',
        'equalDecimals(evidence.price, record.price) ? 0 : 0',
      ],
      ['writer: a trade time ahead of ours is shown', 'Math.min(evidence.at, now + this.#time.offsetMs)', 'evidence.at'],
      ['writer: an id that does not fit is cut', ' && evidence.id.length <= textBytes ? evidence.id', ' ? evidence.id'],
      ['writer: a price that comes back is fresh since ever', '    if (wasStale) this.#freshSince[slot] = now\n', ''],
      ['writer: each proof starts the wait anew', 'if (wasStale) this.#freshSince', 'this.#freshSince'],
      [
        'writer: the next holder has the generation of the last',
        '(Atomics.load(words, start + slotWord.generation) + 1) | 0',
        'Atomics.load(words, start + slotWord.generation)',
      ],
      ['writer: the next holder has the price of the last', '      Atomics.store(words, start + slotWord.meta, 0)\n', ''],
      [
        'writer: a price is not reported',
        "      this.#storeText(start + slotWord.id, id)\n    })\n    this.emit('price', slot)",
        '      this.#storeText(start + slotWord.id, id)\n    })',
      ],
    ],
  },
  {
    file: `${folder}/writer.ts`,
    tests: named('writer', 'torn-reads'),
    changes: [
      ['writer: a write is not marked', '    Atomics.add(words, sequence, 1)\n    store()\n', '    store()\n    Atomics.add(words, sequence, 1)\n'],
    ],
  },
  {
    file: `${folder}/reader.ts`,
    tests: named('reader', 'reused-reading', 'writer', 'directory', 'price-finder'),
    changes: [
      ['reader: a slot of another listing is read', '    if (Atomics.load(words, start + slotWord.generation) !== generation) return false\n', ''],
      ['reader: an empty slot has a price', '    if (tiers[tierNumber] === undefined) return false\n', ''],
      [
        'reader: what was read once is never read again',
        'return isSame && Atomics.load(words, start + slotWord.sequence) === this.#sequence',
        'return isSame',
      ],
      ['reader: a reading of another slot is kept', ' && this.#start === start && ', ' && '],
      ['reader: a reading of another listing is kept', ' && this.#generation === generation\n', '\n'],
      ['reader: the last bytes of a price are lost', 'Math.min((length + 3) >> 2, textBytes / 4)', 'Math.min(length >> 2, textBytes / 4)'],
      ['reader: a time loses its upper half', 'Atomics.load(words, index + 1) * 0x1_0000_0000 + ', ''],
      ['reader: a time is read with its sign', '(Atomics.load(words, index) >>> 0)', 'Atomics.load(words, index)'],
      ['reader: an unknown trade time is shown', 'this.tradeTime === unknownTime ? null : this.tradeTime', 'this.tradeTime'],
      ['reader: a writer that died holds readers for ever', 'attempt < spins + naps; attempt++', 'attempt < Infinity; attempt++'],
    ],
  },
  {
    file: `${folder}/reader.ts`,
    tests: named('torn-reads'),
    changes: [['reader: a change under way is believed', '    if (Atomics.load(words, start + slotWord.sequence) !== before) continue\n', '']],
  },
  {
    file: `${folder}/board.ts`,
    tests: named('writer', 'reused-reading', 'price-finder'),
    changes: [
      ['board: memory of another layout is read', 'if (version !== layoutVersion)', 'if (false)'],
      ['board: slots overlap', 'headerWords + slot * slotWords\n', 'headerWords + slot * (slotWords - 12)\n'],
    ],
  },
  {
    file: `${folder}/price-finder.ts`,
    tests: named('price-finder'),
    changes: [
      [
        'finder: a stale price is fresh',
        'if (ageMs > reading.freshnessLimitMs) return -ageMs',
        'if (ageMs > reading.freshnessLimitMs) return freshScore',
      ],
      ['finder: a price is stale a millisecond early', 'ageMs > reading.freshnessLimitMs', 'ageMs >= reading.freshnessLimitMs'],
      [
        'finder: one that came back is preferred at once',
        'now - reading.freshSince >= settleMs ? settledScore',
        'now >= reading.freshSince ? settledScore',
      ],
      ['finder: the wait is a millisecond longer', 'now - reading.freshSince >= settleMs', 'now - reading.freshSince > settleMs'],
      ['finder: the currency changes by falling back', '      if (listing.currency !== wanted) continue\n', ''],
      ['finder: the last one is preferred', 'if (score <= bestScore) continue', 'if (score < bestScore) continue'],
      ['finder: any venue will do', '      if (venue !== undefined && listing.venue !== venue) continue\n', ''],
      ['finder: a miss leaves the price before', '    this.listing = undefined\n    if (listings', '    if (listings'],
      ['finder: no listing at all is no price', 'if (listings.length === 0) return priceOutcome.asset', ''],
      ['finder: an unknown venue is another currency', '    if (!atVenue) return priceOutcome.venue\n', ''],
      ['finder: a currency without price is none', 'offered ? priceOutcome.price : priceOutcome.quote', 'priceOutcome.quote'],
    ],
  },
  {
    file: `${folder}/directory.ts`,
    tests: named('directory'),
    changes: [
      [
        'directory: a slot is freed twice',
        '    if (this.#bySlot[listing.slot] !== listing) return\n    this.#leave(listing)',
        '    this.#leave(listing)',
      ],
      ['directory: a slot is never used again', '    this.#freeSlots.push(listing.slot)\n', ''],
      ['directory: a removed listing keeps its price', '    this.#writer.open(listing.slot, { currencyCode: 255, freshnessLimitMs: 0 })\n', ''],
      ['directory: a listing has two slots', 'if (known !== undefined) return', 'if (known === undefined && false) return'],
      ['directory: the first to come is preferred', 'listings.sort((a, b) => this.#rank(a) - this.#rank(b)),', 'listings,'],
      ['directory: a listing stays on demand', 'known.onDemand && !listing.onDemand ? this.#keep(known) : known', 'known'],
      ['directory: a removed symbol is still found', '    this.#bySymbol.delete(symbolKey(listing.venue, listing.symbol))\n', ''],
      ['directory: a removal is not reported', '    this.#leave(listing)\n    this.#tell(listing)\n', '    this.#leave(listing)\n'],
    ],
  },
  {
    file: `${folder}/assets/asset-table.ts`,
    tests: named('assets/asset-table'),
    changes: [
      ['asset table: a seventeenth listing', 'count === listingsPerAsset || ', ''],
      ['asset table: any currency', ' || !this.#text.setText(currency, false)', ''],
      ['asset table: an asset too many', ' || entry === this.#capacity) return', ') return'],
      ['asset table: a full bucket ends a search', 'bucket = (bucket + 1) & mask', 'bucket = (bucket + 1) & mask & 0'],
      ['asset table: what is left out is not counted', '    if (wanted) this.omissions.assets++\n', ''],
      ['asset table: a removed listing is still shown', '    Atomics.store(words, start + entryWord.listingCount, count)\n', ''],
      ['asset table: a change is not marked', '    Atomics.add(words, start + entryWord.sequence, 1)\n    let count', '    let count'],
    ],
  },
  {
    file: `${folder}/assets/asset-reader.ts`,
    tests: named('assets/asset-table', 'assets/torn-listings'),
    changes: [
      ['asset reader: memory of another layout is read', 'if (version !== assetLayoutVersion)', 'if (false)'],
      [
        'asset reader: listings are decoded once and for all',
        'if (sequence !== this.#sequences[entry]) this.#refresh(entry)',
        'if (this.#listings[entry] === none) this.#refresh(entry)',
      ],
      ['asset reader: a change under way is believed', '      if (Atomics.load(words, at) !== before) continue\n', ''],
      [
        'asset reader: a writer that died is waited for each time',
        '        this.#sequences[entry] = before\n        if (!isNew)',
        '        if (!isNew)',
      ],
      ['asset reader: who knows something waits, too', '        if (!isNew) return\n', ''],
      ['asset reader: the last asset is the next one, too', 'if (asset === this.#lastAsset) return', "if (this.#lastAsset !== '') return"],
    ],
  },
  {
    file: `${folder}/assets/short-text.ts`,
    tests: named('assets/short-text', 'assets/asset-table'),
    changes: [
      ['short text: 16 bytes', 'shortTextBytes = 15', 'shortTextBytes = 16'],
      ['short text: bytes beyond the end', ' || offset + length > bytes.length) return', ') return'],
      ['short text: letters beyond ASCII', '      if (code > 127) return false\n', ''],
      ['short text: brackets are capital letters', 'code >= 97 && code <= 122', 'code >= 91 && code <= 123'],
      ['short text: the same beginning is the same text', ' && words[index + 3] === this.d', ''],
    ],
  },
  {
    file: `${folder}/changes/change-reader.ts`,
    tests: named('changes/change-log'),
    changes: [
      ['change reader: memory of another layout is read', 'if (version !== changeLayoutVersion)', 'if (false)'],
      ['change reader: a ring that was overtaken is believed', 'behind >= this.#capacity || behind < 0', 'false'],
      ['change reader: a full ring is no overrun', 'behind >= this.#capacity', 'behind > this.#capacity'],
      ['change reader: one that stopped hears on', 'while (!stopped && next !== end)', 'while (next !== end)'],
      ['change reader: one that stopped stays counted', '      Atomics.sub(words, changeHeader.listeners, 1)\n', ''],
      ['change reader: the wait of one that stopped stays', '      Atomics.notify(words, changeHeader.head)\n', ''],
      ['change reader: a count of notes ends at 32 bits', 'next = (next + 1) | 0', 'next = next + 1'],
      ['change reader: a stop counts twice', '      if (stopped) return\n      stopped = true', '      stopped = true'],
    ],
  },
  {
    file: `${folder}/changes/change-log.ts`,
    tests: named('changes/change-log'),
    changes: [
      [
        'change log: a note is announced before it is written',
        '    Atomics.store(words, changeHeaderWords + (head & this.#mask), entry)\n    Atomics.store(words, changeHeader.head, head + 1)\n',
        '    Atomics.store(words, changeHeader.head, head + 1)\n',
      ],
      ['change log: nobody is woken', '    if (Atomics.load(words, changeHeader.listeners) > 0) Atomics.notify(words, changeHeader.head)\n', ''],
    ],
  },
]
