import type { Aws } from '../../simulator/aws.ts'
import type { SimulatedClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import type { Outside, RunnerPort } from '../../src/main.ts'
import type { JobPort } from '../../src/report/reporter.ts'

/** The environment of a job that releases payments. Colours are off: they would only be in the way of who reads the log. */
export const jobEnv = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1',
  NO_COLOR: '1'
}

/** Credentials that the job finds in its environment. */
export const ambientCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

/** One process of the step, main or post: what a simulated world always has to say. */
export interface SimulatedProcess {
  aws: Aws
  clock: SimulatedClock
  /** The step's inputs. */
  inputs: Readonly<Record<string, string>>
  job: JobPort
  /** What main left for post. */
  state?: Readonly<Record<string, string>>
}

/** The world of such a process, as src/main.ts takes it. What `given` leaves out is as usual; `env` comes on top of `jobEnv`. */
export function simulated(
  { aws, clock, inputs, job, state = {} }: SimulatedProcess,
  { env, ...given }: Partial<Outside> = {}
): Outside {
  const runner: RunnerPort = {
    ...job,
    input: name => inputs[name] ?? '',
    state: name => state[name] ?? '',
    idToken: async () => idToken(clock.now(), { audience: 'sts.amazonaws.com' }),
    debug: undefined
  }
  return {
    env: { ...jobEnv, ...env },
    runner,
    cancelled: new AbortController().signal,
    clock,
    random: () => 0.5,
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
