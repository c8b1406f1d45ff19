import type { MutatedFile } from '../mutation.ts'

const folder = 'packages/udp/src/client'
const tests = ['query', 'session', 'keep-alive'].map((name) => `${folder}/${name}.test.ts`)

/** The client that asks for prices. */
export const udpClient: readonly MutatedFile[] = [
  {
    file: `${folder}/seal.ts`,
    tests: [`${folder}/seal.test.ts`],
    changes: [
      ['seal: longer than a datagram', ' || datagram.length > wireSize.datagramMost) return', ') return'],
      ['seal: a byte longer than a datagram', 'datagram.length > wireSize.datagramMost', 'datagram.length > wireSize.datagramMost + 1'],
      ['seal: shorter than a header and a tag', 'datagram.length < wireSize.header + wireSize.tag', 'datagram.length < wireSize.tag'],
      ['seal: any tag is right', 'return this.#sip.verify(keyAt, inAt, datagram.length - wireSize.tag)', 'return true'],
      ['seal: every session has the same key', '    this.#sip.memory.set(sessionKey, keyAt)\n', ''],
    ],
  },
  {
    file: `${folder}/call.ts`,
    tests,
    changes: [
      ['call: a listener is left at each signal', "    this.#signal?.removeEventListener('abort', this.#onAbort)\n", ''],
      ['call: a timer is left', '    this.cancelTimer()\n', ''],
      ['call: a query is sent once more', 'this.attemptsLeft = request.attempts', 'this.attemptsLeft = request.attempts + 1'],
      ['call: a query lives through any number of sessions', 'this.renewalsLeft = request.attempts', 'this.renewalsLeft = Infinity'],
    ],
  },
  {
    file: `${folder}/calls.ts`,
    tests,
    changes: [
      ['calls: an answered query is answered again', '    for (const requestId of call.requestIds) this.#byRequestId.delete(requestId)\n', ''],
      ['calls: only the last attempt may be answered', '    call.requestIds.push(requestId)\n', ''],
      ['calls: timers of the session before go on', '      call.cancelTimer()\n', ''],
      ['calls: closing forgets queries', 'for (const call of this.#all) this.settle(call, end)', 'this.#all.clear()'],
    ],
  },
  {
    file: `${folder}/errors.ts`,
    tests,
    changes: [
      ['client errors: a limit is an overload', "new UdpError('RATE_LIMITED', `The rate", "new UdpError('OVERLOADED', `The rate"],
      ['client errors: behind is ahead', "offsetMs > 0 ? 'behind'", "offsetMs < 0 ? 'behind'"],
      ['client errors: why a query was in vain is lost', 'cause === undefined ? {} : { cause }', '{}'],
    ],
  },
  {
    file: `${folder}/handshake.ts`,
    tests,
    changes: [
      ['handshake: the answer to the HELLO before opens a session', '!this.#said || ', ''],
      ['handshake: each request to start begins anew', '    if (this.#running) return\n    this.#running = true', '    this.#running = true'],
      ['handshake: HELLOs as fast as they are asked for', 'if (waitMs > 0)', 'if (false)'],
      ['handshake: a HELLO more', 'if (left === 0) {', 'if (left < 0) {'],
      ['handshake: the clock is off the other way', 'serverTimeMs - this.#environment.now()', 'this.#environment.now() - serverTimeMs'],
      ['handshake: every session has the same nonce', '    this.#environment.random(this.#nonce)\n', ''],
      [
        'handshake: a HELLO is repeated with another nonce',
        '    this.#sentAt = this.#environment.elapsed()\n',
        '    this.#sentAt = this.#environment.elapsed()\n    this.#environment.random(this.#nonce)\n',
      ],
      ['handshake: what was answered is said again', '    this.#running = false\n    this.#cancel()\n', '    this.#running = false\n'],
      ['handshake: an answer while nobody asks', '!this.#running || !this.#said', '!this.#said'],
    ],
  },
  {
    file: `${folder}/keep-alive.ts`,
    tests,
    changes: [
      ['keep-alive: a PING is late', 'pingEveryMs - idleMs : pingEveryMs', 'pingEveryMs : pingEveryMs'],
      ['keep-alive: no PING after exactly a minute', 'if (idleMs >= pingEveryMs) this.#ping()', 'if (idleMs > pingEveryMs) this.#ping()'],
      ['keep-alive: a PING in spite of other traffic', 'if (idleMs >= pingEveryMs) this.#ping()', 'this.#ping()'],
      ['keep-alive: a timer is left', '  stop(): void {\n    this.#cancel()', '  stop(): void {'],
    ],
  },
  {
    file: `${folder}/options.ts`,
    tests,
    changes: [
      ['client options: any port', 'port, 65_535)', 'port, Infinity)'],
      [
        'client options: request ids run out of their range',
        'const mostRequests = requestIdEnd - firstRequestIdBelow',
        'const mostRequests = 2 * requestIdEnd',
      ],
      ['client options: the time of a query is that of the client', 'timeoutMs ?? defaults.timeoutMs', 'defaults.timeoutMs'],
    ],
  },
  {
    file: `${folder}/request-check.ts`,
    tests,
    changes: [
      ['request: no asset', 'assets.length === 0 || ', ''],
      ['request: one asset too many', 'assets.length > most', 'assets.length > most + 1'],
      ['request: a symbol of 16 characters', '{1,15}', '{1,16}'],
      ['request: a symbol with a blank', '/^[!-~]', '/^[ -~]'],
      ['request: half a count', 'Number.isInteger(value) && ', ''],
      ['request: a count of none', 'value >= 1', 'value >= 0'],
    ],
  },
  {
    file: `${folder}/session.ts`,
    tests,
    changes: [
      ['session: request ids begin anywhere', 'start % firstRequestIdBelow', 'start'],
      ['session: a request too many', 'this.#nextId + requests - 1', 'this.#nextId + requests'],
      ['session: one that the server has forgotten is used', ' && elapsedMs - this.#heardAt < this.#welcome.lifetimeSeconds * 1000', ''],
      ['session: one is used at the very end of its life', 'this.#heardAt < this.#welcome', 'this.#heardAt <= this.#welcome'],
      ['session: answers don’t prolong it', '    this.#heardAt = elapsedMs\n', ''],
      ['session: the same request id again', 'const requestId = this.#nextId++', 'const requestId = this.#nextId'],
    ],
  },
  {
    file: `${folder}/price-client.ts`,
    tests,
    changes: [
      ['client: an attempt less', 'if (call.attemptsLeft-- === 0) {', 'if (--call.attemptsLeft === 0) {'],
      ['client: plain silence asks for no session', '      if (!session.heardSince(call.startedAt)) this.#handshake.start()\n', ''],
      ['client: a lost session costs an attempt', '    if (wasSent) call.attemptsLeft++\n', ''],
      ['client: a query outlives any number of sessions', 'if (wasSent && call.renewalsLeft-- === 0) {', 'if (false) {'],
      ['client: queries go out while a session is asked for', ' && !this.#handshake.running) return', ') return'],
      [
        'client: a forged QUOTE is believed',
        'if (call === undefined || !this.#isFromServer(datagram)) return false',
        'if (call === undefined) return false',
      ],
      ['client: a forged refusal is believed', '    if (!this.#isFromServer(datagram)) return false\n', ''],
      ['client: a forged PONG is believed', ' || !this.#isFromServer(datagram)) return false\n    this.#pingId', ') return false\n    this.#pingId'],
      ['client: any PONG is an answer', 'pong.requestId !== this.#pingId || ', ''],
      ['client: a PONG is an answer twice', '    this.#pingId = undefined\n    return true', '    return true'],
      ['client: a refusal of nothing counts', 'call === undefined && refusal.requestId !== this.#pingId', 'false'],
      [
        'client: a forged loss of the session ends it',
        '      this.#handshake.start()\n      return true',
        '      this.#session = undefined\n      this.#handshake.start()\n      return true',
      ],
      ['client: a lost session is not noticed', '      this.#handshake.start()\n      return true', '      return true'],
      ['client: a refused query waits on', '    if (call !== undefined) this.#calls.settle(call, () => call.reject(refusalError(refusal)))\n', ''],
      ['client: a failed session keeps its timer', '    this.#session = undefined\n    this.#keepAlive.stop()', '    this.#session = undefined'],
      ['client: why no HELLO was answered is lost', '    if (this.#lastFailure !== undefined) error.cause = this.#lastFailure\n', ''],
      ['client: an old failure is the cause of a new one', '    this.#lastFailure = undefined\n    return true', '    return true'],
      ['client: what the server takes is not asked', 'this.#session?.maxAssets ?? assetsMost', 'assetsMost'],
      ['client: a closed one is asked', '    if (this.#closed !== undefined) throw closedError()\n', ''],
      ['client: closing leaves timers', '    this.#handshake.stop()\n    this.#keepAlive.stop()', '    this.#handshake.stop()'],
      ['client: closing leaves queries', '    this.#calls.settleAll((call) => call.reject(closedError()))\n', ''],
      ['client: an aborted one connects', '    signal?.throwIfAborted()\n    const client', '    const client'],
      ['client: an abort while connecting is not heard', "    signal?.addEventListener('abort', abort, { once: true })\n", ''],
      ['client: a query that was aborted is sent', '    signal?.throwIfAborted()\n    if (this.#closed', '    if (this.#closed'],
      ['client: clock errors are not heard', 'datagram.length === wireSize.clockError ? this.#handshake.receive(datagram) : ', ''],
      ['client: nothing is kept alive', '    this.#keepAlive.start()\n', ''],
      ['client: the caller’s list may change under way', 'assets: [...assets],', 'assets,'],
    ],
  },
]
