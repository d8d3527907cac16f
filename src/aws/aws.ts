import { type Clock, realClock } from '../clock.ts'
import type { Trace } from '../trace.ts'
import { Alarms } from './alarms.ts'
import { Arns } from './arns.ts'
import { type Asking, Silence } from './ask.ts'
import { Budgets } from './budgets.ts'
import { type AwsOptions, createClients } from './clients.ts'
import { cloudWatch } from './cloudwatch.ts'
import { createCodeDeploy } from './codedeploy.ts'
import { assumedRole, type Role } from './credentials.ts'
import { FunctionCode } from './functioncode.ts'
import { Lambda } from './lambda.ts'
import { Logs } from './logs.ts'
import { Metrics } from './metrics.ts'
import { Network, type NetworkOptions } from './network.ts'
import { Objects } from './objects.ts'
import { OldVersions } from './oldversions.ts'

export interface CreateAwsOptions extends AwsOptions {
  role?: Role
  /** Once aborted, requests that are still queued are no longer sent. */
  cancelled?: AbortSignal
  /** How long to go on asking what gets no answer, ms. Default: as in Asking. */
  patienceMs?: number
  /** As in NetworkOptions. */
  ahead?: NonNullable<NetworkOptions['ahead']>
  /** Gets a line when AWS does not answer for a while. */
  tell?(line: string): void
  /** Gets a line for every request. Default: none. */
  trace?: Trace
}

/** How long to go on asking for what comes after the release, ms: once more after an answer that did not come in time. */
const cleaningPatienceMs = 25_000

/** How long after a cancel an answer is still waited for, ms: of the ten seconds that are left, reading the alias may take two. */
const lateMs = 5_000

/** AWS as the program sees it. `clock` paces the retries. `awsNow` gives AWS's own time, as learned from its answers. */
export function createAws(
  { role, cancelled, patienceMs, ahead, tell, trace, ...ambient }: CreateAwsOptions,
  clock: Clock
) {
  const over = new AbortController()
  const late = new AbortController()
  const becomeLate = () => void clock.sleep(lateMs, over.signal).then(() => late.abort())
  cancelled?.addEventListener('abort', becomeLate, { once: true, signal: over.signal })
  const network = new Network({
    clock,
    over: over.signal,
    ...(ahead && { ahead }),
    // The network is real in a rehearsal too, so a fast clock must not shorten its time-outs.
    ...(!ambient.requestHandler && { timer: realClock() }),
    ...(trace && { trace })
  })
  const options = role ? { ...ambient, credentials: assumedRole(role, ambient, network) } : ambient
  const budgets = new Budgets(clock, { over: over.signal, ...(cancelled && { cancelled }) })
  const clients = createClients(options, network, budgets)
  const arns = new Arns(options.region)
  const asking: Asking = {
    clock,
    hungUp: over.signal,
    late: late.signal,
    ...(cancelled && { cancelled }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(tell && { silence: new Silence(tell) })
  }
  const watching = cloudWatch(options, network)
  return {
    lambda: new Lambda(clients.lambda, asking, arns),
    codedeploy: createCodeDeploy(clients.codedeploy, asking, arns),
    code: new FunctionCode(clients.lambda, asking, arns),
    objects: new Objects(options, network, asking, arns),
    logs: new Logs(options, network, clock, arns),
    metrics: new Metrics(watching, asking),
    alarms: new Alarms(watching),
    /** What is asked to delete old versions, until `over` aborts. Nobody waits for long for that. */
    oldVersions: (over: AbortSignal) => {
      const hurried = { clock, over, patienceMs: cleaningPatienceMs }
      return {
        lambda: new OldVersions(clients.lambda, hurried, arns),
        codedeploy: createCodeDeploy(clients.codedeploy, hurried, arns)
      }
    },
    /** Epoch ms by AWS's clock. */
    awsNow: () => network.time.now(),
    /** What that is at the least. */
    earliestNow: () => network.time.earliest(),
    /** Hangs up, and drops what waits for its turn: nobody waits for an answer any more, and the process is to end. */
    leave: () => {
      over.abort()
      clients.codedeploy.destroy()
      clients.lambda.destroy()
    }
  }
}
