import type { Connector } from '../connector.ts'
import type { Transport } from '../transport.ts'

/** A connector that speaks to a simulated exchange in place of the real one; everything else stays as it is. */
export function simulatedConnector<T extends Connector>(connector: T, { wsUrl }: { readonly wsUrl: string }): T {
  return { ...connector, urls: [wsUrl] }
}

/**
 * A transport that finds no address for any name while `isLost` says so: the machine's own resolver is asked for one that can't exist.
 * https://www.rfc-editor.org/rfc/rfc6761#section-6.4
 */
export function loseNames(transport: Transport, isLost: () => boolean): Transport {
  const lose = (url: string): string => {
    if (!isLost()) return url
    const lost = new URL(url)
    lost.hostname = 'venue.invalid'
    return lost.href
  }
  return {
    connect: (url, handlers) => transport.connect(lose(url), handlers),
    request: (request) => transport.request({ ...request, url: lose(request.url) }),
  }
}

/**
 * A transport whose REST requests go to simulated exchanges: `origins` holds, by host of a real address, the origin that
 * answers in its place. Requests to other hosts go where they always go.
 */
export function redirectRest(transport: Transport, origins: ReadonlyMap<string, string>): Transport {
  return {
    connect: (url, handlers) => transport.connect(url, handlers),
    request(request) {
      const { host, pathname, search } = new URL(request.url)
      const origin = origins.get(host)
      return transport.request(origin === undefined ? request : { ...request, url: `${origin}${pathname}${search}` })
    },
  }
}
