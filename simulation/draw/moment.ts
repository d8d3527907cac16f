import type { Chance } from './chance.ts'

/** When something happens: so long after a turn of the story that comes up first. */
export interface Moment {
  /**
   * `start` of the world; `ask`: a CreateDeployment arrived, whatever comes of it; a deployment was created; somebody asked to
   * stop one; the alias was wholly moved.
   */
  after: 'start' | 'ask' | 'create' | 'stop' | 'flip'
  ms: number
  /** Where such a turn comes up many times, as with several functions: which of them. Default: the first. */
  nth?: number
}

/** Most things that matter happen close to the turns of the story, so moments crowd there. */
export function someMoment(chance: Chance, functions = 1): Moment {
  const after = chance.weighted<Moment['after']>([
    ['start', 4],
    ['ask', 2],
    ['create', 5],
    ['stop', 1],
    ['flip', 2]
  ])
  const longest = { start: 900_000, ask: 30_000, create: 900_000, stop: 20_000, flip: 30_000 }[after]
  const ms = chance.is(0.1) ? 0 : chance.spread(5, longest)
  return { after, ms, ...(functions > 1 && after !== 'start' && { nth: chance.between(1, functions) }) }
}

export const toldMoment = ({ after, ms, nth }: Moment): string =>
  `${ms} ms after ${after}${nth === undefined ? '' : ` number ${nth}`}`
