import { repository } from '../draw/github.ts'
import type { Stage } from './stage.ts'

/** What a job without `role-to-assume` finds in its environment. */
export const jobCredentials = {
  accessKeyId: 'AKIDSIMULATION',
  secretAccessKey: 'secretKeyOfTheSimulation',
  sessionToken: 'sessionTokenOfTheSimulation'
}

/** All that nobody may read anywhere: whatever shows one of these has leaked it. */
export function secretsOf({ aws, idTokens }: Stage): string[] {
  const sessions = aws.sts.sessions.flatMap(({ sessionToken, secretAccessKey }) => [
    sessionToken,
    secretAccessKey
  ])
  return [...Object.values(jobCredentials), repository.token, ...idTokens.given, ...sessions]
}
