import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { sceneFrom } from '../simulation/draw/scene.ts'
import { violations } from '../simulation/invariants/invariants.ts'
import { mutationTable } from '../simulation/mutations/plant.ts'
import { play, trace } from '../simulation/play/play.ts'
import { warmUp } from '../simulation/play/warmup.ts'
import { figureLines, violationLine } from '../simulation/tell/figures.ts'
import { commitHash, freshSeeds } from '../simulation/tell/fresh.ts'
import { reliabilityTable } from '../simulation/tell/reliability.ts'
import { playSeeds } from '../simulation/tell/seeds.ts'
import { playOnWorkers } from '../simulation/tell/workers.ts'

const usage = `npm run simulate -- --seeds 1..10000 [--jobs 2]   plays many worlds, prints figures and what they broke
                 --fresh 5000 [--hash HEX]         plays so many seeds from where the hash of the commit (or HEX) points, and tells which
                 --seed 4711                       plays one world and prints all that happened in it
                 --mutations [--seeds 1..2000]     plants each bug of simulation/mutations/planted/, and tells what caught it;
                             [--only TEXT]         only those whose name holds this text
                 --table [--check]                 writes (or checks) the tables in docs/reliability.md
Ends with 2 when a world broke a promise.`

/** Not 1, with which Node ends when the script itself fails. */
const brokenExit = 2

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    fresh: { type: 'string' },
    hash: { type: 'string' },
    seed: { type: 'string' },
    jobs: { type: 'string' },
    'stop-at-first': { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

/** `1..100`, or one number. */
function range(text: string): [first: number, last: number] {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? []
  if (first === undefined || Number(last) < Number(first)) throw new Error(`'${text}' is not like 1..100`)
  return [Number(first), Number(last)]
}

const jobs = Number(values.jobs ?? availableParallelism())
if (values.help) console.log(usage)
else if (values.seed !== undefined) process.exitCode = await replay(Number(values.seed))
else if (values.mutations)
  process.exitCode = await mutationTable(range(values.seeds ?? '1..2000'), jobs, values.only)
else if (values.table) process.exitCode = await reliabilityTable(values.check)
else if (values.fresh !== undefined) process.exitCode = await fresh(Number(values.fresh))
else process.exitCode = await many(...range(values.seeds ?? '1..1000'))

async function replay(seed: number): Promise<number> {
  await warmUp()
  const world = await play(sceneFrom(seed))
  for (const line of trace(world)) console.log(line)
  const broken = violations(world)
  for (const each of broken) console.log(violationLine(each))
  if (broken.length === 0) console.log('No violation.')
  return broken.length === 0 ? 0 : brokenExit
}

async function fresh(count: number): Promise<number> {
  const hash = values.hash ?? commitHash()
  const [first, last] = freshSeeds(count, hash)
  console.log(`Fresh seeds ${first}..${last}, of ${hash.slice(0, 12)}`)
  return await many(first, last)
}

async function many(first: number, last: number): Promise<number> {
  const begun = performance.now()
  const atFirst = values['stop-at-first']
  if (atFirst) await warmUp()
  const figures = atFirst ? await playSeeds(first, last, true) : await playOnWorkers(first, last, jobs)
  console.log(figureLines(figures, (performance.now() - begun) / 1000).join('\n'))
  const seeds = [...new Set(figures.violations.map(({ seed }) => seed))].sort((a, b) => a - b)
  if (seeds.length > 0) console.log(`Replay one: npm run simulate -- --seed ${seeds[0]}`)
  return seeds.length === 0 ? 0 : brokenExit
}
