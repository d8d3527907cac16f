import { setUp as createGroup } from '../operations/setup.ts'
import { survey } from '../operations/survey.ts'
import { decide } from '../plan/plan.ts'
import { setUpOf } from '../plan/setup.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { settled } from './readagain.ts'
import { note, type Release, refuse, stage } from './release.ts'
import { targetOf } from './target.ts'

/**
 * Creates the applications and deployment groups that do not exist yet, also where only an alias is to be created: the next release
 * then shifts. All releases are known to be able to begin by now.
 */
export async function setUpAll(releases: readonly Release[], world: World): Promise<void> {
  // Several functions may share one that is missing.
  const applications = new Map<string, Promise<void>>()
  const act = stage(async release => {
    const { held, request, subject, target } = release
    const setUp = held && setUpOf(request, held)
    if (!setUp || subject || !target || !isReady(release)) return
    const { application: name } = setUp.group
    const application = async () => {
      const creating = applications.get(name) ?? createApplication(name, world)
      applications.set(name, creating)
      await creating
    }
    const result = await createGroup(setUp, application, {
      codedeploy: world.codedeploy,
      clock: world.clock,
      cancelled: world.cancelled,
      tell: line => world.reporter.say(plain(line))
    })
    if (result.kind === 'refused') return refuse(release, result.cause)
    release.isSetUp = true
    if (result.kind === 'created') release.record.groupCreated = true
    const { missing: _, ...present } = held
    release.held =
      result.kind === 'found'
        ? await survey(request, world, { knownGroup: result.group })
        : {
            ...present,
            group: result.group,
            ...(setUp.configuration && { strategy: setUp.configuration.strategy })
          }
    note(release, await settled(decide(request, release.held, targetOf(release)), release, world), world)
  })
  await act(releases, world)
}

const isReady = ({ decision }: Release): boolean =>
  decision?.kind === 'shift' || decision?.kind === 'create-alias'

async function createApplication(name: string, { codedeploy, reporter }: World): Promise<void> {
  const result = await codedeploy.createApplication(name)
  reporter.say(`Application ${plain(name)} ${result === 'created' ? 'created' : 'exists by now'}`)
}
