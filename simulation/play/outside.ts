import type { Aws } from '../../simulator/aws.ts'
import type { SimulatedClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import type { StatePort } from '../../src/journal.ts'
import type { Outside, RunnerPort } from '../../src/main.ts'
import type { JobPort } from '../../src/report/reporter.ts'
import { jobEnv } from '../draw/job.ts'

/** Credentials that the job finds in its environment. */
export const ambientCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

/** One process of the step, main or post: what a simulated world always has to say. */
export interface SimulatedProcess {
  aws: Aws
  clock: SimulatedClock
  /** The step's inputs. */
  inputs: Readonly<Record<string, string>>
  job: JobPort & StatePort
  /** What main left for post. */
  state?: Readonly<Record<string, string>>
  /** What else differs of the runner. */
  runner?: Partial<RunnerPort>
}

/** The world of such a process, as src/main.ts takes it. What `given` leaves out is as usual; `env` comes on top of `jobEnv`. */
export function simulated(
  { aws, clock, inputs, job, state = {}, runner: more }: SimulatedProcess,
  { env, ...given }: Partial<Outside> = {}
): Outside {
  const runner: RunnerPort = {
    ...job,
    input: name => inputs[name] ?? '',
    state: name => state[name] ?? '',
    idToken: async audience => idToken(clock.now(), { audience }),
    mask: () => undefined,
    debug: undefined,
    ...more
  }
  return {
    env: { ...jobEnv, ...env },
    runner,
    cancelled: new AbortController().signal,
    clock,
    random: () => 0.5,
    file: () => ({ problem: 'there is no such file' }),
    aws: { credentials: ambientCredentials, requestHandler: requestHandler(aws) },
    github: { fetch: unreachable },
    ...given
  }
}

/** There is no network. */
export const unreachable: typeof globalThis.fetch = async () => {
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  throw new TypeError('fetch failed', { cause })
}
