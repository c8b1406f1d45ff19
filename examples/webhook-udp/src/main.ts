import { PriceReceiver } from '@trinity/udp'

// Only this machine can send to 127.0.0.1; 0.0.0.0 listens on every address.
const { PORT = '4000', HOST = '127.0.0.1', WEBHOOK_SECRET: secret = '' } = process.env
const receiver = await PriceReceiver.bind({ secret, host: HOST, port: Number(PORT) })

receiver
  .on('gap', ({ first, last }) => process.stdout.write(`missing ${first} to ${last}\n`))
  .on('refused', ({ error, from }) => process.stderr.write(`refused from ${from.address}: ${error.code}\n`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void receiver.close())
process.stdout.write(`udp://${receiver.address.address}:${receiver.address.port}\n`)

for await (const event of receiver) {
  // The proof that the address wants pushes: hand it in with POST /webhook/verify.
  if (event.type === 'endpoint.verify') process.stdout.write(`token ${event.data.token}\n`)
  if (event.type === 'price.update') {
    for (const { asset, price_text, currency } of event.data.prices) process.stdout.write(`${asset} ${price_text} ${currency}\n`)
  }
}
