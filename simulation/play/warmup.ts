import { main } from '../../src/main.ts'
import { jobEnv } from '../draw/job.ts'
import { ambientCredentials, unreachable } from './outside.ts'

const inputs: Readonly<Record<string, string>> = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live'
}

const ignored = () => {}

/** A definite no is not asked twice, so that nothing waits. */
const denying = {
  handle: async (): Promise<never> => {
    throw Object.assign(new Error('nobody may do anything'), { name: 'AccessDeniedException' })
  }
}

/**
 * What is loaded when it is first used, and the configuration files that the SDK reads once, take real time, in which virtual time
 * would run ahead. Await this once before anything is played.
 */
export async function warmUp(): Promise<void> {
  await Promise.all([
    import('@actions/github'),
    import('@aws-sdk/client-cloudwatch'),
    import('@aws-sdk/client-cloudwatch-logs'),
    import('yaml'),
    import('../../src/aws/aws.ts')
  ])
  for (const role of ['', 'arn:aws:iam::123456789012:role/release'])
    await main({
      env: jobEnv,
      runner: {
        info: ignored,
        group: ignored,
        annotate: ignored,
        setOutput: ignored,
        saveState: () => true,
        writeSummary: async () => {},
        input: name => ({ ...inputs, 'role-to-assume': role })[name] ?? '',
        state: () => '',
        idToken: async () => 'e30.e30.c2ln',
        mask: () => undefined,
        debug: undefined
      },
      cancelled: new AbortController().signal,
      aws: { credentials: ambientCredentials, requestHandler: denying },
      github: { fetch: unreachable }
    })
}
