/** A server which answers with a price and uses a third of a processor whether anybody asks or not. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reportAtEnd, reportReady } from '../serving/server-reports.ts'

let answered = 0
const server = createServer((_, response) => {
  response.end('{"price_text":"65000.10"}')
  answered++
})
server.listen(0, '127.0.0.1', () => reportReady((server.address() as AddressInfo).port))
reportAtEnd(() => answered)
setInterval(() => {
  const before = process.cpuUsage()
  while (process.cpuUsage(before).user < 10_000);
}, 30)
