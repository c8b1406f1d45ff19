/** Tells the decoder of a replay that another file begins; it travels among the frames, so it can't overtake them. */
export interface PlayCue {
  /** Wall-clock time at which the file starts, epoch milliseconds. */
  readonly startedAt: number
  /** Recorded trade time that stands for the start. */
  readonly startAt: number
  readonly earliestAt: number
  readonly speed: number
  /** Order of the file's earliest trade; rises from file to file, so that a later one always wins. */
  readonly orderBase: number
}

const mark = '\u0001trinity-replay '

export function writeCue(cue: PlayCue): string {
  return mark + JSON.stringify(cue)
}

/** The cue in a frame; undefined for a recorded one. */
export function readCue(frame: string): PlayCue | undefined {
  return frame.startsWith(mark) ? (JSON.parse(frame.slice(mark.length)) as PlayCue) : undefined
}
