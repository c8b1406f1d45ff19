import { type IncomingMessage, METHODS, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TrinityError } from '@trinity/core'
import { respondWithError } from './error-response.ts'
import type { CountHttpRefusal } from '../metrics/http-refusals.ts'

const hostForm = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d{0,5})?$/i
const methods = new Set(METHODS)

/** Headers of one request: each costs memory while the request waits, however short it is. */
export const maxHeaders = 64

/** Most clients of a server write the same name: the one that was found valid last. */
let validHost = 'localhost'

/** Connections whose last response is a refusal. */
const refused = new WeakSet<Socket>()

/**
 * Refuses a request that two servers could read in two ways, or that expects what the server does not do; true where it did. Such a
 * response is the last of its connection, and requests that follow it there are ignored.
 */
export function refuseAmbiguous(request: IncomingMessage, response: ServerResponse, count: CountHttpRefusal = () => undefined): boolean {
  if (refused.has(request.socket)) return true
  const error = ambiguityOf(request)
  if (error === undefined) return false
  refused.add(request.socket)
  count('http_ambiguous')
  respondWithError(request, response, error)
  return true
}

/** Why a request must be refused that the parser let through; runs for every request. */
export function ambiguityOf({ method = '', url = '', httpVersionMajor, httpVersionMinor, rawHeaders }: IncomingMessage): TrinityError | undefined {
  if (httpVersionMajor !== 1) return refusal('Only HTTP/1.1 and HTTP/1.0 are spoken here.')
  if (method !== 'GET' && !methods.has(method)) return refusal('The method is no method of HTTP.')
  if (url === '*' && method !== 'OPTIONS') return refusal('The path * goes with OPTIONS only.')
  if (rawHeaders.length > 2 * maxHeaders) return new TrinityError('TRN_HEADERS_TOO_LARGE', `The request has more than ${maxHeaders} headers.`)
  let host: string | undefined
  let hasAuthorization = false
  let coding: string | undefined
  let expect: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    const value = rawHeaders[i + 1] ?? ''
    if (isNamed(name, 'host')) {
      if (host !== undefined) return refusal('Host: must be sent once.')
      host = value
    } else if (isNamed(name, 'authorization')) {
      if (hasAuthorization) return refusal('Authorization: must be sent once.')
      hasAuthorization = true
    } else if (isNamed(name, 'transfer-encoding')) coding = coding === undefined ? value : `${coding}, ${value}`
    else if (isNamed(name, 'expect')) expect = expect === undefined ? value : `${expect}, ${value}`
  }
  const isOld = httpVersionMinor === 0
  if (host === undefined ? !isOld : !isHost(host)) return refusal('Host: must be sent, and be the name or address of the server.')
  if (coding !== undefined && (isOld || coding.toLowerCase() !== 'chunked'))
    return refusal('Transfer-Encoding: only chunked is understood, once, in HTTP/1.1.')
  // HTTP/1.0 does not know it (RFC 9110, 10.1.1).
  if (expect !== undefined && !isOld && expect.toLowerCase() !== '100-continue')
    return new TrinityError('TRN_EXPECTATION_FAILED', 'Expect: only 100-continue can be met.')
  return undefined
}

function isNamed(name: string, lowerCase: string): boolean {
  return name.length === lowerCase.length && name.toLowerCase() === lowerCase
}

function isHost(host: string): boolean {
  if (host === validHost) return true
  if (!hostForm.test(host)) return false
  validHost = host
  return true
}

function refusal(message: string): TrinityError {
  return new TrinityError('TRN_BAD_REQUEST', message)
}
