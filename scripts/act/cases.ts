import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { Case } from './case.ts'
import { alarmGoesOff, wentBackToSix } from './scene.ts'

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
    meanwhile: { region: 'eu-west-1', happens: aws => alarmGoesOff(aws, 'payments-api-errors') },
    expect: {
      jobs: { 'Release/Release payments-api': 'failure' },
      serves: { 'payments-api': '7' },
      says: ['payments-api-errors', 'rolled-back, version 7 serves']
    }
  },
  {
    name: 'release.yml: Ctrl-C kills the step in the middle, and its post step shifts traffic back',
    workflow: at('release.yml'),
    meanwhile: { region: 'eu-west-1', happens: (_, interrupt) => interrupt() },
    expect: {
      jobs: { 'Release/Release payments-api': 'failure' },
      serves: { 'payments-api': '7' }
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
    speed: 2000,
    expect: {
      jobs: {
        'Release slowly/Start the deployment': 'success',
        'Release slowly/Watch the deployment': 'success'
      },
      serves: { 'payments-api': '8' }
    }
  }
]

/** One row for each workflow of the pages that uses the action: all of its jobs pass, and payments-api is released. */
function ofPages(folder: string, workflows: readonly string[]): Case[] {
  return workflows.flatMap(workflow => {
    const text = readFileSync(join(folder, workflow), 'utf8')
    const [, page = '', line] = /^(.*)-line-(\d+)\.yml$/.exec(basename(workflow)) ?? []
    if (line === undefined || !text.includes('/lambda-codedeploy')) return []
    const { name, jobs }: { name: string; jobs: Record<string, { name?: string }> } = parse(text)
    const all = Object.entries(jobs).map(([id, job]) => [`${name}/${job.name ?? id}`, 'success'])
    const expect = { jobs: Object.fromEntries(all), serves: { 'payments-api': '8' } }
    return [{ name: `${page.replaceAll('_', '/')}, line ${line}`, workflow, expect }]
  })
}

/** All rows. @throws Error when a workflow has none */
export function casesFor(folder: string, workflows: readonly string[]): Case[] {
  const all = [...examples, ...ofPages(folder, workflows)]
  const without = workflows.filter(
    path =>
      !all.some(({ workflow }) => workflow === path) &&
      readFileSync(join(folder, path), 'utf8').includes('/lambda-codedeploy')
  )
  if (without.length > 0) throw new Error(`no row in scripts/act/cases.ts for ${without.join(', ')}`)
  return all
}
