import { type Scene, sceneFrom } from '../draw/scene.ts'
import { type PlayedScene, play } from '../play/play.ts'
import { add, type Figures, figuresOf, noFigures } from './figures.ts'

/** Plays the seeds from `first` to `last`; `atFirst` stops at the first violation. Await warmUp before. */
export async function playSeeds(first: number, last: number, atFirst = false): Promise<Figures> {
  const figures = noFigures()
  for (let seed = first; seed <= last; seed++) {
    add(figures, figuresOf(await playWithoutStacks(sceneFrom(seed))))
    if (atFirst && figures.violations.length > 0) break
  }
  return figures
}

/** Nobody reads the stack of an error before its seed is replayed, and taking them all costs a tenth of the time. */
async function playWithoutStacks(scene: Scene): Promise<PlayedScene> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await play(scene)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
