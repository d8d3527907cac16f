import type { Aws } from '../../simulator/aws.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { createGitHub } from '../../src/github/github.ts'
import { liveFrom, repository, sha, words } from '../github/place.ts'
import type { Play } from './play.ts'

// Loading takes real time, and a virtual clock would run ahead meanwhile.
await import('@actions/github')

/** The job is for commit `ours` of a repository that has a newer one. */
export const ours: NonNullable<Play['github']> = clock => {
  const made = createGitHub({
    token: repository.token,
    environment: '',
    env: { GITHUB_REPOSITORY: 'acme/payments', GITHUB_SHA: sha.ours, GITHUB_RUN_ID: '4711' },
    clock,
    words,
    cancelled: new AbortController().signal,
    warn: () => undefined,
    fetch: new GitHub(repository, new Faults()).fetch
  })
  if (!made) throw new Error('there is no GitHub')
  return made
}

/** A version of the newer commit. `$LATEST` is changed again, so that ours is another one. */
export function publishNewer(aws: Aws, FunctionName = 'payments-api'): string {
  const { Version = '' } = aws.lambda.publishVersion({ FunctionName, Description: liveFrom(sha.newer) })
  aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`${FunctionName} of the older commit`) })
  return Version
}
