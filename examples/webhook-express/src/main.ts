import type { AddressInfo } from 'node:net'
import { isWebhookError, memoryReplay, verify } from '@trinity/webhook-client'
import express from 'express'

const secret = process.env.WEBHOOK_SECRET ?? ''
const replay = memoryReplay()
const app = express()

// The signature covers the bytes as they came: raw() on this path, and before any app.use(express.json()).
app.post('/webhook', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
  try {
    const event = await verify(secret, request.headers, (request.body as Buffer | undefined) ?? '', { replay })
    if (event.type === 'endpoint.verify') {
      response.json({ token: event.data.token })
      return
    }
    if (event.type === 'price.update') {
      for (const price of event.data.prices) process.stdout.write(`${price.asset} ${price.price_text} ${price.currency}\n`)
    }
    replay.commit(event.id)
    response.status(204).end()
  } catch (error) {
    if (!isWebhookError(error)) throw error
    response.status(error.status).json({ code: error.code })
  }
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
