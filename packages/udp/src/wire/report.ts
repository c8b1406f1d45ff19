import { messageType, reportGroup, reportKind, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf, sessionHighOf, sessionLowOf, writeHeader, writeSession } from './header.ts'
import { isZero, readUint16, readUint48, writeUint16, writeUint48 } from './integers.ts'

const kindAt = 16
const groupAt = 17
const fromAt = 18
const toAt = 24
const paddingAt = 30
const totalAt = 8
const rowsAt = 10

/** A client asks for a report. */
export interface Report {
  readonly requestId: number
  readonly sessionHigh: number
  readonly sessionLow: number
  /** A number of {@link reportKind}. */
  readonly report: number
  /** A number of {@link reportGroup}. */
  readonly group: number
  /** Epoch milliseconds, inclusive. */
  readonly fromMs: number
  /** Epoch milliseconds, exclusive. */
  readonly toMs: number
  /** Bytes of the whole REPORT, 38 to 1,200, which the answer will not exceed. */
  readonly size: number
}

/** Whether the `length` bytes of a REPORT, tag included, are well formed. */
export function isReport(bytes: Uint8Array, offset: number, length: number): boolean {
  const kind = bytes[offset + kindAt] ?? 0
  return (
    length >= wireSize.reportLeast &&
    length <= wireSize.datagramMost &&
    (kind === reportKind.summary || kind === reportKind.reportSummary) &&
    (bytes[offset + groupAt] ?? 0) <= reportGroup.source &&
    isZero(bytes, offset + paddingAt, offset + length - wireSize.tag)
  )
}

/** Writes a REPORT, padded to its size, without its tag and returns its length so far. */
export function writeReport(bytes: Uint8Array, offset: number, report: Report): number {
  writeHeader(bytes, offset, messageType.report, report.requestId)
  writeSession(bytes, offset, report.sessionHigh, report.sessionLow)
  bytes[offset + kindAt] = report.report
  bytes[offset + groupAt] = report.group
  writeUint48(bytes, offset + fromAt, report.fromMs)
  writeUint48(bytes, offset + toAt, report.toMs)
  const length = report.size - wireSize.tag
  bytes.fill(0, offset + paddingAt, offset + length)
  return length
}

/** A REPORT by its fields, undefined where it is malformed; its tag is checked apart. */
export function readReport(bytes: Uint8Array, offset: number, length: number): Report | undefined {
  if (messageTypeOf(bytes, offset, length) !== messageType.report || !isReport(bytes, offset, length)) return undefined
  return {
    requestId: requestIdOf(bytes, offset),
    sessionHigh: sessionHighOf(bytes, offset),
    sessionLow: sessionLowOf(bytes, offset),
    report: bytes[offset + kindAt] ?? 0,
    group: bytes[offset + groupAt] ?? 0,
    fromMs: readUint48(bytes, offset + fromAt),
    toMs: readUint48(bytes, offset + toAt),
    size: length,
  }
}

/** Rows of a report, as many as fit. */
export interface ReportData {
  readonly requestId: number
  /** Rows there are. */
  readonly totalRows: number
  /** Rows in this datagram. */
  readonly rows: number
  /** JSON text of the rows. */
  readonly json: string
}

/** Begins a REPORT DATA and returns where its JSON text goes, behind which follows the tag. */
export function writeReportDataHead(bytes: Uint8Array, offset: number, requestId: number, totalRows: number, rows: number): number {
  writeHeader(bytes, offset, messageType.reportData, requestId)
  writeUint16(bytes, offset + totalAt, totalRows)
  writeUint16(bytes, offset + rowsAt, rows)
  return offset + wireSize.reportDataHead
}

/** A REPORT DATA by its fields, undefined where it is malformed; its tag is checked apart. */
export function readReportData(bytes: Uint8Array, offset: number, length: number): ReportData | undefined {
  if (length < wireSize.reportDataHead + wireSize.tag || length > wireSize.datagramMost) return undefined
  if (messageTypeOf(bytes, offset, length) !== messageType.reportData) return undefined
  const text = bytes.subarray(offset + wireSize.reportDataHead, offset + length - wireSize.tag)
  const totalRows = readUint16(bytes, offset + totalAt)
  const rows = readUint16(bytes, offset + rowsAt)
  if (rows > totalRows) return undefined
  return { requestId: requestIdOf(bytes, offset), totalRows, rows, json: Buffer.from(text).toString('utf8') }
}
