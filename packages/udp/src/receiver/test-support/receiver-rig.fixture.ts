import { onTestFinished, vi } from 'vitest'
import { PriceReceiver } from '../price-receiver.ts'
import type { PriceReceiverOptions } from '../options.ts'
import type { Gap, ReceivedEvent, RefusedDatagram } from '../events.ts'
import { openSender, secret } from './pushes.fixture.ts'

/** A receiver and who sends to it, closed with the test. */
export async function startReceiver(options: Partial<PriceReceiverOptions> = {}) {
  const receiver = await PriceReceiver.bind({ secret, ...options })
  onTestFinished(() => receiver.close())
  const sender = await openSender(receiver.address.port, receiver.address.address)
  onTestFinished(() => void sender.close())
  return { receiver, send: sender.send }
}

/** Notes all that a receiver tells. */
export function record(receiver: PriceReceiver) {
  const told = {
    events: [] as ReceivedEvent[],
    sequences: [] as number[],
    gaps: [] as Gap[],
    duplicates: [] as string[],
    refused: [] as RefusedDatagram[],
    /** Names and what they are about, in the order they came. */
    order: [] as string[],
  }
  receiver
    .on('event', (event) => told.events.push(event))
    .on('price', ({ sequence, late }) => {
      told.sequences.push(sequence)
      told.order.push(`${late ? 'late ' : ''}price ${sequence}`)
    })
    .on('gap', (gap) => {
      told.gaps.push(gap)
      told.order.push(`gap ${gap.first}-${gap.last}`)
    })
    .on('duplicate', ({ id }) => {
      told.duplicates.push(id)
      told.order.push('duplicate')
    })
    .on('refused', (refused) => {
      told.refused.push(refused)
      told.order.push(refused.error.code)
    })
    .on('restart', ({ subscription }) => told.order.push(`restart ${subscription ?? ''}`.trim()))
  return told
}

/** Waits until an assertion holds, also on a machine that has much else to do. */
export async function eventually(assertion: () => void): Promise<void> {
  await vi.waitFor(assertion, { timeout: 10_000, interval: 2 })
}
