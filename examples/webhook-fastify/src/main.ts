import { isWebhookError, memoryReplay, verify } from '@trinity/webhook-client'
import fastify from 'fastify'

const secret = process.env.WEBHOOK_SECRET ?? ''
const replay = memoryReplay()
const server = fastify()

await server.register((webhooks) => {
  // The signature covers the bytes as they came, so within this plugin nobody parses them.
  webhooks.removeAllContentTypeParsers()
  webhooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  webhooks.post('/webhook', async (request, reply) => {
    try {
      const event = await verify(secret, request.headers, (request.body as Buffer | undefined) ?? '', { replay })
      if (event.type === 'endpoint.verify') return { token: event.data.token }
      if (event.type === 'price.update') {
        for (const price of event.data.prices) process.stdout.write(`${price.asset} ${price.price_text} ${price.currency}\n`)
      }
      replay.commit(event.id)
      return await reply.code(204).send()
    } catch (error) {
      if (!isWebhookError(error)) throw error
      return reply.code(error.status).send({ code: error.code })
    }
  })
})

process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) })}\n`)
