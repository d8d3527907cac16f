import { growth } from './growth.ts'
import { type ManyRelease, releaseMany } from './many.ts'
import { ours } from './ours.ts'
import { type Run, type Scene, sceneOf } from './scene.ts'
import { memory, size, start } from './start.ts'
import { megabytes, quantile, seconds, table, times } from './table.ts'
import { toolsTable } from './tools.ts'
import { uploads } from './upload.ts'

interface Effort {
  /** How many scenes of each kind are played in virtual time. */
  seeds: number
  /** How often each kind of process is started. */
  starts: number
}

const counts = [1, 10, 25, 100]
/** How many times as fast as real time the clock runs while the memory of a real process is measured. */
const memorySpeed = 10

/** All tables, as Markdown. */
export async function report({ seeds, starts }: Effort): Promise<string[]> {
  const tools = await toolsTable(seeds)
  const releases: ManyRelease[] = []
  for (const count of counts) releases.push(await releaseMany(count))
  const started = await start(starts)
  const taken = await memory(counts, memorySpeed)
  const grown = await growth()
  const bytes = size()
  const uploaded = await uploads(Math.min(starts, 7))
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} and ${seeds} scenes of each kind; again with \`npm run build && npm run bench -- --write\`.`,
    '',
    ...tools,
    '',
    ...table(['one function', 'aim', 'measured'], [...(await paceRows(seeds))]),
    '',
    ...table(
      ['starting', 'Node alone', 'this action', 'ratio', 'aim'],
      [
        [
          'until the inputs are checked',
          ms(started.bareMs),
          ms(started.inputsMs),
          times(started.inputsMs / started.bareMs),
          '3.6 ×'
        ],
        [
          'until the first request to AWS',
          ms(started.bareMs),
          ms(started.requestMs),
          times(started.requestMs / started.bareMs),
          ''
        ],
        [
          'peak memory of a release',
          megabytes(taken.bare),
          megabytes(taken.peaks[0] ?? 0),
          times((taken.peaks[0] ?? 0) / taken.bare),
          ''
        ],
        [
          'heap of a watch over 100 functions, after its 1st and its 48th hour',
          megabytes(grown.early),
          megabytes(grown.late),
          times(grown.late / grown.early),
          '1.1 ×'
        ],
        ['size of `dist/` without the licences', '', megabytes(bytes), '', '2 MB'],
        ['of this, loaded only for figures and alarms', '', megabytes(size('GraniteServiceVersion')), '', ''],
        ['of this, loaded only for large packages', '', megabytes(size('x-amz-checksum-sha256')), '', '']
      ]
    ),
    '',
    ...table(
      [
        'functions in one step, five-minute canary',
        'requests',
        'of them for the status',
        'requests a second at the peak',
        'CodeDeploy itself',
        'until the first deployment is created',
        'from the last end to the end of the step',
        'peak memory'
      ],
      releases.map((each, index) => [
        each.functions,
        each.requests,
        each.statusRequests,
        each.peak,
        seconds(each.codedeploySeconds),
        seconds(each.before),
        seconds(each.after),
        megabytes(taken.peaks[index] ?? Number.NaN)
      ])
    ),
    '',
    ...table(
      [`uploading a folder of ${megabytes(uploaded.size)}`, 'this action', '`zip` and the AWS CLI'],
      [
        ['until Lambda has the package', ms(uploaded.ours.ms), uploaded.cli ? ms(uploaded.cli.ms) : ''],
        [
          'peak memory of the largest process',
          megabytes(uploaded.ours.peak),
          uploaded.cli ? megabytes(uploaded.cli.peak) : ''
        ]
      ]
    )
  ]
}

const ms = (value: number): string => `${value.toFixed(0)} ms`

async function paceRows(seeds: number): Promise<string[][]> {
  const runsOf = async (scenes: readonly Scene[]): Promise<Run[]> => {
    const runs: Run[] = []
    for (const scene of scenes) runs.push(await ours(scene))
    return runs
  }
  const all = Array.from({ length: seeds }, (_, index) => index + 1)
  const late = (runs: readonly Run[]) =>
    seconds(
      quantile(
        runs.map(run => run.toldAfter),
        0.95
      )
    )
  const most = (runs: readonly Run[]) =>
    String(
      quantile(
        runs.map(run => run.requests),
        0.95
      )
    )
  const mostOfCloudWatch = (runs: readonly Run[]) =>
    String(
      quantile(
        runs.map(run => run.ofCloudWatch ?? 0),
        0.95
      )
    )
  const scheduled = await runsOf(all.map(seed => sceneOf('plain', seed)))
  const unscheduled = await runsOf(all.map(seed => sceneOf('alarm', seed)))
  const brief = await runsOf(
    all.map(seed => ({ ...sceneOf('canary', seed), hookSeconds: [3, 3] as [number, number] }))
  )
  const linear = await runsOf(
    all.slice(0, 20).map(seed => ({ ...sceneOf('linear', seed), hookSeconds: [3, 3] as [number, number] }))
  )
  // Some time between the first step and the last.
  const unscheduledOfLinear = await runsOf(
    all.map(seed => ({
      ...sceneOf('linear', seed),
      alarmAfter: (sceneOf('alarm', seed).alarmAfter ?? 0) * 18
    }))
  )
  return [
    ['scheduled end reported after, 95 of 100', '2 s', late(scheduled)],
    ['alarm in a five-minute canary reported after, 95 of 100', '8 s', late(unscheduled)],
    ['alarm in `Linear10PercentEvery10Minutes` reported after, 95 of 100', '15 s', late(unscheduledOfLinear)],
    ['requests for a five-minute canary without hooks', '63', most(scheduled)],
    ['requests for a five-minute canary with two hooks of 3 s', '69', most(brief)],
    ['of these, for the figures of both versions and for alarms', '9', mostOfCloudWatch(brief)],
    ['requests for `Linear10PercentEvery10Minutes` with such hooks', '440', most(linear)],
    ['of these, for the figures of both versions and for alarms', '40', mostOfCloudWatch(linear)],
    ['round trips before CreateDeployment', '4', String(Math.max(...brief.map(run => run.roundTripsBefore)))]
  ]
}
