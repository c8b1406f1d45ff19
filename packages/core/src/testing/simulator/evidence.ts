import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConnectorFixtures } from '../fixtures.ts'
import { type RecordedFrame, findRecordings, readRecording } from '../recordings.ts'

/** What a simulator is measured by. */
export interface SimulatorEvidence {
  readonly fixtures: ConnectorFixtures
  /** Real frames of the venue's present protocol, whose older ones may lack newer keys. */
  readonly recordings?: readonly RecordedFrame[] | undefined
  /** Frames of the venue's documentation whose kind the fixtures lack. */
  readonly documented?: readonly string[]
}

/**
 * The frames of some recordings of a venue (`FOLDER/VENUE/NAME.jsonl`); undefined where there are none of them.
 * @param root folder of the repository, beside which recordings are looked for
 * @throws TrinityError `TRN_RECORDING_INVALID` when one of them can't be read.
 */
export function readVenueRecordings(root: URL, venue: string, names: readonly string[]): readonly RecordedFrame[] | undefined {
  const folder = findRecordings(fileURLToPath(root))
  if (folder === undefined) return undefined
  const files = names.map((name) => join(folder, venue, `${name}.jsonl`)).filter((file) => existsSync(file))
  return files.length === 0 ? undefined : files.flatMap((file) => [...readRecording(file)])
}
