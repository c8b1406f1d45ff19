/** The lines, counted from 1, on which the elements begin of the lists at the top of a JSON document, in order. */
export function entryLines(json: string): readonly number[] {
  const lines: number[] = []
  let open = ''
  let line = 1
  let beginsElement = false
  for (let at = 0; at < json.length; at++) {
    const char = json[at] ?? ''
    if (beginsElement && !/\s/.test(char)) {
      if (char !== ']') lines.push(line)
      beginsElement = false
    }
    if (char === '\n') line++
    else if (char === '"') at = endOfString(json, at)
    else if ('{['.includes(char)) open += char
    else if ('}]'.includes(char)) open = open.slice(0, -1)
    if (open === '{[' && '[,'.includes(char)) beginsElement = true
  }
  return lines
}

function endOfString(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}
