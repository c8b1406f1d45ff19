import { errorTable } from '@trinity/core'
import { generatedPage, markdownTable } from './markdown.ts'

export function errorPage(): string {
  const entries = Object.entries(errorTable)
  const rows = (wanted: (status: number) => boolean): string[][] =>
    entries
      .filter(([, { status }]) => wanted(status))
      .toSorted(([, a], [, b]) => a.status - b.status)
      .map(([code, { status, retryable, meaning }]) => [`\`${code}\``, ...(status === 0 ? [] : [String(status)]), retryable ? 'yes' : 'no', meaning])
  return generatedPage(
    'Error codes',
    'Codes are stable and only ever added. “Retry” says whether the same request may succeed later; 503 answers carry `Retry-After`.',
    '## Answers',
    'Every error answer has the body `{"status_code","endpoint","error":{"code","message"},"request_id"}`; `error` also has `resets_at` with `TRN_QUOTA_EXCEEDED`, and `successor` with `TRN_ASSET_UNKNOWN` where the asset was swapped into another one.',
    markdownTable(
      ['Code', 'Status', 'Retry', 'Meaning'],
      rows((status) => status > 0),
    ),
    '## Inside the process',
    'These stop a command with exit code 1 and one line, or are thrown by the SDK.',
    markdownTable(
      ['Code', 'Retry', 'Meaning'],
      rows((status) => status === 0),
    ),
  )
}
