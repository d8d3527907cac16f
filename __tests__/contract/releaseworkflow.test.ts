import { execFileSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { ownInputs, passedOn } from '../../scripts/docs/releaseworkflow.ts'
import type { OutcomeKind } from '../../src/deployment/outcome.ts'
import { called, calledWorkflow } from './called.ts'
import { action } from './files.ts'
import { ourSteps, stepsOf } from './steps.ts'

const { inputs, outputs } = called()
const { jobs } = calledWorkflow()

/** What an expression is where these contexts hold. GitHub's operators in it are also those of JavaScript. */
const evaluated = (expression: string, contexts: Record<string, unknown>): unknown =>
  runInNewContext(expression.replace(/^\$\{\{|\}\}$/g, '').replace(/\.([\w-]+)/g, "?.['$1']"), contexts)

/** What the script of a step prints and gives, with this environment, after these functions of the shell. */
function saidBy(job: string, step: string, env: Record<string, string>, functions = ''): string {
  const script = jobs[job]?.steps?.find(({ name }) => name === step)?.run ?? ''
  const whole = [functions, 'GITHUB_OUTPUT=$(mktemp)', script, 'cat "$GITHUB_OUTPUT"', 'rm "$GITHUB_OUTPUT"']
  return execFileSync('bash', ['-e', '-c', whole.join('\n')], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8'
  }).trim()
}

describe('the reusable workflow', () => {
  test('has every input of the action, but for those that it has a reason to leave out', () => {
    const names = Object.keys(action().inputs)
    expect(Object.keys(ownInputs).filter(name => !names.includes(name))).toEqual([])
    expect(names.filter(name => !(name in inputs)).sort()).toEqual([
      'deployment-id',
      'github-environment',
      'github-token',
      'wait'
    ])
  })

  test('describes each input and says its type', () => {
    for (const input of Object.values(inputs))
      expect({ ...input, type: input.type }).toMatchObject({
        description: expect.stringMatching(/./),
        type: expect.stringMatching(/^(string|boolean|number)$/)
      })
  })

  test.each(['plan', 'release'])('passes in job %s every input on that it shares with the action', job => {
    const [step] = ourSteps(jobs[job])
    expect(Object.keys(step?.with ?? {})).toEqual(expect.arrayContaining(passedOn.map(([name]) => name)))
    expect(Object.keys(step?.with ?? {}).filter(name => !(name in action().inputs))).toEqual([])
  })

  test('has the outputs of the action', () => {
    expect(Object.keys(outputs)).toEqual(Object.keys(action().outputs))
    for (const { description } of Object.values(outputs)) expect(description).not.toBe('')
  })

  test.each<{ when: string; plan: OutcomeKind; release?: OutcomeKind; dryRun?: boolean; from: string }>([
    { when: 'the release', plan: 'planned', release: 'succeeded', from: 'release' },
    { when: 'a release that is refused', plan: 'planned', release: 'refused', from: 'release' },
    { when: 'a release that changed nothing', plan: 'unchanged', release: 'unchanged', from: 'release' },
    { when: 'the plan, if there is only that', plan: 'planned', dryRun: true, from: 'plan' },
    { when: 'a plan that refuses', plan: 'refused', from: 'plan' },
    { when: 'a plan that refuses, if there is only that', plan: 'refused', dryRun: true, from: 'plan' }
  ])('gives the outputs of $when', ({ plan, release, dryRun = false, from }) => {
    const outputsOf = (job: string) => Object.keys(outputs).map(name => [name, `${name} of ${job}`])
    const contexts = {
      inputs: { 'dry-run': dryRun },
      jobs: {
        plan: { outputs: { ...Object.fromEntries(outputsOf('plan')), outcome: plan } },
        release: { outputs: release ? { ...Object.fromEntries(outputsOf('release')), outcome: release } : {} }
      }
    }
    const given = Object.entries(outputs).map(([name, { value = '' }]) => [name, evaluated(value, contexts)])
    expect(Object.fromEntries(given)).toEqual({
      ...Object.fromEntries(outputsOf(from)),
      outcome: release ?? plan
    })
  })

  test('plans before it releases, and changes nothing in the plan', () => {
    expect(jobs.release).toMatchObject({ needs: 'plan' })
    expect(ourSteps(jobs.plan)).toMatchObject([{ with: { 'dry-run': true } }])
  })

  test.each([
    { given: 'fail', dryRun: false, passed: 'wait', why: 'the release waits for its turn after the plan' },
    { given: 'fail', dryRun: true, passed: 'fail', why: 'nothing comes after it' },
    { given: 'replace', dryRun: false, passed: 'replace', why: 'the release does so too' },
    { given: 'wait', dryRun: false, passed: 'wait', why: 'the release does so too' }
  ])(
    'plans with if-in-progress $passed for $given, if dry-run is $dryRun: $why',
    ({ given, dryRun, passed }) => {
      const [{ with: plan = {} } = {}] = ourSteps(jobs.plan)
      const contexts = { inputs: { 'dry-run': dryRun, 'if-in-progress': given } }
      expect(evaluated(String(plan['if-in-progress']), contexts)).toBe(passed)
    }
  )

  test('asks for approval of the release only, one release of an alias at a time', () => {
    expect(Object.keys(jobs).filter(name => 'environment' in (jobs[name] ?? {}))).toEqual(['release'])
    expect(jobs.release).toMatchObject({
      concurrency: {
        group: `release-lambda \${{ inputs.aws-region }} \${{ inputs.role-to-assume }} \${{ needs.plan.outputs.list || format('{0} {1}', inputs.function-name, inputs.alias) }}`,
        'cancel-in-progress': false
      }
    })
  })

  test.each([
    { list: 'two functions', names: 'orders,ledger live,live', sum: '306004047-23' },
    { list: 'another second function', names: 'orders,stock live,live', sum: '451022983-22' },
    { list: 'another alias', names: 'orders,ledger live,beta', sum: '582002552-23' },
    {
      list: 'a hundred functions',
      names: `${Array.from({ length: 100 }, (_, index) => `function-${index}`)} ${Array(100).fill('live')}`,
      sum: '1281839123-1689'
    }
  ])('has a group for a list of $list, by a short sum of its names', ({ names, sum }) => {
    expect(saidBy('plan', 'Sum up what the list names', { NAMES: names })).toBe(`sum=${sum}`)
  })

  test.each([
    { minutes: '10', seconds: '600' },
    { minutes: '0.5', seconds: '30' },
    { minutes: '2.25', seconds: '135' },
    { minutes: '100000', seconds: '6000000' }
  ])('bakes for $minutes minutes', ({ minutes, seconds }) => {
    expect(saidBy('bake', 'Wait', { BAKE_MINUTES: minutes }, 'sleep() { echo "$1"; }')).toBe(seconds)
  })

  test('has no expression in a script', () => {
    expect(stepsOf(calledWorkflow()).filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  test('gives its jobs no more rights than they need', () => {
    expect(calledWorkflow().permissions).toEqual({})
    expect(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
      ['plan', { contents: 'read', 'id-token': 'write' }],
      ['release', { contents: 'read', 'id-token': 'write' }],
      ['bake', { 'id-token': 'write' }]
    ])
  })
})
