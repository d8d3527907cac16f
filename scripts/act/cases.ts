import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from './case.ts'
import { ofPages } from './pages.ts'
import { alarmGoesOff, samDeploys, splitsTheAlias, wentBackToSix } from './scene.ts'
import { home, type Place } from './world.ts'

const at = (name: string): string => join('.github', 'workflows', name)

/** What the examples do, and what happens to them. */
const examples: readonly Case[] = [
  {
    name: 'release.yml: uploads, tests, shifts with hooks and alarms; a later step has the outputs',
    workflow: at('release.yml'),
    expect: {
      jobs: { 'Release/Release payments-api': 'success' },
      serves: { 'payments-api': '8' },
      says: ['payments-api:live is wholly on v8', 'succeeded, version 8 serves']
    }
  },
  {
    name: 'release.yml: an alarm goes off, traffic is shifted back, and the job fails',
    workflow: at('release.yml'),
    meanwhile: { region: 'eu-west-1', happens: aws => alarmGoesOff(aws, 'payments-api-live-errors') },
    expect: {
      jobs: { 'Release/Release payments-api': 'failure' },
      serves: { 'payments-api': '7' },
      says: ['payments-api-live-errors', 'rolled-back, version 7 serves']
    }
  },
  {
    name: 'release.yml: Ctrl-C kills the step in the middle, and its post step shifts traffic back',
    workflow: at('release.yml'),
    meanwhile: { region: 'eu-west-1', happens: (_, interrupt) => interrupt() },
    expect: {
      jobs: { 'Release/Release payments-api': 'failure' },
      serves: { 'payments-api': '7' },
      says: ['The step ended before its deployment did; finishing what it began', 'it serves v7 as before']
    }
  },
  {
    name: 'promote.yml: goes back to version 5',
    workflow: at('promote.yml'),
    event: 'workflow_dispatch',
    inputs: { version: '5', from: '7' },
    expect: { jobs: { 'Promote/Promote payments-api': 'success' }, serves: { 'payments-api': '5' } }
  },
  {
    name: 'promote.yml: refuses when another version is live',
    workflow: at('promote.yml'),
    event: 'workflow_dispatch',
    inputs: { version: '5', from: '4' },
    expect: { jobs: { 'Promote/Promote payments-api': 'failure' }, serves: { 'payments-api': '7' } }
  },
  {
    name: 'rollback.yml: goes back to the version before',
    workflow: at('rollback.yml'),
    event: 'workflow_dispatch',
    inputs: { function: 'payments-api', alias: 'live' },
    prepare: wentBackToSix,
    expect: { jobs: { 'Roll back/Roll back payments-api': 'success' }, serves: { 'payments-api': '7' } }
  },
  {
    name: 'together.yml: releases three functions',
    workflow: at('together.yml'),
    event: 'workflow_dispatch',
    expect: {
      jobs: { 'Release together/Release payments': 'success' },
      serves: { 'payments-api': '8', 'payments-ledger': '8', 'payments-mail': '8' },
      says: ['payments-ledger succeeded 8']
    }
  },
  {
    name: 'watch.yml: one job starts the shift, the next one watches it by its id',
    workflow: at('watch.yml'),
    event: 'workflow_dispatch',
    speed: 600,
    expect: {
      jobs: {
        'Release slowly/Start the deployment': 'success',
        'Release slowly/Watch the deployment': 'success'
      },
      serves: { 'payments-api': '8' }
    }
  }
]

/** Traffic that others move, and that people move by hand. */
const moved: readonly Case[] = [
  {
    name: 'watch-sam.yml: a job beside the one that deploys shows what CodeDeploy does',
    workflow: at('watch-sam.yml'),
    speed: 60,
    prepare: samDeploys,
    expect: {
      jobs: {
        'Deploy with SAM and watch/Build': 'success',
        'Deploy with SAM and watch/Deploy': 'success',
        'Deploy with SAM and watch/Watch the shift': 'success'
      },
      serves: { 'payments-api': '8' },
      says: ['payments-api:live is wholly on v8']
    }
  },
  {
    name: 'weights.yml: 10, 50 and 100 % by hand',
    workflow: at('weights.yml'),
    event: 'workflow_dispatch',
    inputs: { version: '6' },
    expect: {
      jobs: {
        'Shift by hand/10 %': 'success',
        'Shift by hand/50 %': 'success',
        'Shift by hand/100 %': 'success'
      },
      serves: { 'payments-api': '6' }
    }
  },
  {
    name: 'give-all.yml: gives a split alias back to the version before',
    workflow: at('give-all.yml'),
    event: 'workflow_dispatch',
    inputs: { version: '7' },
    prepare: splitsTheAlias,
    expect: {
      jobs: { 'Give all traffic to a version/Give all traffic': 'success' },
      serves: { 'payments-api': '7' }
    }
  }
]

const waves: readonly Place[] = [
  home,
  { region: 'us-east-1', account: '210987654321' },
  { region: 'us-west-2', account: '210987654321' },
  { region: 'ap-southeast-2', account: '345678901234' }
]

const built = { 'Release in waves/Build': 'success' }
const wave = (name: string, release = 'success'): Record<string, string> => ({
  [`Wave ${name}/Release Lambda/Plan`]: 'success',
  [`Wave ${name}/Release Lambda/Release`]: release
})
const baked = (name: string): Record<string, string> => ({
  ...wave(name),
  [`Wave ${name}/Release Lambda/Bake`]: 'success'
})

/** The reusable workflow, called by a matrix and by single jobs. */
const called: readonly Case[] = [
  {
    name: 'waves.yml: four places in three waves, each planned, released and baked',
    workflow: at('waves.yml'),
    places: waves,
    expect: {
      jobs: {
        ...built,
        ...baked('1, Ireland'),
        ...baked('2, us-east-1-1'),
        ...baked('2, us-west-2-2'),
        ...wave('3, Sydney')
      },
      serves: {
        'eu-west-1/payments-api': '8',
        'us-east-1/payments-api': '8',
        'us-west-2/payments-api': '8',
        'ap-southeast-2/payments-api': '8'
      }
    }
  },
  {
    name: 'waves.yml: an alarm in the second wave stops there; the third does not begin, and the first keeps its version',
    workflow: at('waves.yml'),
    places: waves,
    meanwhile: { region: 'us-west-2', happens: aws => alarmGoesOff(aws, 'payments-errors') },
    expect: {
      jobs: {
        ...built,
        ...baked('1, Ireland'),
        ...baked('2, us-east-1-1'),
        ...wave('2, us-west-2-2', 'failure')
      },
      serves: {
        'eu-west-1/payments-api': '8',
        'us-east-1/payments-api': '8',
        'us-west-2/payments-api': '7',
        'ap-southeast-2/payments-api': '7'
      }
    }
  }
]

/** All rows. @throws Error when a workflow has none */
export function casesFor(folder: string, workflows: readonly string[]): Case[] {
  const all = [...examples, ...moved, ...called, ...ofPages(folder, workflows)]
  const without = workflows.filter(
    path =>
      !all.some(({ workflow }) => workflow === path) &&
      readFileSync(join(folder, path), 'utf8').includes('/lambda-codedeploy')
  )
  if (without.length > 0) throw new Error(`no row in scripts/act/cases.ts for ${without.join(', ')}`)
  return all
}
