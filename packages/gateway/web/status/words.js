/**
 * An age in words that don't flicker: whole seconds, then minutes, then hours.
 *
 * @param {number} ms
 */
export function ageWords(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 1) return 'now'
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}

/**
 * A price with its whole part in groups of three; no digit is added, dropped or rounded.
 *
 * @param {string} price
 */
export function priceWords(price) {
  const [whole = '', fraction] = price.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/**
 * The head of the banner over prices that are not live.
 *
 * @param {string} mode
 */
export function modeWords(mode) {
  return mode === 'replay' ? 'Replay: these prices are recorded, not live.' : 'Simulation: these prices are invented, not live.'
}
