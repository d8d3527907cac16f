import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAws } from '../simulator/aws.ts'
import { scaledClock } from '../simulator/clock.ts'
import { fleet } from '../simulator/fleet.ts'
import { payments } from '../simulator/setting.ts'
import { serve } from '../simulator/wire/server.ts'
import { inputsOf, namesOf } from './many.ts'
import { median } from './table.ts'

export const dist = join(import.meta.dirname, '..', 'dist')
export const entry = join(dist, 'index.js')

export interface Start {
  /** Node with an empty script, from start to exit, ms. */
  bareMs: number
  /** From the start of the process to the annotation that says what is wrong with the inputs, ms. */
  inputsMs: number
  /** From the start of the process to its first request to AWS, ms. */
  requestMs: number
}

/** The environment that a job's process starts with, and the runner's files. */
export class Job {
  readonly folder = mkdtempSync(join(tmpdir(), 'bench-job-'))
  readonly bare = this.#file('bare.mjs')
  readonly #env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: this.folder,
    GITHUB_OUTPUT: this.#file('output'),
    GITHUB_STATE: this.#file('state'),
    GITHUB_STEP_SUMMARY: this.#file('summary'),
    GITHUB_REPOSITORY: 'acme/payments',
    GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
    GITHUB_RUN_ID: '4711',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret'
  }

  #file(name: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, '')
    return path
  }

  /** Runs Node; `onOutput` receives everything that it writes. */
  async run(
    args: readonly string[],
    more: Record<string, string>,
    onOutput?: (text: string) => void
  ): Promise<number> {
    const child = spawn(process.execPath, args, {
      env: { ...this.#env, ...more },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    child.stdout.setEncoding('utf8').on('data', text => onOutput?.(text))
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => resolve(code ?? 1))
    })
  }

  /** The peak memory of a Node process, bytes. */
  async peak(args: readonly string[], more: Record<string, string>): Promise<number> {
    const path = join(this.folder, 'peak')
    const watch = `import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(path)},String(process.resourceUsage().maxRSS)))`
    const code = await this.run(
      ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, ...args],
      more
    )
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
    return Number(readFileSync(path, 'utf8')) * 1_024
  }

  end(): void {
    rmSync(this.folder, { recursive: true })
  }
}

export const asEnv = (inputs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))

export const oneFunction = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live'
}

/** Starts each in turn, `times` times, and returns the medians: whatever else the machine does affects all of them alike. */
export async function start(times: number): Promise<Start> {
  const job = new Job()
  let asked: (() => void) | undefined
  const server = createServer((_, response) => {
    asked?.()
    response.writeHead(400, { 'x-amzn-errortype': 'AccessDeniedException' })
    response.end('{"message":"no"}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const aws = { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const taken = { bareMs: [] as number[], inputsMs: [] as number[], requestMs: [] as number[] }
  for (let time = 0; time < times; time++) {
    taken.bareMs.push(await timed(job.run([job.bare], {})))
    let told: (text: string) => void = () => {}
    const inputs = timed(
      new Promise<void>(resolve => {
        told = text => text.includes('::error') && resolve()
      })
    )
    await job.run([entry], aws, text => told(text))
    taken.inputsMs.push(await inputs)
    const request = timed(
      new Promise<void>(resolve => {
        asked = resolve
      })
    )
    await job.run([entry], { ...aws, ...asEnv(oneFunction) })
    taken.requestMs.push(await request)
  }
  server.close()
  job.end()
  return {
    bareMs: median(taken.bareMs),
    inputsMs: median(taken.inputsMs),
    requestMs: median(taken.requestMs)
  }
}

export async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work
  return performance.now() - begun
}

/** Peak memory of bare Node, and of an all-at-once release for each number of functions, bytes. */
export async function memory(
  counts: readonly number[],
  speed: number
): Promise<{ bare: number; peaks: number[] }> {
  const job = new Job()
  const bare = await job.peak([job.bare], {})
  const peaks: number[] = []
  for (const count of counts) {
    const origin = Date.now()
    const aws = createAws({ clock: scaledClock(speed, origin) })
    const names = namesOf(count)
    payments(aws)
    fleet(aws, names)
    const server = await serve(aws)
    const inputs =
      count === 1
        ? { ...oneFunction, 'codedeploy-deployment-config': 'AllAtOnce' }
        : inputsOf(names, 'AllAtOnce')
    peaks.push(
      await job.peak([entry], {
        ...asEnv(inputs),
        AWS_ENDPOINT_URL: server.url,
        LAMBDA_CODEDEPLOY_CLOCK: `${speed}x@${origin}`
      })
    )
    await server.close()
  }
  job.end()
  return { bare, peaks }
}

/** The size of dist/ without the licences, or of the chunks of it that hold a text, bytes. */
export function size(holding = ''): number {
  const files = readdirSync(dist).filter(
    name => name !== 'licenses.txt' && readFileSync(join(dist, name), 'utf8').includes(holding)
  )
  return files.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0)
}
