import type { Spread } from '../statistics.ts'

/** Bars on one scale that begins at nothing. */
export interface BarPanel {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly isOurs: boolean; readonly value: Spread }[]
}

const size = { width: 760, margin: 16, label: 170, figure: 60, bar: 18, gap: 8, title: 34 }
const barsAt = size.margin + size.label
const barsWidth = size.width - barsAt - size.figure - size.margin

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .ours { fill: #0969da }
  .other { fill: #afb8c1 }
  .range { stroke: #57606a; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .ours { fill: #4493f8 }
    .other { fill: #6e7681 }
    .range { stroke: #c9d1d9 }
  }`

/** An SVG picture of some panels under each other: a bar is a median, the line over its end the range of the rounds. */
export function barChart(title: string, panels: readonly BarPanel[]): string {
  let y = size.margin
  const parts: string[] = []
  for (const panel of panels) {
    parts.push(textAt(size.margin, y + 16, panel.title, 'title'))
    y += size.title
    const most = Math.max(...panel.bars.map(({ value }) => value.max))
    for (const { label, isOurs, value } of panel.bars) {
      const [median, min, max] = [value.median, value.min, value.max].map((rate) => Math.round((rate / most) * barsWidth)) as [number, number, number]
      const middle = y + size.bar / 2
      parts.push(
        textAt(size.margin, y + 14, label),
        `<rect class="${isOurs ? 'ours' : 'other'}" x="${barsAt}" y="${y}" width="${median}" height="${size.bar}" rx="2"/>`,
        `<line class="range" x1="${barsAt + min}" y1="${middle}" x2="${barsAt + max}" y2="${middle}"/>`,
        textAt(barsAt + Math.max(median, max) + 8, y + 14, (value.median / 1000).toFixed(1)),
      )
      y += size.bar + size.gap
    }
    y += size.gap
  }
  const box = `width="${size.width}" height="${y}" viewBox="0 0 ${size.width} ${y}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${escaped(title)}">\n<style>${style}\n</style>\n${parts.join('\n')}\n</svg>\n`
}

function textAt(x: number, y: number, text: string, kind?: string): string {
  return `<text x="${x}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped(text)}</text>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
