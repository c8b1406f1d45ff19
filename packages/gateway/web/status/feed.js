/** @typedef {import('./board.js').StatusBody} StatusBody */

/** The server speaks at least every five seconds; after this silence the connection is taken for dead. */
const silenceMs = 12_000

const longestWaitMs = 15_000

/**
 * Follows the status stream for as long as the page is open and connects again whenever it breaks.
 *
 * @param {object} options
 * @param {(body: StatusBody, whole: boolean) => void} options.onBody
 * @param {() => void} options.onLost
 */
export function followStatus({ onBody, onLost }) {
  let attempts = 0
  connect()

  function connect() {
    const source = new EventSource('/status/stream')
    let timer = setTimeout(lose, silenceMs)
    let lost = false
    source.addEventListener('snapshot', (event) => take(event, true))
    source.addEventListener('update', (event) => take(event, false))
    source.addEventListener('goodbye', lose)
    source.addEventListener('error', lose)

    /**
     * @param {MessageEvent<string>} event
     * @param {boolean} whole
     */
    function take(event, whole) {
      attempts = 0
      clearTimeout(timer)
      timer = setTimeout(lose, silenceMs)
      onBody(/** @type {StatusBody} */ (JSON.parse(event.data)), whole)
    }

    function lose() {
      if (lost) return
      lost = true
      clearTimeout(timer)
      source.close()
      onLost()
      // Spread out, so that a server that restarts is not met by all its pages at once.
      const waitMs = Math.min(1000 * 2 ** attempts, longestWaitMs) * (0.5 + Math.random() / 2)
      attempts++
      setTimeout(connect, waitMs)
    }
  }
}
