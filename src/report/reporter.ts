import { nameAmong, qualifiedName } from '../deployment/names.ts'
import type { Subject } from '../deployment/observation.ts'
import { causeOf, type OutcomeKind, passes, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Journal } from '../journal.ts'
import { plain, quoted } from '../text/safe.ts'
import type { DeploymentEvent } from '../watch/watch.ts'
import { lines, nameWidth } from './grouped.ts'
import { outputs } from './outputs.ts'
import { type Paint, unpainted } from './paint.ts'
import type { PlanText } from './planning.ts'
import { shortSummary, summary } from './summary.ts'
import { annotation, explanation, headline, leftBehind, mostOfLog, sharedNote } from './words.ts'

/** The job, as far as the voice reaches it. */
export interface JobPort {
  info(line: string): void
  group(title: string, lines: readonly string[]): void
  annotate(level: 'notice' | 'warning' | 'error', title: string, message: string): void
  setOutput(name: string, value: string): void
  writeSummary(markdown: string): Promise<void>
}

/** GitHub keeps ten annotations of a level for a step; the rest would be lost without a word. */
const mostWarnings = 9
/** More functions than these are not told in full each. */
const mostInFull = 10

/** Tells people, and the workflow, what happens. It decides nothing. */
export class Reporter {
  readonly #job: JobPort
  readonly #journal: Pick<Journal, 'records' | 'region' | 'isUnfinished'>
  readonly #paint: Paint
  readonly #published = new Map<string, string>()
  #warnings = 0

  constructor(
    job: JobPort,
    journal: Pick<Journal, 'records' | 'region' | 'isUnfinished'>,
    paint: Paint = unpainted
  ) {
    this.#job = job
    this.#journal = journal
    this.#paint = paint
  }

  get #records(): readonly ReleaseRecord[] {
    return this.#journal.records
  }

  /** `record` is the function that the line is about, if it does not say that itself. */
  say(text: string, record?: ReleaseRecord): void {
    this.#job.info(record ? this.#named(record, text) : text)
  }

  /** Of several functions, which one it is about. */
  #named(record: ReleaseRecord, text: string): string {
    return this.#records.length > 1 ? `${plain(qualifiedName(record))}: ${text}` : text
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

  /** What is about the whole step, or about several of its functions, is kept in the record of one, and does not get its name. */
  warn(record: ReleaseRecord, message: string, about: 'function' | 'step' = 'function'): void {
    if (record.warnings.includes(message)) return
    record.warnings.push(message)
    this.#warnings += 1
    const text = about === 'step' ? plain(message) : this.#named(record, plain(message))
    if (this.#warnings <= mostWarnings) this.#job.annotate('warning', 'Lambda CodeDeploy', text)
    else this.#job.info(`Warning: ${text}`)
  }

  /** A deployment has an id, whether this run created it or joined it. */
  created(record: ReleaseRecord, { deploymentId }: Pick<Subject, 'deploymentId'>): void {
    this.publish()
    this.#job.info(`Deployment ${plain(deploymentId)} of ${plain(`${record.functionName}:${record.alias}`)}`)
    if (record.consoleUrl && !this.#isCrowded) this.#job.info(record.consoleUrl)
  }

  /** What was seen in one moment, as lines of the log. */
  tell(told: readonly DeploymentEvent[], recordOf: (deploymentId: string) => ReleaseRecord): void {
    const many = this.#records.length > 1
    const width = nameWidth(this.#records.map(record => nameAmong(this.#records, record)))
    const contextOf = ({ subject, event }: DeploymentEvent) => ({
      subject,
      begunAt: recordOf(subject.deploymentId).startedAt ?? event.at,
      ...(many && { name: nameAmong(this.#records, subject) }),
      nameWidth: width,
      paint: this.#paint
    })
    for (const each of lines(told, contextOf, this.#records.length)) this.#job.info(each)
    for (const { subject, event } of told)
      if (event.kind === 'part-unreadable') this.warn(recordOf(subject.deploymentId), event.reason)
      else if (event.kind === 'stop-failed' && !event.isPassing)
        this.warn(
          recordOf(subject.deploymentId),
          `Deployment ${subject.deploymentId} could not be stopped: ${event.reason}`
        )
  }

  /** Outputs are set as soon as they are known, so that a cancelled job still has them. `ended` is the output `summary`. */
  publish(ended = ''): void {
    for (const [name, value] of Object.entries(outputs(this.#records, ended)))
      if (this.#published.get(name) !== value) {
        this.#published.set(name, value)
        this.#job.setOutput(name, value)
      }
  }

  /** The result: as one annotation, which the log shows as well, as outputs, in the summary. Returns the worst outcome. */
  async conclude(): Promise<OutcomeKind> {
    const { isUnfinished } = this.#journal
    this.publish(shortSummary(this.#records, this.#journal.region))
    for (const record of this.#records) this.#end(record, isUnfinished)
    const outcome = worst(this.#records.flatMap(({ outcome }) => outcome?.kind ?? []))
    // One step, one result: what is not over yet, the post step tells to its end.
    if (isUnfinished) return outcome
    const { title, message } = annotation(this.#records)
    this.#job.annotate(passes(outcome) ? 'notice' : 'error', title, message)
    await this.#job.writeSummary(summary(this.#records, this.#journal.region))
    return outcome
  }

  /** What the log has beside the annotation: the rest of a function's log, or the state of what is not over. */
  #end({ outcome, ...record }: ReleaseRecord, unfinished: boolean): void {
    if (!outcome) return
    const { log = [], hook, answer } = causeOf(outcome) ?? {}
    const whose = hook?.functionName ?? (answer === undefined ? 'the hook' : record.functionName)
    if (log.length > mostOfLog)
      this.#job.group(
        `Last ${log.length} lines in the log of ${plain(whose)}${sharedNote(hook)}`,
        quoted(log)
      )
    if (!unfinished) return
    this.#job.info(this.#paint(passes(outcome.kind) ? 'green' : 'red', headline({ ...record, outcome })))
    for (const line of [...explanation(outcome), ...leftBehind({ ...record, outcome })]) this.#job.info(line)
  }
}
