/** What becomes of a release when the action itself breaks in the middle of it. */
import { describe, expect, test } from '@jest/globals'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { repository, sha } from '../github/job.ts'
import { type Inputs, play, release } from './play.ts'
import { ends, releaseBoth, serves } from './services.ts'

/** Breaks when it is asked for so many times, and never again. */
const breaksAt = (time: number) => {
  let times = 0
  return () => {
    times += 1
    if (times === time) throw new Error('no chance')
    return 0.5
  }
}

const broken = (id: string) =>
  `Lambda CodeDeploy itself failed: no chance. The post step of this action finishes what was begun (${id}). Please report this with the log.`

describe('while a canary runs', () => {
  test.each<{ name: string; inputs: Inputs; ended: string; says: string; serving: string }>([
    {
      name: 'post shifts it back, and GitHub gets the end',
      inputs: {},
      ended: 'failure',
      says: 'payments-api:live: the step was interrupted; it serves v7 as before.',
      serving: '7'
    },
    {
      name: 'post leaves it with if-interrupted: continue, and GitHub gets the end',
      inputs: { 'if-interrupted': 'continue' },
      ended: 'failure',
      says: 'payments-api:live: the step was interrupted; it serves v7 90% and v8 10% for now.',
      serving: 'split'
    }
  ])('the error names the deployment; $name', async ({ inputs, ended, says, serving }) => {
    const github = new GitHub(repository, new Faults())
    const { passed, outputs, annotations, aws, summary } = await play({
      inputs: {
        ...release,
        'github-token': repository.token,
        'github-environment': 'production',
        ...inputs
      },
      env: { GITHUB_SHA: sha.ours },
      github: () => github,
      random: breaksAt(6)
    })
    expect([passed, outputs.outcome, outputs['error-code']]).toEqual([false, 'lost', 'UNFORESEEN'])
    expect(annotations.map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
      ['error', broken(outputs['deployment-id'] ?? '')],
      ['error', says]
    ])
    expect(serves(aws, 'payments-api')).toBe(serving)
    expect(github.deployments.map(({ states }) => states.at(-1))).toEqual([ended])
    expect(summary.split('the step was interrupted')).toHaveLength(2)
  })
})

test('while two canaries run: post shifts both back', async () => {
  const { aws, outputs, annotations } = await releaseBoth({ random: breaksAt(6) })
  const of = (name: string) => `${name}:live: the step was interrupted; it serves v7 as before.`
  expect(ends({ aws, outputs })).toEqual({ orders: 'lost UNFORESEEN (7)', ledger: 'lost UNFORESEEN (7)' })
  expect(annotations.map(({ title }) => title)).toEqual([
    'Lambda CodeDeploy failed',
    'Lambda CodeDeploy: interrupted, 2 of 2 functions not released'
  ])
  expect(annotations[1]?.message).toContain(of('orders'))
})
