import { countStates, isFound, shownState, shownStates } from './board.js'
import { h } from './preact.js'
import { ageWords, modeWords, priceWords } from './words.js'

/**
 * @typedef {import('./board.js').Board} Board
 * @typedef {import('./board.js').ShownState} ShownState
 * @typedef {import('./board.js').Tile} Tile
 * @typedef {import('./board.js').VenueBoard} VenueBoard
 *
 * @typedef {object} PageState
 * @property {Board | undefined} board
 * @property {boolean} connected
 * @property {number} heardAt of the last message, by the page's own clock
 * @property {number} now
 * @property {ShownState | undefined} only the one state shown; undefined = all
 * @property {string} search
 * @property {(change: Partial<Pick<PageState, 'only' | 'search'>>) => void} choose
 */

/** The whole page. @param {PageState} state */
export function Page(state) {
  const { board } = state
  if (board === undefined) return h('p', { class: 'waiting', role: 'status' }, state.connected ? 'Connecting…' : 'No connection yet; trying again…')
  return h(
    'div',
    { class: state.connected ? 'page' : 'page lost' },
    h('header', { class: 'top' }, h(Title, state), h(Summary, { ...state, board })),
    h('div', { role: 'status', 'aria-live': 'polite' }, h(Notices, { ...state, board })),
    h(
      'main',
      { class: 'venues' },
      board.venues.map((venue) => h(VenueCard, { key: venue.venue.id, venue, state })),
    ),
    h(
      'footer',
      { class: 'foot' },
      'Prices exactly as the exchanges gave them. ',
      h('a', { href: '/docs' }, 'API'),
      ' · ',
      h('a', { href: '/exchanges' }, 'Details'),
    ),
  )
}

/** @param {PageState} state */
function Title({ board, connected, search, choose }) {
  return h(
    'div',
    { class: 'title' },
    h('h1', null, 'Trinity'),
    h('span', { class: 'node' }, board?.node),
    h('span', { class: connected ? 'link on' : 'link off' }, connected ? 'connected' : 'reconnecting'),
    h('input', {
      class: 'search',
      type: 'search',
      placeholder: 'Find an asset',
      'aria-label': 'Find an asset',
      value: search,
      onInput: (/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => choose({ search: currentTarget.value }),
    }),
  )
}

/** @param {PageState & { board: Board }} state */
function Summary({ board, only, choose }) {
  const counts = countStates(board)
  return h(
    'div',
    { class: 'summary', role: 'group', 'aria-label': 'Show one state only' },
    shownStates
      .filter((state) => state === 'live' || counts[state] > 0)
      .map((state) =>
        h(
          'button',
          {
            key: state,
            type: 'button',
            class: `count ${state}`,
            'aria-pressed': only === state,
            onClick: () => choose({ only: only === state ? undefined : state }),
          },
          h('b', null, counts[state]),
          ` ${state}`,
        ),
      ),
  )
}

/** @param {PageState & { board: Board }} state */
function Notices({ board, connected, heardAt, now }) {
  return [
    board.mode === null ? null : h('p', { key: 'mode', class: 'notice mode' }, modeWords(board.mode)),
    connected
      ? null
      : h(
          'p',
          { key: 'lost', class: 'notice broken' },
          h('b', null, 'Connection lost.'),
          ` What you see is ${ageWords(now - heardAt)} old; connecting again by itself.`,
        ),
  ]
}

/** @param {{ venue: VenueBoard, state: PageState }} props */
function VenueCard({ venue: { venue, tiles }, state }) {
  const all = [...tiles.values()]
  const search = state.search.trim().toUpperCase()
  const shown = all.filter(({ listing }) => (state.only === undefined || shownState(listing) === state.only) && isFound(listing, search))
  const live = all.filter(({ listing }) => shownState(listing) === 'live').length
  return h(
    'section',
    { class: 'venue', 'aria-label': venue.name },
    h(
      'div',
      { class: 'venue-head' },
      h('h2', null, venue.name),
      venue.region === 'global' ? null : h('span', { class: 'region' }, venue.region),
      h('span', { class: `pill ${venue.state}` }, venue.state),
      h('span', { class: 'tally' }, `${live} of ${all.length} live`),
    ),
    venue.why === '' ? null : h('p', { class: 'why' }, venue.why),
    shown.length === 0
      ? h('p', { class: 'none' }, 'Nothing to show here.')
      : h(
          'ul',
          { class: 'tiles' },
          shown.map((tile) => h(TileItem, { key: `${tile.listing.asset} ${tile.listing.symbol}`, tile, now: state.now })),
        ),
  )
}

/** @param {{ tile: Tile, now: number }} props */
function TileItem({ tile: { listing, provedAt, move }, now }) {
  const { asset, aliases, currency, price, why } = listing
  const state = shownState(listing)
  const age = provedAt === null ? '' : ageWords(now - provedAt)
  return h(
    'li',
    { class: `tile ${state}`, title: [listing.symbol, why].filter((text) => text !== '').join(': ') },
    h('span', { class: 'asset' }, asset, aliases.length === 0 ? null : h('span', { class: 'alias' }, ` ${aliases.join(' ')}`)),
    h('span', { class: 'age' }, state === 'live' ? age : h('span', { class: 'tag' }, state)),
    // A new price is a new element, so that its colour fades anew.
    h('span', { key: price ?? state, class: `price ${move}` }, price === null ? '–' : priceWords(price)),
    h('span', { class: 'unit' }, state === 'stale' || (state === 'halted' && age !== '') ? age : currency),
    why === '' || state === 'missing' ? null : h('span', { class: 'reason' }, why),
  )
}
