import type { Random } from '../../clock.ts'
import type { Frame } from '../../connector.ts'
import type { SimulatedQuote, SimulatedTrade } from '../dialect.ts'

/** What an attempt to connect meets. */
export type Admission =
  | { readonly kind: 'open' }
  /** Nothing ever answers. */
  | { readonly kind: 'unanswered' }
  /** No connection: refused, or no address. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The upgrade is answered with an HTTP error. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }

/** How a venue ends a connection: with a close frame, with a bare end of the stream, or by a reset. */
export type Cut = { readonly kind: 'close'; readonly code: number; readonly reason: string } | { readonly kind: 'end' } | { readonly kind: 'reset' }

/** Bytes that no client can read; they stand in place of a frame of trades. */
export type WireDamage = 'reset-mid-frame' | 'huge-frame' | 'million-fragments' | 'deflate-bomb' | 'invalid-utf8'

/** What a REST request meets beside a true answer. */
export type RestTrouble =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unanswered' }
  /** Status 200 and a body that rejects the request; 429 at a venue that has no such body. */
  | { readonly kind: 'rejection' }

/** How old bodies of prices are, milliseconds, where that is more than the connector says they can be. */
export interface BodyLag {
  /** For a body that says when it was made. */
  readonly datedMs: number
  /** For another one whose prices are trades with times. */
  readonly tradesMs: number
}

/** Turns a trade into what the venue tells of it. */
export type TradeDistortion = (trade: SimulatedTrade) => readonly SimulatedTrade[]

/** What a venue does while a fault lasts; what is left out stays as it should be. */
export interface FaultBehaviour {
  /** Ends every open connection when the fault begins. */
  readonly cut?: Cut
  /** Ends each connection of the meantime too, as soon as it is open. */
  readonly cutsAgain?: boolean
  /** The cut is announced, where the venue has words for it, so long before. */
  readonly goodbyeMs?: number
  /** The venue announces maintenance before the cut. */
  readonly maintenance?: boolean
  /** @param attempt number of the attempt since the fault began, from 0 */
  readonly admission?: (attempt: number) => Admission
  /**
   * `all`: nothing is sent any more. `data`: pongs and heartbeats still are. `trades`: acks and snapshots too. `symbol`: only one symbol's trades
   * are missing.
   */
  readonly silence?: 'all' | 'data' | 'trades' | 'symbol'
  /** Connections that are open when the fault begins are sent no trades any more, however long they last. */
  readonly deafens?: boolean
  /** What becomes of the ack of a subscription; with `partial` and `error` the symbols that got none are not held either. */
  readonly ack?: 'lost' | 'partial' | 'error' | 'duplicate'
  /** No request is read, and a connection that has not subscribed within 5 s is cut. */
  readonly ignoresRequests?: boolean
  /** Frames go out byte by byte, one in a second. */
  readonly drip?: boolean
  readonly damage?: WireDamage
  /** Trades go out so much later than they should, milliseconds; answers to requests too, or never. */
  readonly late?: { readonly ms: number; readonly answers: 'late' | 'lost' }
  /** Frames of trades are changed on their way out. */
  readonly frames?: (random: Random) => (frame: Frame) => readonly Frame[]
  /** Trades are changed before they are worded. */
  readonly trades?: (random: Random) => TradeDistortion
  /** After each trade the venue tells of its book, though nobody asked for it. */
  readonly quotes?: (trade: SimulatedTrade) => SimulatedQuote
  /** So many trades happen in place of one. */
  readonly tradesEach?: number
  /** The venue's frame counter jumps when a frame is lost. */
  readonly loses?: (random: Random) => () => boolean
  readonly rest?: RestTrouble
  /** REST tells the prices of some time ago: of as long ago as the connector says that it can be, or longer. */
  readonly restLag?: BodyLag
  /** The venue's own listing: of one symbol only, of none, or a web page. */
  readonly listing?: 'short' | 'empty' | 'html'
  /** Symbols that the listing says are halted, and that do not trade: all, or every second one. */
  readonly halts?: 'all' | 'some'
  /** From then on, for good, the venue calls one symbol by another name and rejects the old one. */
  readonly renames?: boolean
  /** By how much the node's wall clock is set forward when the fault begins, and back when it ends, milliseconds. */
  readonly wallStepMs?: number
  /** No name of the venue has an address; where sockets are real, a resolver is asked in vain. */
  readonly names?: 'lost'
  /** What is wrong with the certificate that a server with TLS shows. */
  readonly certificate?: 'expired' | 'wrong-name'
}

/** Something that goes wrong at a venue, and ends again. */
export interface Fault {
  readonly name: string
  /** What happens, in one sentence. */
  readonly sentence: string
  /** Where it acts. */
  readonly layer: 'network' | 'upgrade' | 'connection' | 'wire' | 'subscription' | 'frame' | 'trade' | 'rest' | 'listing' | 'clock'
  /** Whether the venue's REST interface answers truly meanwhile. */
  readonly leavesRest: boolean
  /** `sockets`: can't be told from others without real ones. `memory`: takes too long for real time. */
  readonly runs: 'anywhere' | 'sockets' | 'memory'
  /** The fault is there when the engine starts. */
  readonly atStart?: boolean
  /** How long it lasts unless told otherwise, milliseconds; a minute where absent. */
  readonly durationMs?: number
  /** The venue tells believable prices that are not its market's: nobody with a single source can know. */
  readonly lies?: boolean
  /** No connection may be replaced because of it. */
  readonly keepsConnections?: boolean
  /**
   * Trades come, or say that they happened, so much later than they did: a true price may count as older by that, milliseconds. It is never a
   * leave to show a price as fresher than it is.
   */
  readonly lagMs?: number
  readonly behaviour: FaultBehaviour
}

/** How long a fault lasts unless it says otherwise. */
export const defaultFaultMs = 60_000
