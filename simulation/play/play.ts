import type { RecordedRequest } from '../../simulator/aws.ts'
import { actOn } from '../draw/actors.ts'
import { withoutGitHub } from '../draw/github.ts'
import { toldMoment } from '../draw/moment.ts'
import type { Scene } from '../draw/scene.ts'
import { playBeside } from './beside.ts'
import { runOf } from './chronicle.ts'
import { playPast } from './past.ts'
import { type PlayedStep, runStep } from './runner.ts'
import { Stage } from './stage.ts'

/** A scene played to its end. */
export interface PlayedScene {
  scene: Scene
  stage: Stage
  played: readonly PlayedStep[]
  /** The requests of main and post, by run. */
  requests: ReadonlyMap<string, readonly RecordedRequest[]>
  /** The world came to a stop, or a promise was rejected that nobody handles. */
  broken: unknown[]
  /** The same scene where nothing is asked of GitHub, when it has trouble that must not matter. */
  withoutGitHub?: PlayedScene
}

/** What was asked to stop gets this long to do so after all steps are over, ms. */
const settleMs = 15 * 60_000

export async function play(scene: Scene): Promise<PlayedScene> {
  const story = await playOnce(scene)
  const twin = withoutGitHub(scene)
  return twin ? { ...story, withoutGitHub: await playOnce(twin) } : story
}

async function playOnce(scene: Scene): Promise<PlayedScene> {
  const stage = new Stage(scene)
  const { clock, aws, chronicle } = stage
  const broken: unknown[] = []
  const unhandled = (reason: unknown) => broken.push(reason)
  process.on('unhandledRejection', unhandled)
  let played: readonly PlayedStep[] = []
  try {
    played = await clock.run(
      async () => {
        if (scene.history) await playPast(scene.history, aws)
        if (scene.besides) await playBeside(scene.besides, aws)
        stage.begin(scene)
        for (const actor of scene.actors)
          stage.at(actor.at, () => {
            stage.somebodyActs = true
            const done = actOn(aws, actor)
            stage.somebodyActs = false
            chronicle.note(clock.now(), 'somebody', () => `${actor.does}${done ? '' : ' (AWS refuses)'}`)
          })
        const all = await Promise.all(scene.steps.map(step => runStep(step, stage)))
        await clock.sleep(settleMs)
        return all
      },
      6 * 24 * 3_600_000
    )
  } catch (error) {
    broken.push(error)
  } finally {
    process.off('unhandledRejection', unhandled)
  }
  return { scene, stage, played, requests: Map.groupBy(aws.requests, runOf), broken }
}

/** The scene and all that happened, as text. The same seed gives the same lines. */
export function trace({ scene, stage }: PlayedScene): string[] {
  const { seed, steps, actors, ...rest } = scene
  return [
    `seed ${seed}`,
    `world ${JSON.stringify(rest, (_, value) => (value === Number.POSITIVE_INFINITY ? 'always' : value))}`,
    ...actors.map(({ does, at }) => `actor ${does}, ${toldMoment(at)}`),
    ...steps.map(step => `step ${JSON.stringify(step)}`),
    ...stage.chronicle.lines()
  ]
}
