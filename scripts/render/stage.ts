import { type Play, release } from '../../__tests__/scenarios/play.ts'
import { simulated } from '../../simulation/play/outside.ts'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import type { StatePort } from '../../src/journal.ts'
import { main } from '../../src/main.ts'
import type { JobPort } from '../../src/report/reporter.ts'
import { inert } from '../../src/text/safe.ts'

/** A line as GitHub's log shows it; SGR colours are in the text. */
export interface LogLine {
  kind: 'text' | 'folded' | 'notice' | 'warning' | 'error'
  text: string
}

export interface Shown {
  log: LogLine[]
  summary: string
}

/** Plays a scene in virtual time and keeps what people would see of it, in colours. */
export async function show({ inputs = release, setting, before }: Play): Promise<Shown> {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws, setting)
  const cancelling = new AbortController()
  before?.(aws, clock, () => cancelling.abort())
  const { job, shown } = showingJob()
  await clock.run(() =>
    main(simulated({ aws, clock, inputs, job }, { cancelled: cancelling.signal, env: { NO_COLOR: '' } }))
  )
  return shown
}

function showingJob(): { job: JobPort & StatePort; shown: Shown } {
  const shown: Shown = { log: [], summary: '' }
  const text = (line: string): LogLine => ({ kind: 'text', text: inert(line) })
  return {
    shown,
    job: {
      info: line => void shown.log.push(text(line)),
      // GitHub folds groups.
      group: title => void shown.log.push({ kind: 'folded', text: title }),
      // The runner marks the first line of an annotation only.
      annotate: (kind, _title, message) => {
        const [first = '', ...more] = message.split('\n')
        shown.log.push({ kind, text: inert(first) }, ...more.map(text))
      },
      setOutput: () => undefined,
      saveState: () => true,
      writeSummary: async markdown => {
        shown.summary += markdown
      }
    }
  }
}
