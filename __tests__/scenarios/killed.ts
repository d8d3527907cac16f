import { ambientCredentials, simulated } from '../../simulation/play/outside.ts'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import type { StatePort } from '../../src/journal.ts'
import { main as runMain, post as runPost } from '../../src/main.ts'
import type { JobPort } from '../../src/report/reporter.ts'
import { rememberingJob } from '../report/job.ts'
import { type Play, skewed } from './play.ts'

/** A step whose process is killed without warning, and the post step that the runner then starts. */
export interface Killed {
  aws: Aws
  /** What main had reported by then; `state.run` is what post finds. */
  main: ReturnType<typeof rememberingJob>['told']
  post: ReturnType<typeof rememberingJob>['told']
  /** When it was killed, epoch ms. */
  at: number
  /** How long post took, ms. */
  postMs: number
}

/**
 * Plays a step in virtual time and kills it `seconds` after its start: from then on, nothing that it does has any effect. `postSkewMs`: how
 * far the machine's clock is ahead by then, when somebody has set it.
 */
export async function killAfter(
  seconds: number,
  scene: Play & Required<Pick<Play, 'inputs'>> & { postSkewMs?: number }
): Promise<Killed> {
  const { inputs } = scene
  const clock = new VirtualClock()
  const aws = createAws({ clock, ...(scene.uncertain && { uncertain: scene.uncertain }) })
  payments(aws, scene.setting)
  const ours = skewed(clock, scene.skewMs)
  const cancelling = new AbortController()
  const before = () => scene.before?.(aws, clock, () => cancelling.abort())
  if (!scene.earlier) before()
  const killing = new AbortController()
  const [main, post] = [rememberingJob(), rememberingJob()]
  const runner = scene.idToken ? { idToken: scene.idToken(clock) } : {}
  const mortals = simulated(
    { aws, clock, inputs, job: silencedJob(main.job, killing.signal), runner },
    {
      ...(scene.env && { env: scene.env }),
      cancelled: cancelling.signal,
      clock: ours,
      aws: {
        credentials: ambientCredentials,
        requestHandler: silencedAws(requestHandler(aws), killing.signal)
      }
    }
  )
  return await clock.run(async () => {
    await scene.earlier?.(aws)
    if (scene.earlier) before()
    const ended = runMain(mortals).then(() => 'ended')
    const killed = clock.sleep(seconds * 1_000).then(() => 'killed')
    if ((await Promise.race([ended, killed])) !== 'killed') throw new Error('it ended before it was killed')
    killing.abort()
    const at = clock.now()
    await runPost(
      simulated(
        { aws, clock, inputs, job: post.job, state: main.told.state, runner },
        { ...(scene.env && { env: scene.env }), clock: skewed(clock, scene.postSkewMs ?? scene.skewMs) }
      )
    )
    return { aws, main: main.told, post: post.told, at, postMs: clock.now() - at }
  })
}

const never = new Promise<never>(() => {})

/** A service acts on what it has received, even if nobody gets the answer. */
function silencedAws(handler: ReturnType<typeof requestHandler>, dead: AbortSignal): typeof handler {
  return {
    ...handler,
    handle: async (...request) => {
      if (dead.aborted) return await never
      const answer = await handler.handle(...request)
      return dead.aborted ? await never : answer
    }
  }
}

function silencedJob(job: JobPort & StatePort, dead: AbortSignal): JobPort & StatePort {
  const until =
    <A extends unknown[], R>(tell: (...told: A) => R) =>
    (...told: A): R | undefined =>
      dead.aborted ? undefined : tell(...told)
  return {
    info: until(job.info),
    group: until(job.group),
    annotate: until(job.annotate),
    setOutput: until(job.setOutput),
    saveState: (...told) => until(job.saveState)(...told) ?? true,
    writeSummary: markdown => (dead.aborted ? never : job.writeSummary(markdown))
  }
}
