import { type Play, release } from '../../__tests__/scenarios/play.ts'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { Journal, type StatePort } from '../../src/journal.ts'
import { colours } from '../../src/report/paint.ts'
import { type JobPort, Reporter } from '../../src/report/reporter.ts'
import { run } from '../../src/run.ts'
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

const env = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1'
}

/** Plays a scene in virtual time and keeps what people would see of it, in colours. */
export async function show({ inputs = release, setting, before }: Play): Promise<Shown> {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws, setting)
  const cancelling = new AbortController()
  before?.(aws, clock, () => cancelling.abort())
  const { job, shown } = showingJob()
  const entries = await readEntries(inputs.functions ?? '')
  const order = parseInputs({ input: name => inputs[name] ?? '', env, ...(entries && { entries }) })
  const clients = createClients(
    {
      region: order.region,
      run: '4711.1',
      requestHandler: requestHandler(aws),
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    },
    clock
  )
  const place = { region: order.region, leaving: order.leaving }
  const journal = new Journal(job, place)
  const reporter = new Reporter(job, journal, colours({}))
  await clock.run(() =>
    run(order, {
      ...clients,
      region: order.region,
      clock,
      random: () => 0.5,
      cancelled: cancelling.signal,
      journal,
      reporter
    })
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
      saveState: () => undefined,
      writeSummary: async markdown => {
        shown.summary += markdown
      }
    }
  }
}
