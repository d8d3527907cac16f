import type { Aws } from '../../simulator/aws.ts'
import type { Run } from './events.ts'
import type { Place } from './world.ts'

/** A workflow as act runs it, and how it must end. */
export interface Case {
  name: string
  /** The workflow's path in the caller's repository. */
  workflow: string
  /** Default: push. */
  event?: 'push' | 'workflow_dispatch' | 'pull_request' | undefined
  /** Of `workflow_dispatch`. */
  inputs?: Readonly<Record<string, string>>
  /** Simulated seconds per second; default 300. */
  speed?: number
  /** Default: one account in eu-west-1. */
  places?: readonly Place[]
  /** What is different from the usual scene, before the run. */
  prepare?(aws: Aws): void | Promise<void>
  /** What happens when traffic is first split between two versions in one of the places. */
  meanwhile?: {
    region: string
    happens: (aws: Aws, interrupt: () => void) => void
  }
  expect: {
    /** Every job that must have run, with its result; no other may have. */
    jobs: Readonly<Record<string, string>>
    /** Function, or region/function -> what its alias live serves in the end. */
    serves: Readonly<Record<string, string>>
    /** Lines or parts of lines of the log. */
    says?: readonly string[]
  }
}

export interface Played {
  run: Run
  serves: Readonly<Record<string, string>>
}

/** How a run differs from what the case expects; empty when it does not. */
export function differences({ expect }: Case, { run, serves }: Played): string[] {
  const found: string[] = []
  for (const name of new Set([...Object.keys(expect.jobs), ...Object.keys(run.jobs)])) {
    const [wanted = 'not to run', got = 'did not run'] = [expect.jobs[name], run.jobs[name]]
    if (wanted !== got && !(wanted === 'not to run' && got === 'did not run'))
      found.push(`job ${name}: expected ${wanted}, but ${got}`)
  }
  for (const [name, wanted] of Object.entries(expect.serves))
    if (serves[name] !== wanted)
      found.push(`${name}: expected to serve ${wanted}, but serves ${serves[name]}`)
  for (const text of expect.says ?? [])
    if (!run.log.some(line => line.includes(text))) found.push(`the log does not say: ${text}`)
  return [...found, ...postProblems(run)]
}

const ours = /lambda-codedeploy@/

/** Our step always has a post step, which passes. */
function postProblems({ stages }: Run): string[] {
  const of = (stage: string) => stages.filter(each => each.stage === stage && ours.test(each.step))
  const passed = of('Post').filter(({ result }) => result === 'success').length
  const began = of('Main').filter(({ result }) => result !== 'skipped').length
  return passed === began ? [] : [`the action ran ${began} times, and its post step passed ${passed} times`]
}
