import { sceneFrom } from '../draw/scene.ts'
import { play } from '../play/play.ts'
import { add, type Figures, figuresOf, noFigures } from './figures.ts'

/** Plays the seeds from `first` to `last`; `atFirst` stops at the first violation. Await warmUp before. */
export async function playSeeds(first: number, last: number, atFirst = false): Promise<Figures> {
  const figures = noFigures()
  for (let seed = first; seed <= last; seed++) {
    add(figures, figuresOf(await play(sceneFrom(seed))))
    if (atFirst && figures.violations.length > 0) break
  }
  return figures
}
