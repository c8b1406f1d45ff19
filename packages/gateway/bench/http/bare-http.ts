/** The least that an HTTP server on node:http does: the same bytes for every request, from a recorded answer on standard input. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { reportAtEnd, reportReady } from '../serving/server-reports.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

const { fields, body } = (await json(process.stdin)) as RecordedAnswer
let answered = 0
const server = createServer({ keepAliveTimeout: 30_000 }, (_, response) => {
  response.writeHead(200, [...fields])
  response.end(body)
  answered++
})
server.listen(0, '127.0.0.1', () => reportReady((server.address() as AddressInfo).port))
reportAtEnd(() => answered)
