import type { Chance } from './chance.ts'

/** When something happens: `ms` after a certain event. */
export interface Moment {
  /**
   * `start`: the world begins; `upload`: an UpdateFunctionCode arrives; `test`: a test event arrives; `setup`: a CreateDeploymentGroup arrives; `ask`: a CreateDeployment arrives, whether or not it succeeds; `create`: a deployment is created;
   * `stop`: somebody asks to stop one; `flip`: the alias moves to its target completely; `prune`: it is asked which versions aliases name.
   */
  after: 'start' | 'upload' | 'test' | 'setup' | 'ask' | 'create' | 'stop' | 'flip' | 'prune'
  ms: number
  /** Which of these events, if there are several, as with several functions. Default: the first. */
  nth?: number
}

/** Most things that matter happen close to these events, so most moments are. */
export function someMoment(chance: Chance, functions = 1): Moment {
  const after = chance.weighted<Moment['after']>([
    ['start', 4],
    ['ask', 2],
    ['create', 5],
    ['stop', 1],
    ['flip', 2]
  ])
  const longest = {
    start: 900_000,
    upload: 20_000,
    test: 60_000,
    setup: 20_000,
    ask: 30_000,
    create: 900_000,
    stop: 20_000,
    flip: 30_000,
    prune: 5_000
  }[after]
  const ms = chance.is(0.1) ? 0 : chance.spread(5, longest)
  return { after, ms, ...(functions > 1 && after !== 'start' && { nth: chance.between(1, functions) }) }
}

export const toldMoment = ({ after, ms, nth }: Moment): string =>
  `${ms} ms after ${after}${nth === undefined ? '' : ` number ${nth}`}`
