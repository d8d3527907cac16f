import type { Clock } from '../clock.ts'
import { Arns } from './arns.ts'
import { type AwsOptions, createClients } from './clients.ts'
import { createCodeDeploy } from './codedeploy.ts'
import { assumedRole, type Role } from './credentials.ts'
import { Lambda } from './lambda.ts'
import { Logs } from './logs.ts'
import { RateLimit } from './ratelimit.ts'

/** AWS as the program knows it. `clock` paces the retries; once `cancelled`, what waits for its turn is not asked any more. */
export function createAws(given: AwsOptions & { role?: Role; cancelled?: AbortSignal }, clock: Clock) {
  const { role, cancelled, ...ambient } = given
  const options = role ? { ...ambient, credentials: assumedRole(role, ambient, clock) } : ambient
  const clients = createClients(options, new RateLimit(clock, cancelled))
  const arns = new Arns(options.region)
  return {
    lambda: new Lambda(clients.lambda, clock, arns),
    codedeploy: createCodeDeploy(clients.codedeploy, clock, arns),
    logs: new Logs(options, clock, arns)
  }
}
