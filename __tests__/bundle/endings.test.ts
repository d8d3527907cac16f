import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Ending } from '../../simulator/demo/ending.ts'
import { endings } from '../../simulator/demo/endings.ts'
import { baseInputs, type Rehearsed, rehearse } from '../../simulator/demo/rehearsal.ts'
import { outputNames } from '../../src/report/outputs.ts'

/** dist/ as users run it, in the model of GitHub's runner, over HTTP. Only time runs faster. */
const played = new Map<string, Rehearsed>()

/**
 * Few at a time, and not too fast: for a process without enough CPU the clock runs away. At this speed, ten minutes without an
 * answer are 10 s.
 */
const atATime = 3
const fastest = 60

beforeAll(async () => {
  const left = [...endings].sort((a, b) => a.speed - b.speed)
  const work = async () => {
    for (let ending = left.pop(); ending; ending = left.pop()) played.set(ending.name, await run(ending))
  }
  await Promise.all(Array.from({ length: atATime }, work))
}, 240_000)

function run(ending: Ending): Promise<Rehearsed> {
  const inputs = Object.entries({ ...baseInputs, ...ending.inputs }).filter(([, value]) => value !== '')
  return rehearse({
    ending,
    speed: Math.min(ending.speed * 2, fastest),
    inputs: Object.fromEntries(inputs),
    action: join(import.meta.dirname, '..', '..'),
    uses: 'your-org/lambda-codedeploy@v1'
  })
}

const ends = ({ name }: Ending): Rehearsed => played.get(name) as Rehearsed

describe.each(endings)('$name', ending => {
  test('the step, its outcome and the alias end as they should', () => {
    const { result, serving } = ends(ending)
    const { outcome, serves } = ending.expect
    expect({
      step: result.outcome,
      ...(outcome !== undefined && { outcome: result.outputs.outcome }),
      ...(serves !== undefined && { serves: serving })
    }).toEqual(ending.expect)
  })

  test('all outputs are set, and the served version is true or empty', () => {
    const { result, serving } = ends(ending)
    expect(Object.keys(result.outputs).sort()).toEqual([...outputNames].sort())
    const told = result.outputs['serving-version']
    if (ending.expect.serves !== undefined && told) expect(told).toBe(serving)
  })

  test('a step that does not pass says why in one error, and in one summary', () => {
    const { result } = ends(ending)
    const stages = [result, ...(result.post ? [result.post] : [])]
    const errors = stages
      .flatMap(({ annotations }) => annotations)
      .filter(
        ({ level, properties }) => level === 'error' && properties.title?.startsWith('Lambda CodeDeploy')
      )
    expect(errors).toHaveLength(ending.expect.step === 'success' ? 0 : 1)
    expect(stages.filter(({ summary }) => summary !== '')).toHaveLength(1)
  })

  test('only our own commands are carried out', () => {
    const { result } = ends(ending)
    const names = new Set(result.commands.map(({ name }) => name))
    for (const own of ['group', 'endgroup', 'notice', 'warning', 'error']) names.delete(own)
    expect([...names]).toEqual([])
  })
})
