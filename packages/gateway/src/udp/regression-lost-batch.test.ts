import { describe, expect, test } from 'vitest'
import { RigClient } from '../../test-support/udp/udp-client.fixture.ts'
import { type Sent, UdpRig } from '../../test-support/udp/udp-rig.fixture.ts'
import { batchSlots } from './transport/transport.ts'

const apiKey = 'lost-batch-key'
const empty = new Uint8Array()

/** A port whose table of assets breaks at one name. */
function createPair() {
  const plain = new UdpRig()
  const rig: UdpRig = new UdpRig({
    assets: {
      find: (bytes, offset, length) => {
        if (length === 4 && bytes[offset] === 0x42 && bytes[offset + 1] === 0x4f) throw new Error('broken')
        return plain.reader.find(bytes, offset, length)
      },
      listings: (entry) => plain.reader.listings(entry),
      isListed: (entry) => plain.reader.isListed(entry),
      isElsewhere: (entry) => plain.reader.isElsewhere(entry),
      awaitsListings: false,
    },
  })
  rig.keys.add(apiKey)
  return { rig, client: new RigClient(rig, apiKey).open() }
}

const hostile: Readonly<Record<string, (client: RigClient) => Uint8Array>> = {
  'an empty datagram': () => empty,
  'one byte': () => Uint8Array.of(0x54),
  'a datagram that was cut': () => new Uint8Array(2000).fill(0x54),
  'a forged QUERY': (client) => client.query('BTC').bytes.with(-1, 0),
  'a malformed QUERY': (client) => client.reseal(client.query('BTC'), (bytes) => bytes.fill(30, 16, 17)).bytes,
  'a HELLO of nobody': () => Uint8Array.of(0x54, 0x42, 8, 1, ...new Uint8Array(60)),
  'one that makes the code throw': (client) => client.query('BOOM').bytes,
}

describe('a hostile datagram among 63 good ones', () => {
  test.each(Object.keys(hostile))('%s costs none of them its answer, wherever it stands', (name) => {
    const { rig, client } = createPair()
    for (let position = 0; position < batchSlots; position++) {
      const sent: Sent[] = Array.from({ length: batchSlots }, () => client.query('BTC'))
      sent[position] = { bytes: hostile[name]?.(client) ?? empty, from: client.from }
      const answers = rig.send(...sent)
      const good = answers.filter((answer, i) => i !== position && client.quote(answer, 'BTC') !== undefined)
      expect(good).toHaveLength(batchSlots - 1)
      expect(client.quote(answers[position], 'BTC')).toBeUndefined()
    }
    const { received, answered, refused, discarded } = rig.totals()
    expect(received).toBe(1 + batchSlots * batchSlots)
    expect(answered + refused + discarded).toBe(received)
    expect(rig.count('internal')).toBe(name === 'one that makes the code throw' ? batchSlots : 0)
  })
})
