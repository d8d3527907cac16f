import type { Aws } from '../../simulator/aws.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { liveFrom, repository, sha } from '../github/job.ts'
import { type Play, release } from './play.ts'

/** The same scene in a job for commit `ours` of a repository that has a newer one. */
export const ofOurCommit = <Scene extends Play>(scene: Scene): Scene => ({
  ...scene,
  inputs: { ...(scene.inputs ?? release), 'github-token': repository.token },
  env: { ...scene.env, GITHUB_SHA: sha.ours },
  github: () => new GitHub(repository, new Faults())
})

/** A version of the newer commit. `$LATEST` is changed again, so that ours is another one. */
export function publishNewer(aws: Aws, FunctionName = 'payments-api'): string {
  const { Version = '' } = aws.lambda.publishVersion({ FunctionName, Description: liveFrom(sha.newer) })
  aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`${FunctionName} of the older commit`) })
  return Version
}
