import { coinbase } from '@trinity/connector-coinbase'
import { cryptocom } from '@trinity/connector-cryptocom'
import { gateio } from '@trinity/connector-gateio'
import { gemini } from '@trinity/connector-gemini'
import { kraken } from '@trinity/connector-kraken'
import { okx } from '@trinity/connector-okx'
import { type Connector, TrinityError } from '@trinity/core'

/** The venues that the server starts with, in order of preference. */
export const defaultConnectors: readonly Connector[] = [coinbase, gemini, kraken, gateio, cryptocom, okx]

/** @throws TrinityError `TRN_SETTING_INVALID` that names the known venues */
export function findConnector(name: string, connectors: readonly Connector[] = defaultConnectors): Connector {
  const found = connectors.find((connector) => connector.name === name.toLowerCase())
  if (found === undefined) {
    const known = connectors.map((connector) => connector.name).join(', ')
    throw new TrinityError('TRN_SETTING_INVALID', `There is no exchange '${name}'; known are ${known}.`)
  }
  return found
}
