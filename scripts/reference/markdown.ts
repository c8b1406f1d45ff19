/** A Markdown table; bars in cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The head of a generated page. */
export function generatedPage(title: string, ...parts: readonly string[]): string {
  return `${[`# ${title}`, '<!-- Generated from the sources by `npm run docs:reference`; edits here are lost. -->', ...parts].join('\n\n')}\n`
}
