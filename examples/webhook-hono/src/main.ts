import { serve } from '@hono/node-server'
import { isWebhookError, memoryReplay, verifyRequest } from '@trinity/webhook-client'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

const secret = process.env.WEBHOOK_SECRET ?? ''
const replay = memoryReplay()
const app = new Hono()

app.post('/webhook', bodyLimit({ maxSize: 1_048_576 }), async (context) => {
  try {
    // The request as it came: once context.req.json() has read it, its bytes are gone.
    const event = await verifyRequest(secret, context.req.raw, { replay })
    if (event.type === 'endpoint.verify') return context.json({ token: event.data.token })
    if (event.type === 'price.update') {
      for (const price of event.data.prices) process.stdout.write(`${price.asset} ${price.price_text} ${price.currency}\n`)
    }
    replay.commit(event.id)
    return context.body(null, 204)
  } catch (error) {
    if (!isWebhookError(error)) throw error
    return Response.json({ code: error.code }, { status: error.status })
  }
})

// On Bun, Deno or Workers this is `export default app`; nothing above knows of Node but the output.
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
