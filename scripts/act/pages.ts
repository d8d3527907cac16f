import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { Case } from './case.ts'

interface Workflow {
  name: string
  jobs: Record<string, Job>
}

interface Job {
  name?: string
  uses?: string
  with?: Record<string, unknown>
}

/** Rows for the workflows of the pages that use the action: all of their jobs pass, and payments-api is released. */
export const ofPages = (folder: string, workflows: readonly string[]): Case[] =>
  workflows.flatMap(workflow => {
    const [, page = '', line] = /^(.*)-line-(\d+)\.yml$/.exec(basename(workflow)) ?? []
    const text = readFileSync(join(folder, workflow), 'utf8')
    if (line === undefined || !text.includes('/lambda-codedeploy')) return []
    const yaml: Workflow = parse(text)
    const jobs = Object.entries(yaml.jobs).flatMap(([id, job]) => ranAs(yaml.name, job.name ?? id, job))
    const plans = Object.values(yaml.jobs).some(plansOnly)
    return {
      name: `${page.replaceAll('_', '/')}, line ${line}`,
      workflow,
      event: eventOf(text),
      expect: {
        jobs: Object.fromEntries(jobs.map(job => [job, 'success'])),
        serves: { 'payments-api': plans ? '7' : '8' },
        says: [
          // The summary of a plan reaches the comment, and the outputs of the called workflow the next job.
          ...(text.includes('--raw-field body=') ? ['/comments --method POST', '### 📋 '] : []),
          ...(text.includes('version $SERVING serves') ? ['succeeded, version 8 serves'] : [])
        ]
      }
    }
  })

function eventOf(text: string): Case['event'] {
  if (text.includes('pull_request:')) return 'pull_request'
  return text.includes('workflow_dispatch:') ? 'workflow_dispatch' : 'push'
}

const plansOnly = (job: Job): boolean => job.with?.['dry-run'] === true

/** The names under which act runs a job: its own, or those of the reusable workflow that it calls. */
function ranAs(workflow: string, name: string, job: Job): string[] {
  if (job.uses === undefined) return [`${workflow}/${name}`]
  const called = plansOnly(job) ? ['Plan'] : ['Plan', 'Release']
  return called.map(each => `${name}/Release Lambda/${each}`)
}
