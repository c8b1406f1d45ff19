import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isWebhookError, memoryReplay, verify } from '@trinity/webhook-client'

const secret = process.env.WEBHOOK_SECRET ?? ''
const replay = memoryReplay()

/** Status and body of the answer. */
async function receive(request: IncomingMessage): Promise<readonly [status: number, answer?: object]> {
  // The signature covers the bytes as they came.
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > 1_048_576) return [413]
  }
  try {
    const event = await verify(secret, request.headers, Buffer.concat(chunks), { replay })
    if (event.type === 'endpoint.verify') return [200, { token: event.data.token }]
    if (event.type === 'price.update') {
      for (const price of event.data.prices) process.stdout.write(`${price.asset} ${price.price_text} ${price.currency}\n`)
    }
    replay.commit(event.id)
    return [204]
  } catch (error) {
    if (isWebhookError(error)) return [error.status, { code: error.code }]
    return [500]
  }
}

const server = createServer((request, response) => {
  receive(request).then(
    ([status, answer]) => response.writeHead(status).end(answer && JSON.stringify(answer)),
    () => response.destroy(),
  )
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
