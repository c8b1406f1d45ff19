/** The least that a UDP server on node:dgram does: an answer as long as the gateway's, with the request's own header. */
import { createSocket } from 'node:dgram'
import { benchQuoteBytes } from '../serving/bench-board.ts'
import { reportAtEnd, reportReady } from '../serving/server-reports.ts'

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024, sendBufferSize: 4 * 1024 * 1024 })
let answered = 0
socket.on('message', (message, { port, address }) => {
  const reply = Buffer.allocUnsafe(benchQuoteBytes)
  message.copy(reply)
  reply[3] = 4
  socket.send(reply, port, address)
  answered++
})
socket.bind(0, '127.0.0.1', () => reportReady(socket.address().port))
reportAtEnd(() => answered)
