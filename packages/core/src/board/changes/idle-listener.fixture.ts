import { ChangeLog } from './change-log.ts'
import { ChangeReader } from './change-reader.ts'

// Nothing but the wait for a change is left: the program must end.
new ChangeReader(new ChangeLog().buffer).listen(
  () => {},
  () => {},
)
