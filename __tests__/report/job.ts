import { Journal, type StatePort } from '../../src/journal.ts'
import { type JobPort, Reporter } from '../../src/report/reporter.ts'

/** A job that records what it is told, with the journal and the reporter of a run in eu-west-1. */
export function rememberingJob() {
  const told = {
    log: [] as string[],
    annotations: [] as string[][],
    outputs: {} as Record<string, string>,
    order: [] as string[],
    state: {} as Record<string, string>,
    summaries: [] as string[]
  }
  const job: JobPort & StatePort = {
    info: line => void told.log.push(line),
    group: (title, lines) => void told.log.push(`[${title}]`, ...lines),
    annotate: (...annotation) => void told.annotations.push(annotation),
    setOutput: (name, value) => {
      told.outputs[name] = value
      told.order.push(`output ${name}`)
    },
    saveState: (name, value) => {
      told.state[name] = value
      told.order.push(`state ${name}`)
      return true
    },
    writeSummary: async markdown => void told.summaries.push(markdown)
  }
  const journal = new Journal(job, { region: 'eu-west-1', leaving: 'rollback' })
  return { told, job, journal, reporter: new Reporter(job, journal) }
}
