import { isWebhookError, memoryReplay, verify } from '@trinity/webhook-client'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

const secret = process.env.WEBHOOK_SECRET ?? ''
// Remembers as long as this instance lives; an effect that must never happen twice needs a table.
const replay = memoryReplay()

/** Behind an HTTP API or a function URL (payload format 2.0); format 1.0 has the same three fields. */
export async function handler(request: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  // The gateway hands the bytes over as text, or as base64 when it takes them for binary: never parsed.
  const { headers, body = '', isBase64Encoded } = request
  try {
    const event = await verify(secret, headers, isBase64Encoded ? Buffer.from(body, 'base64') : body, { replay })
    if (event.type === 'endpoint.verify') return { statusCode: 200, body: JSON.stringify({ token: event.data.token }) }
    if (event.type === 'price.update') {
      for (const price of event.data.prices) process.stdout.write(`${price.asset} ${price.price_text} ${price.currency}\n`)
    }
    replay.commit(event.id)
    return { statusCode: 204 }
  } catch (error) {
    if (!isWebhookError(error)) throw error
    return { statusCode: error.status, body: JSON.stringify({ code: error.code }) }
  }
}
