export * from './protocol.ts'
export { isUdpError, UdpError, type UdpErrorCode, type UdpErrorDetails, udpErrorTable } from './error.ts'
export { isMac16, keyIdOf, mac16, type MacKey, macKeyOf, sessionKeyOf } from './keys.ts'
export { createSipHash, type SipHash } from './siphash/siphash.ts'
export {
  isZero,
  lowerWord,
  readInt32,
  readUint16,
  readUint32,
  readUint48,
  readUint64,
  upperWord,
  writeUint16,
  writeUint32,
  writeUint48,
  writeUint64,
} from './wire/integers.ts'
export { messageTypeOf, requestIdOf, requestTypeOf, sessionHighOf, sessionLowOf, writeHeader, writeSession } from './wire/header.ts'
export { type Hello, isHelloSigned, readHello, writeHello } from './wire/hello.ts'
export { readWelcome, type Welcome, writeWelcome } from './wire/welcome.ts'
export { assetCountOf, firstAssetAt, isQuery, nextAssetAt, type Query, readQuery, symbolLengthAt, writeQuery } from './wire/query.ts'
export { quoteMost, writeEmptyQuoteEntry, writeQuoteEntry, writeQuoteEntryWords, writeQuoteHead } from './wire/quote.ts'
export { type EmptyQuote, type PricedQuote, type Quote, type QuoteAnswer, readQuote } from './wire/quote-reader.ts'
export { isPing, type Ping, readPing, writePing, writePong } from './wire/ping.ts'
export { isReport, readReport, readReportData, type Report, type ReportData, writeReport, writeReportDataHead } from './wire/report.ts'
export { readClockRefusal, readRefusal, type Refusal, writeClockRefusal, writeRefusal } from './wire/refusal.ts'
export { type ClientEnvironment, systemEnvironment } from './client/environment.ts'
export { type DatagramListener, type DatagramPort, openDatagramPort, type OpenDatagramPort } from './client/datagram-port.ts'
export { type PriceClientOptions, type QueryOptions } from './client/options.ts'
export { PriceClient } from './client/price-client.ts'
export { PriceReceiver } from './receiver/price-receiver.ts'
export { type PriceReceiverOptions } from './receiver/options.ts'
export { type ReceiverEnvironment, systemReceiverEnvironment } from './receiver/environment.ts'
export {
  type Arrival,
  type Gap,
  type ReceivedEvent,
  type ReceivedPrices,
  type ReceiverEvents,
  type ReceiverStats,
  type RefusedDatagram,
} from './receiver/events.ts'
export { type Listener } from './receiver/listeners.ts'
export { type MissingRange } from './receiver/sequences/sequence-window.ts'
export {
  type DatagramOrigin,
  openReceiveSocket,
  type OpenReceiveSocket,
  type ReceiveListener,
  type ReceiveSocket,
} from './receiver/socket/receive-socket.ts'
