import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Repository } from '../../simulator/github.ts'
import type { Names } from '../../simulator/setting.ts'
import { deployer, mover } from './actors.ts'
import { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'
import type { StepInputs } from './inputs.ts'
import { jobEnv } from './job.ts'
import { someMoment } from './moment.ts'
import type { Scene } from './scene.ts'

/** GitHub's API as the step finds it, and what is asked of it. */
export interface GitHubScene {
  inputs: StepInputs
  /** What the live version says of where it comes from, in its description. */
  live: string
  /** What version 8 says, which another run deploys meanwhile; undefined when there is no such version. */
  arriving?: string
  /** Half a round trip takes from `lowMs` to `highMs`. */
  latency: { lowMs: number; highMs: number }
  faults: readonly Fault[]
}

const commit = (digit: string): string => digit.repeat(40)
const [older, newer, branch, gone] = [commit('2'), commit('4'), commit('5'), commit('7')]
const ours = jobEnv.GITHUB_SHA

/** `base` ← `older` ← ours ← `newer`, and `branch` ← `base`. */
export const repository: Repository = {
  name: jobEnv.GITHUB_REPOSITORY,
  token: 'ghs_tokenOfTheSimulation',
  commits: {
    [commit('1')]: [],
    [older]: [commit('1')],
    [ours]: [older],
    [newer]: [ours],
    [branch]: [commit('1')]
  },
  head: newer
}

/** As a run writes it when it publishes. */
const markOf = (sha: string, name = repository.name): string => `${name}@${sha} run 4700.1`

export const markOfOlder = markOf(older)
export const markOfNewer = markOf(newer)

export const newerIsLive = ({ live }: GitHubScene): boolean => live === markOf(newer)

/** Another run releases the newer commit, as version 8. */
export const newerArrives = ({ arriving }: GitHubScene): boolean => arriving === markOf(newer)

/** Where `if-outdated` may call a release off, half of the time another run releases the newer commit. Drawn apart. */
export function withArrival(scene: Scene): Scene {
  const { github, functions } = scene
  const chance = new Chance(scene.seed ^ 0xa2_217e)
  if (!github || !['fail', 'skip'].includes(github.inputs['if-outdated'] ?? '') || !chance.is(0.5))
    return scene
  const arriving = markOf(newer)
  const at = chance.is(0.5) ? { after: 'start' as const, ms: 0 } : someMoment(chance, functions.length)
  const configuration = chance.pick(['LambdaAllAtOnce', 'LambdaCanary10Percent5Minutes'])
  const { names } = chance.pick(functions)
  const isReplaced = chance.is(0.4)
  if (chance.is(0.5)) return withMoved({ ...scene, github: { ...github, arriving } }, chance, names)
  if (isReplaced) return withReplaced({ ...scene, github: { ...github, arriving } }, names, arriving)
  return {
    ...scene,
    github: { ...github, arriving },
    actors: [...scene.actors, deployer('8', configuration, at, names, arriving)]
  }
}

/**
 * The newer one runs when the step begins, which would replace it; or it waits in a queue for so long that only its AppSpec can tell what
 * it releases. Nothing else happens, so that nothing excuses the step.
 */
function withReplaced(scene: Scene, names: Names, arriving: string): Scene {
  const { github, steps } = scene
  const isQueued = new Chance(scene.seed ^ 0x90_e5ed).is(0.5)
  return {
    ...scene,
    faults: [],
    ...(isQueued && { uncertain: { ...scene.uncertain, createdMs: 20_000, queued: true } }),
    ...(github && {
      github: { ...github, live: markOf(older), latency: { lowMs: 40, highMs: 80 }, faults: [] }
    }),
    actors: [deployer('8', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 0 }, names, arriving)],
    steps: steps.map(step => ({
      ...step,
      inputs: { ...step.inputs, 'if-in-progress': 'replace' },
      signals: []
    }))
  }
}

/** Somebody moves the alias to the newer version while ours is being made ready. */
function withMoved(scene: Scene, chance: Chance, names: Names): Scene {
  const at = { after: 'start' as const, ms: chance.between(8_000, 40_000) }
  const [first, ...others] = scene.functions.map(member =>
    member.names === names
      ? { ...member, options: { ...member.options, version: 'pending' as const, pendingSeconds: 90 } }
      : member
  )
  return {
    ...scene,
    ...(first && { functions: [first, ...others] }),
    actors: [...scene.actors, mover('8', at, false, names)]
  }
}

/** No header can hold it, and what says so quotes it. */
const oddToken = `${repository.token}\nand more`

const always = Number.POSITIVE_INFINITY

/** A fifth of the jobs give the step a token, for one thing or for both. */
export function someGitHub(chance: Chance): GitHubScene | undefined {
  if (!chance.is(0.2)) return undefined
  const lowMs = chance.is(0.85) ? chance.spread(20, 200) : chance.spread(500, 8_000)
  return {
    inputs: {
      'github-token': chance.weighted([
        [repository.token, 90],
        ['ghs_expired', 5],
        [oddToken, 5]
      ]),
      ...(chance.is(0.6) && { 'github-environment': chance.pick(['staging', 'production']) }),
      ...(chance.is(0.6) && { 'if-outdated': chance.pick(['warn', 'fail', 'skip']) })
    },
    live: chance.weighted([
      [markOf(older), 4],
      [markOf(newer), 3],
      [markOf(branch), 1],
      [markOf(gone), 1],
      [markOf(ours), 1],
      [markOf(older, 'acme/other'), 1],
      [hostileText(chance), 1]
    ]),
    latency: { lowMs, highMs: lowMs * chance.pick([1, 2]) },
    faults: chance.is(0.5) ? [] : Array.from({ length: chance.between(1, 2) }, () => apiFault(chance))
  }
}

const kinds: [FaultKind, number][] = [
  ['timeout', 3],
  ['dropBefore', 2],
  ['custom', 5],
  ['html', 2],
  ['emptyJson', 2],
  ['wrongShape', 3]
]

function apiFault(chance: Chance): Fault {
  const kind = chance.weighted(kinds)
  return {
    operation: chance.pick(['*', 'compare', 'deployment', 'status']),
    kind,
    skip: chance.is(0.7) ? 0 : chance.between(1, 3),
    times: chance.is(0.5) ? always : chance.between(1, 3),
    ...(kind === 'html' && { status: chance.pick([200, 302, 403, 502]) }),
    ...(kind === 'custom' && {
      error: {
        name: '',
        message: hostileText(chance),
        status: chance.pick([401, 403, 404, 409, 422, 429, 500, 503])
      }
    })
  }
}

/**
 * The same scene without anything that is asked of GitHub; undefined where GitHub is well or may call the release off. What the step
 * does to the world is counted, so that signals at a count would come at other moments.
 */
export function withoutGitHub(scene: Scene): Scene | undefined {
  const { github, steps } = scene
  if (!github || (github.inputs['if-outdated'] ?? 'warn') !== 'warn') return undefined
  const isWell =
    github.faults.length === 0 &&
    github.latency.lowMs < 500 &&
    github.inputs['github-token'] === repository.token
  if (isWell || steps.some(({ signals }) => signals.some(({ at }) => 'effect' in at))) return undefined
  return {
    ...scene,
    github: { ...github, inputs: {}, faults: [] },
    steps: steps.map(step => ({
      ...step,
      inputs: { ...step.inputs, 'github-token': '', 'github-environment': '' }
    }))
  }
}
