import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAws } from '../simulator/aws.ts'
import { scaledClock } from '../simulator/clock.ts'
import { payments } from '../simulator/setting.ts'
import { serve } from '../simulator/wire/server.ts'
import { asEnv, dist, entry, Job, oneFunction } from './start.ts'
import { median } from './table.ts'

const run = promisify(execFile)

export interface UploadFigures {
  /** Of the folder, bytes. */
  size: number
  /** From the start of the process until Lambda has answered, ms, and the peak memory, bytes. */
  ours: { ms: number; peak: number }
  /** The same of `zip` and `aws lambda update-function-code`; undefined where one of them is missing. */
  cli: { ms: number; peak: number } | undefined
}

/** Uploads a folder of real code, three copies of dist/, in turn with both. */
export async function uploads(times: number): Promise<UploadFigures> {
  const job = new Job()
  const folder = join(job.folder, 'code')
  for (const copy of ['one', 'two', 'three'])
    for (const file of readdirSync(dist).filter(name => name.endsWith('.js'))) {
      mkdirSync(join(folder, copy), { recursive: true })
      cpSync(join(dist, file), join(folder, copy, file))
    }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
  const size = files.reduce((sum, path) => sum + (statSync(path).isFile() ? statSync(path).size : 0), 0)
  const taken = { ours: [] as Measured[], cli: [] as Measured[] }
  for (let time = 0; time < times; time++) {
    taken.ours.push(await measured(url => oursIn(job, folder, url)))
    const cli = await measured(url => cliIn(job, folder, url)).catch(() => undefined)
    if (cli) taken.cli.push(cli)
  }
  job.end()
  return { size, ours: middle(taken.ours), cli: taken.cli.length > 0 ? middle(taken.cli) : undefined }
}

interface Measured {
  ms: number
  peak: number
}

const middle = (all: readonly Measured[]): Measured => ({
  ms: median(all.map(({ ms }) => ms)),
  peak: median(all.map(({ peak }) => peak))
})

/** `upload` gives the peak memory of what it has started. */
async function measured(upload: (url: string) => Promise<number>): Promise<Measured> {
  const aws = createAws({ clock: scaledClock(1), tellsTime: false })
  payments(aws)
  let answeredAt = Number.NaN
  const update = aws.lambda.updateFunctionCode.bind(aws.lambda)
  aws.lambda.updateFunctionCode = input => {
    answeredAt = performance.now()
    return update(input)
  }
  const server = await serve(aws)
  try {
    const begun = performance.now()
    const peak = await upload(server.url)
    return { ms: answeredAt - begun, peak }
  } finally {
    await server.close()
  }
}

const oursIn = (job: Job, code: string, url: string): Promise<number> =>
  job.peak([entry], {
    ...asEnv({ ...oneFunction, code, 'codedeploy-deployment-config': 'AllAtOnce' }),
    AWS_ENDPOINT_URL: url
  })

/** Python says how much memory its children took. */
async function cliIn(job: Job, folder: string, url: string): Promise<number> {
  const archive = join(job.folder, 'function.zip')
  const script = `import resource,subprocess
subprocess.run(['sh','-c','rm -f ${archive}; cd ${folder} && zip -qr ${archive} . && aws lambda update-function-code --function-name payments-api --zip-file fileb://${archive}'],check=True,stdout=subprocess.DEVNULL)
open('${job.folder}/cli-peak','w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))`
  await run('python3', ['-c', script], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: job.folder,
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: ''
    }
  })
  return Number(readFileSync(join(job.folder, 'cli-peak'), 'utf8')) * 1_024
}
