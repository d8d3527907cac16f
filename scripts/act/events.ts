/** What act (0.2.89) told about a run, from the lines of its `--json`. */
export interface Run {
  /** Job -> its result, only of those that ran: act passes over a job whose runner it does not have, and passes. */
  jobs: Record<string, string>
  /** Each step's stages, in the order in which they ended. */
  stages: { job: string; step: string; stage: string; result: string }[]
  /** The log without act's own lines, colours and line ends. */
  log: string[]
}

interface Line {
  job?: string
  step?: string
  stage?: string
  stepResult?: string
  jobResult?: string
  raw_output?: boolean
  msg?: string
}

/** Reads act's output; what is not JSON is not act's. */
export function readRun(output: string): Run {
  const run: Run = { jobs: {}, stages: [], log: [] }
  for (const text of output.split('\n')) {
    if (!text.startsWith('{')) continue
    const {
      job: padded = '',
      step = '',
      stage = '',
      stepResult,
      jobResult,
      raw_output,
      msg = ''
    }: Line = JSON.parse(text)
    // act pads the names of jobs that it shows side by side.
    const job = padded.trimEnd()
    if (stepResult !== undefined && stage !== '') run.stages.push({ job, step, stage, result: stepResult })
    if (jobResult !== undefined) run.jobs[job] = jobResult
    if (raw_output || annotation.test(msg)) run.log.push(plain(msg))
  }
  return run
}

const annotation = /::(error|warning|notice) /

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const plain = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '').trimEnd()
