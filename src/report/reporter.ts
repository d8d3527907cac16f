import type { Subject } from '../deployment/observation.ts'
import { type Cause, causeOf, type OutcomeKind, passes, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { type SavedRelease, type SavedRun, toState } from '../state.ts'
import { plain, quoted } from '../text/safe.ts'
import type { DeploymentEvent } from '../watch/watch.ts'
import { lines, nameWidth } from './grouped.ts'
import { outputs } from './outputs.ts'
import { type Paint, unpainted } from './paint.ts'
import type { PlanText } from './planning.ts'
import { summary } from './summary.ts'
import { annotation, explanation, headline, mostOfLog } from './words.ts'

/** The job, as far as the voice reaches it. */
export interface JobPort {
  info(line: string): void
  group(title: string, lines: readonly string[]): void
  annotate(level: 'notice' | 'warning' | 'error', title: string, message: string): void
  setOutput(name: string, value: string): void
  saveState(name: string, value: string): void
  writeSummary(markdown: string): Promise<void>
}

/** GitHub keeps ten annotations of a level for a step; the rest would be lost without a word. */
const mostWarnings = 9
/** More functions than these are not told in full each. */
const mostInFull = 10

const noOutcome: Cause = {
  code: 'UNFORESEEN',
  what: 'Lambda CodeDeploy ended without saying how this release ended.',
  next: 'Look at the deployment in the console, and please report this with the log.'
}

/** Tells people, and the workflow, what happens. It decides nothing. */
export class Reporter {
  readonly #job: JobPort
  /** What the post step must know of this run. */
  #keep: Pick<SavedRun, 'region' | 'leaving' | 'role' | 'blockedBy'> | undefined
  readonly #paint: Paint
  #saved: readonly SavedRelease[] = []
  #records: readonly ReleaseRecord[] = []
  /** Of each deployment that was seen. They are kept out of the state, which must stay small. */
  readonly #alarms = new Map<ReleaseRecord, readonly string[]>()
  readonly #published = new Map<string, string>()
  #warnings = 0

  constructor(job: JobPort, keep?: Pick<SavedRun, 'region' | 'leaving' | 'role'>, paint: Paint = unpainted) {
    this.#job = job
    this.#keep = keep
    this.#paint = paint
  }

  get records(): readonly ReleaseRecord[] {
    return this.#records
  }

  /** From here on `publish` tells the workflow of these. */
  follow(records: readonly ReleaseRecord[]): void {
    this.#records = records
    this.publish()
  }

  say(text: string): void {
    this.#job.info(text)
  }

  /**
   * The plan of one function, in full: GitHub shows groups folded. Several have a line each, which says where the traffic goes, with
   * the rest folded behind it, but for very many.
   */
  plan({ title, glance, facts }: PlanText): void {
    if (this.#records.length <= 1) {
      this.#job.info(this.#paint('bold', title))
      for (const fact of facts) this.#job.info(fact)
      return
    }
    const whole = glance === undefined ? title : `${title}: ${glance}`
    if (this.#isCrowded || facts.length === 0) this.#job.info(whole)
    else this.#job.group(whole, facts)
  }

  /** Of very many functions, the AppSpecs are in the summary and in the output `results` only. */
  appSpec({ functionName, alias }: ReleaseRecord, content: string): void {
    if (this.#isCrowded) return
    const whose = this.#records.length > 1 ? ` of ${plain(`${functionName}:${alias}`)}` : ''
    this.#job.group(`AppSpec${whose}`, quoted(content))
  }

  get #isCrowded(): boolean {
    return this.#records.length > mostInFull
  }

  warn(record: ReleaseRecord, message: string): void {
    if (record.warnings.includes(message)) return
    record.warnings.push(message)
    this.#warnings += 1
    if (this.#warnings <= mostWarnings) this.#job.annotate('warning', 'Lambda CodeDeploy', plain(message))
    else this.#job.info(`Warning: ${plain(message)}`)
  }

  /** From here on CodeDeploy may have a deployment of ours, whether we learn of it or not. */
  creating(release: SavedRelease): void {
    this.#saved = [...this.#saved.filter(({ record }) => record !== release.record), release]
    this.#save('creating')
  }

  /** A release of the same step did not make it: post must know, should it have to take over. */
  blocked(by: string): void {
    if (this.#keep) this.#keep = { ...this.#keep, blockedBy: by }
    this.#save('running')
  }

  /** What had succeeded is being taken back, for the sake of another function or because the job was cancelled. */
  reverting(records: readonly ReleaseRecord[], by: string | undefined): void {
    if (this.#keep && by !== undefined) this.#keep = { ...this.#keep, blockedBy: by }
    this.#saved = this.#saved.map(each =>
      records.some(record => record === each.record) ? { ...each, reverting: true } : each
    )
    this.#save('running')
  }

  /** An alias was created, which needs nothing more: post must not miss it. */
  aliasCreated(): void {
    if (this.#saved.length > 0) this.#save('running')
  }

  /** CodeDeploy has refused it for certain, so that post need not look for it. */
  notCreated(record: ReleaseRecord): void {
    this.#saved = this.#saved.filter(each => each.record !== record)
    this.#save(this.#saved.some(each => each.record.deploymentId) ? 'running' : 'creating')
  }

  /** The id goes to the state file first: it must survive whatever comes next. */
  created(record: ReleaseRecord, subject: Subject): void {
    if (!this.#saved.some(each => each.record === record)) this.#saved = [...this.#saved, { record, subject }]
    this.#save('running')
    this.publish()
    this.#job.info(
      `Deployment ${plain(subject.deploymentId)} of ${plain(`${record.functionName}:${record.alias}`)}`
    )
    if (record.consoleUrl && !this.#isCrowded) this.#job.info(record.consoleUrl)
  }

  /** What was seen in one moment. A stop is saved before it is asked for. */
  tell(told: readonly DeploymentEvent[], recordOf: (deploymentId: string) => ReleaseRecord): void {
    const stop = told.map(({ event }) => event).find(event => event.kind === 'stop-asked')
    if (stop && this.#keep && stop.reason === 'blocked')
      this.#keep = { ...this.#keep, blockedBy: stop.by ?? 'another function was not released' }
    if (stop) this.#save('stopping')
    for (const { subject, event } of told) {
      const record = recordOf(subject.deploymentId)
      record.events.push(event)
      this.#alarms.set(record, subject.alarms)
    }
    const many = this.#records.length > 1
    const width = nameWidth(this.#records.map(({ functionName }) => functionName))
    const contextOf = ({ subject, event }: DeploymentEvent) => ({
      subject,
      begunAt: recordOf(subject.deploymentId).startedAt ?? event.at,
      many,
      nameWidth: width,
      paint: this.#paint
    })
    for (const each of lines(told, contextOf, this.#records.length)) this.#job.info(each)
    for (const { subject, event } of told)
      if (event.kind === 'part-unreadable') this.warn(recordOf(subject.deploymentId), event.reason)
      else if (event.kind === 'stop-failed')
        this.warn(
          recordOf(subject.deploymentId),
          `Deployment ${subject.deploymentId} could not be stopped: ${event.reason}`
        )
  }

  /** Outputs are set as soon as they are known, so that a cancelled job still has them. */
  publish(): void {
    for (const [name, value] of Object.entries(outputs(this.#records)))
      if (this.#published.get(name) !== value) {
        this.#published.set(name, value)
        this.#job.setOutput(name, value)
      }
  }

  /** Ends what is still open with one cause: bad inputs, or a fault of this program. */
  async abandon(cause: Cause): Promise<OutcomeKind> {
    if (this.#records.length === 0) this.follow([{ functionName: '', alias: '', events: [], warnings: [] }])
    this.#close(cause)
    return await this.conclude()
  }

  /** The result: as one annotation, which the log shows as well, as outputs, in the summary. Returns the worst outcome. */
  async conclude(): Promise<OutcomeKind> {
    this.#close(noOutcome)
    const unfinished = this.#records.some(record => record.unfinished)
    this.publish()
    for (const record of this.#records) this.#end(record, unfinished)
    const outcome = worst(this.#records.flatMap(({ outcome }) => outcome?.kind ?? []))
    // One step, one result: what is not over yet, the post step tells to its end.
    if (!unfinished) {
      const { title, message } = annotation(this.#records)
      this.#job.annotate(passes(outcome) ? 'notice' : 'error', title, message)
      for (const [record, alarms] of this.#alarms) record.alarms = alarms
      await this.#job.writeSummary(summary(this.#records, this.#keep?.region))
    }
    // Not before all has been told: a process that is killed in between leaves it to post.
    if (!unfinished) this.#save('done')
    return outcome
  }

  /** Nothing passes for a success because nobody said how it ended. */
  #close(cause: Cause): void {
    for (const record of this.#records.filter(({ outcome }) => !outcome))
      record.outcome = { kind: record.deploymentId === undefined ? 'refused' : 'lost', cause }
  }

  #save(phase: SavedRun['phase']): void {
    if (!this.#keep) return
    const expected = this.#records.filter(({ outcome }) => !outcome || causeOf(outcome)).length
    this.#job.saveState('run', toState({ ...this.#keep, phase, expected, releases: this.#saved }))
  }

  /** What the log has beside the annotation: the rest of a hook's log, or the state of what is not over. */
  #end({ outcome, ...record }: ReleaseRecord, unfinished: boolean): void {
    if (!outcome) return
    const { log = [], hook } = causeOf(outcome) ?? {}
    if (log.length > mostOfLog)
      this.#job.group(
        `Last ${log.length} lines in the log of ${plain(hook?.functionName ?? 'the hook')}`,
        quoted(log)
      )
    if (!unfinished) return
    this.#job.info(this.#paint(passes(outcome.kind) ? 'green' : 'red', headline({ ...record, outcome })))
    for (const line of explanation(outcome)) this.#job.info(line)
  }
}
