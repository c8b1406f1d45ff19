import { takeMessage } from './board.js'
import { followStatus } from './feed.js'
import { h, render } from './preact.js'
import { Page } from './view.js'

const root = document.getElementById('page')

/** @type {import('./view.js').PageState} */
let state = {
  board: undefined,
  connected: true,
  heardAt: Date.now(),
  now: Date.now(),
  only: undefined,
  search: '',
  choose: (change) => show(change),
}

/** @param {Partial<import('./view.js').PageState>} change */
function show(change) {
  state = { ...state, ...change, now: Date.now() }
  if (root !== null) render(h(Page, state), root)
}

followStatus({
  onBody: (body, whole) => show({ board: takeMessage(whole ? undefined : state.board, body, Date.now()), connected: true, heardAt: Date.now() }),
  onLost: () => show({ connected: false }),
})

// Ages grow between two messages, too.
setInterval(() => show({}), 1000)
root?.replaceChildren()
show({})
