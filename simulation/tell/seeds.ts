import { sceneFrom } from '../draw/scene.ts'
import { play } from '../play/play.ts'
import { add, type Figures, figuresOf, noFigures } from './figures.ts'

/**
 * Real input and output (the SDK's configuration files, a client that is loaded late) takes real time, during which virtual time
 * would jump ahead. Done once beforehand, it never happens while a world is played.
 */
export async function warmUp(): Promise<void> {
  await import('@aws-sdk/client-cloudwatch-logs')
  for (let seed = 1; seed <= 3; seed++) await play(sceneFrom(-seed))
}

/** Plays the seeds from `first` to `last`; `atFirst` stops at the first violation. Call warmUp first. */
export async function playSeeds(first: number, last: number, atFirst = false): Promise<Figures> {
  const figures = noFigures()
  for (let seed = first; seed <= last; seed++) {
    add(figures, figuresOf(await play(sceneFrom(seed))))
    if (atFirst && figures.violations.length > 0) break
  }
  return figures
}
