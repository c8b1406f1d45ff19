import { type RemoteInfo, type Socket, type SocketOptions, createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises'
import { counter, createSharedBatch } from './shared-batch.ts'
import { writeSource } from './source-words.ts'
import { type UdpBinding, type UdpTransport, batchSlots, slotBytes, sourceWords } from './transport.ts'

const bufferBytes = 4 * 1024 * 1024

/**
 * A transport on node:dgram, for every platform: a batch is what came in one turn of the event loop. `host` is an address in digits.
 *
 * Of the answers that the kernel does not take, it counts those that would have to wait and those to a port of 0. What a firewall
 * refuses node:dgram tells to a send callback alone, and one per answer costs 5 % of all that a server can do.
 *
 * @throws The system's error, with its `code`, when the port can't be opened.
 */
export async function openDgramTransport(binding: UdpBinding, create: (options: SocketOptions) => Socket = createSocket): Promise<UdpTransport> {
  const { batch, counters, failures } = createSharedBatch(binding)
  const { memory, rxStart, txStart, rxLength, txLength, source } = batch
  const family = isIPv6(binding.host) ? 6 : 4
  const socket = create({
    type: `udp${family}`,
    reusePort: binding.reusePort,
    recvBufferSize: bufferBytes,
    sendBufferSize: bufferBytes,
    // Addresses are digits already; without this each answer would wait for the next tick.
    lookup: (address, _, resolved) => resolved(null, address, family),
  })
  const senders: RemoteInfo[] = []
  let closing: Promise<void> | undefined

  const count = (place: number): void => void (counters[place] = (counters[place] ?? 0) + 1)

  function collect(datagram: Uint8Array, sender: RemoteInfo): void {
    if (closing !== undefined) return
    const item = batch.end++
    const slot = rxStart + item * slotBytes
    rxLength[item] = datagram.length
    memory.set(datagram.length > slotBytes ? datagram.subarray(0, slotBytes) : datagram, slot)
    writeSource(sender.address, sender.port, source, item * sourceWords)
    senders[item] = sender
    if (batch.end === batchSlots) handOver()
    else if (item === 0) setImmediate(handOver)
  }

  function handOver(): void {
    const { end: items } = batch
    // A full batch did not wait for the turn to end.
    if (items === 0) return
    txLength.fill(0, 0, items)
    try {
      binding.handle(batch)
    } catch {
      count(counter.thrown)
    }
    for (let item = 0; item < items; item++) if ((txLength[item] ?? 0) > 0) answer(item)
    batch.end = 0
  }

  function answer(item: number): void {
    const length = txLength[item] ?? 0
    const sender = senders[item]
    if (length > slotBytes) return count(counter.oversize)
    // One answer waits for room in the kernel: none may wait behind it.
    if (sender === undefined || socket.getSendQueueCount() > 0) return count(counter.unsent)
    try {
      // A copy, since the slot is written again before an answer that has to wait is gone; Buffer.from would take twice as long.
      const bytes = Buffer.allocUnsafe(length)
      const slot = txStart + item * slotBytes
      bytes.set(memory.subarray(slot, slot + length))
      socket.send(bytes, sender.port, sender.address)
    } catch {
      // A sender that claims port 0.
      count(counter.unsent)
    }
  }

  async function finish(): Promise<void> {
    // What was collected is handed over at the end of this turn; the handler may have asked for it, then its answers go out first.
    await nextTurn()
    while (socket.getSendQueueCount() > 0) await setTimeout(1)
    const closed = once(socket, 'close')
    socket.close()
    await closed
  }

  socket.on('message', collect)

  const listening = once(socket, 'listening')
  socket.bind({ address: binding.host, port: binding.port })
  try {
    await listening
  } catch (error) {
    socket.close()
    throw error
  }
  // What fails from here on concerns one datagram.
  socket.on('error', () => undefined)
  return {
    kind: 'dgram',
    port: socket.address().port,
    receiveBufferBytes: socket.getRecvBufferSize(),
    failures,
    close: () => (closing ??= finish()),
  }
}
