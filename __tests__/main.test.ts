import { beforeAll, describe, expect, test } from '@jest/globals'
import { jobEnv } from '../simulation/draw/job.ts'
import { simulated } from '../simulation/play/outside.ts'
import { warmUp } from '../simulation/play/warmup.ts'
import { type Aws, createAws } from '../simulator/aws.ts'
import { VirtualClock } from '../simulator/clock.ts'
import { Faults } from '../simulator/faults.ts'
import { GitHub } from '../simulator/github.ts'
import { payments } from '../simulator/setting.ts'
import { main, type Outside, post, type RunnerPort } from '../src/main.ts'
import { repository, sha } from './github/job.ts'
import { rememberingJob } from './report/job.ts'

const role = 'arn:aws:iam::123456789012:role/release'

const release: Readonly<Record<string, string>> = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live'
}

interface Job {
  inputs?: Readonly<Record<string, string>>
  outside?: Partial<Outside>
  runner?: Partial<RunnerPort>
  state?: Readonly<Record<string, string>>
  before?(aws: Aws): void
}

beforeAll(warmUp)

/** A process that releases payments-api, which takes seconds unless something is odd about it. */
function job({ inputs = {}, outside, runner, state, before }: Job = {}) {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  before?.(aws)
  const { told, job } = rememberingJob()
  const world = simulated(
    {
      aws,
      clock,
      inputs: { ...release, ...inputs },
      job,
      ...(runner && { runner }),
      ...(state && { state })
    },
    outside
  )
  return {
    aws,
    told,
    warnings: () => told.annotations.filter(([level]) => level === 'warning').map(([, , text]) => text),
    main: () => clock.run(() => main(world)),
    /** Time stands still for it after so many ms. */
    mainFor: (ms: number) => clock.run(() => Promise.race([main(world), clock.sleep(ms)])),
    post: () => clock.run(() => post(world))
  }
}

describe('the exit code is what the outcome says', () => {
  const rows: (Job & { name: string; exit: number; outcome: string; code: string })[] = [
    { name: 'a release that succeeds passes', exit: 0, outcome: 'succeeded', code: '' },
    {
      name: 'one that AWS refuses fails',
      before: aws => aws.faults.add({ operation: 'PublishVersion', kind: 'accessDenied' }),
      exit: 1,
      outcome: 'refused',
      code: 'AccessDeniedException'
    },
    {
      name: 'inputs that are not right fail',
      inputs: { alias: 'no alias' },
      exit: 1,
      outcome: 'refused',
      code: 'INVALID_INPUT'
    },
    {
      name: 'what nobody foresaw fails',
      outside: {
        random: () => {
          throw new Error('::error::no chance')
        }
      },
      exit: 1,
      outcome: 'lost',
      code: 'UNFORESEEN'
    }
  ]

  test.each(rows)('$name', async ({ exit, outcome, code, name: _, ...given }) => {
    const step = job(given)
    expect(await step.main()).toBe(exit)
    expect([step.told.outputs.outcome, step.told.outputs['error-code']]).toEqual([outcome, code])
    expect(step.told.state.main).toBe('started')
  })
})

describe('inputs that are not right', () => {
  test('are told all at once, under the names that were given, and AWS is not asked', async () => {
    const step = job({ inputs: { alias: 'no alias', wait: 'perhaps' } })
    await step.main()
    expect(step.told.annotations.map(([level, title]) => [level, title])).toEqual([
      ['error', 'Lambda CodeDeploy: refused']
    ])
    const [, , message = ''] = step.told.annotations[0] ?? []
    expect(message).toContain('2 inputs are not right.')
    expect(message).toMatch(/^wait: got 'perhaps'/m)
    expect(message).toMatch(/^alias: got 'no alias'/m)
    expect(step.aws.requests).toEqual([])
  })

  test('leave nothing for post', async () => {
    const step = job({ inputs: { alias: 'no alias' } })
    await step.main()
    expect(step.told.state).toEqual({ main: 'started' })
  })
})

test('what nobody foresaw is shown behind bars, so that the runner takes none of it for a command', async () => {
  const step = job({
    outside: {
      random: () => {
        throw new Error('first\n::error::forged')
      }
    }
  })
  await step.main()
  const stack = step.told.log.filter(line => line.includes('first') || line.includes('forged'))
  expect(stack.slice(0, 2)).toEqual(['│ Error: first', '│ ::error::forged'])
})

describe('credentials', () => {
  const assumed = ({ aws }: ReturnType<typeof job>) =>
    aws.requests
      .filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity')
      .map(({ input }) => (input as { RoleArn: string; RoleSessionName: string }).RoleSessionName)

  const sessions = [
    { name: 'the run and its attempt', env: {}, session: 'lambda-codedeploy-4711.1' },
    {
      name: 'the second attempt',
      env: { GITHUB_RUN_ATTEMPT: '2' },
      session: 'lambda-codedeploy-4711.2'
    },
    { name: 'no run, outside of GitHub', env: { GITHUB_RUN_ID: '' }, session: 'lambda-codedeploy-run' }
  ]

  test.each(sessions)('role-to-assume: the session names $name', async ({ env, session }) => {
    const step = job({ inputs: { 'role-to-assume': role }, outside: { env: { ...jobEnv, ...env } } })
    expect(await step.main()).toBe(0)
    expect(assumed(step)).toEqual([session])
  })

  test('post assumes the role that main had', async () => {
    const killed = job({
      inputs: { 'role-to-assume': role, 'codedeploy-deployment-config': 'Canary10Percent30Minutes' }
    })
    await killed.mainFor(60_000)
    const after = job({ state: killed.told.state })
    await after.post()
    expect(assumed(after)).toEqual(['lambda-codedeploy-4711.1'])
  })

  test.each([
    { name: 'of AWS', arn: role, audience: 'sts.amazonaws.com' },
    {
      name: 'in China',
      arn: role.replace('arn:aws:', 'arn:aws-cn:'),
      audience: 'sts.amazonaws.com.cn'
    }
  ])('a role $name is assumed with a token for $audience', async ({ arn, audience }) => {
    const audiences = new Set<string>()
    const step = job({
      inputs: { 'role-to-assume': arn },
      runner: {
        idToken: async asked => {
          audiences.add(asked)
          throw new Error('no token')
        }
      }
    })
    await step.main()
    expect([...audiences]).toEqual([audience])
  })

  const expiries: { name: string; env: Record<string, string>; inputs?: Job['inputs']; warned: boolean }[] = [
    { name: 'that end before the shift does are warned of', env: { in: '4' }, warned: true },
    { name: 'that last are not', env: { in: '40' }, warned: false },
    { name: 'whose end nobody knows are not', env: {}, warned: false },
    {
      name: 'that a role takes the place of are not',
      env: { in: '4' },
      inputs: { 'role-to-assume': role },
      warned: false
    }
  ]

  test.each(expiries)('ambient credentials $name', async ({ env, inputs, warned }) => {
    const ends = new Date(new VirtualClock().now() + Number(env.in) * 60_000)
    const step = job({
      inputs: { 'codedeploy-deployment-config': 'Canary10Percent5Minutes', ...inputs },
      outside: {
        // As aws-actions/configure-aws-credentials gives it out, quotation marks and all.
        env: { ...jobEnv, ...(env.in && { AWS_CREDENTIAL_EXPIRATION: JSON.stringify(ends) }) }
      }
    })
    expect(await step.main()).toBe(0)
    expect(step.warnings().map(text => /^The AWS credentials expire at/.test(text ?? ''))).toEqual(
      warned ? [true] : []
    )
  })
})

test('CloudTrail shows which run asked', async () => {
  const step = job()
  await step.main()
  expect(step.aws.requests.every(({ userAgent }) => userAgent?.includes('run/4711.1'))).toBe(true)
})

describe('github-environment', () => {
  const github = () => new GitHub(repository, new Faults())
  const inputs = { 'github-token': repository.token, 'github-environment': 'staging' }
  const env = { ...jobEnv, GITHUB_SHA: sha.ours }

  test('the id of the deployment at GitHub is left for post', async () => {
    const api = github()
    const step = job({ inputs, outside: { env, github: api } })
    await step.main()
    expect(step.told.state['github-deployment']).toBe('1001')
    expect(api.deployments.map(({ environment, states }) => [environment, states.at(-1)])).toEqual([
      ['staging', 'success']
    ])
  })

  test('outside of a repository GitHub is not asked', async () => {
    const api = github()
    const step = job({ inputs, outside: { env: { ...env, GITHUB_REPOSITORY: '' }, github: api } })
    expect(await step.main()).toBe(0)
    expect(api.requests).toEqual([])
  })
})

describe('debug logging', () => {
  test('tells each request to AWS and to GitHub', async () => {
    const lines: string[] = []
    const step = job({
      inputs: { 'github-token': repository.token, 'github-environment': 'staging' },
      outside: { env: { ...jobEnv, GITHUB_SHA: sha.ours }, github: new GitHub(repository, new Faults()) },
      runner: { debug: line => void lines.push(line) }
    })
    await step.main()
    expect(lines.filter(line => line.startsWith('CreateDeployment: answered'))).toHaveLength(1)
    expect(
      lines.filter(line => line.startsWith('POST /repos/{owner}/{repo}/deployments: answered'))
    ).toHaveLength(1)
  })
})

describe('a state that cannot be kept', () => {
  test('refuses the release before anything is asked of AWS', async () => {
    const step = job({ runner: { saveState: () => false } })
    expect(await step.main()).toBe(1)
    expect([step.told.outputs.outcome, step.told.outputs['error-code']]).toEqual([
      'refused',
      'STATE_NOT_SAVED'
    ])
    expect(step.aws.requests).toEqual([])
  })

  test('does not end a release that has begun', async () => {
    let saved = 0
    const step = job({ runner: { saveState: () => saved++ === 0 } })
    expect(await step.main()).toBe(0)
    expect(step.told.outputs.outcome).toBe('succeeded')
  })
})

describe('post', () => {
  test.each([
    { name: 'main saved nothing', state: {} },
    { name: 'main was done', state: { main: 'started', run: '{"phase":"done","releases":[]}' } },
    { name: 'what main saved cannot be understood', state: { main: 'started', run: '{' } }
  ])('does nothing when $name', async ({ state }) => {
    const step = job({ state })
    await step.post()
    expect([step.told.log, step.told.annotations, step.aws.requests]).toEqual([[], [], []])
  })
})

describe('colours', () => {
  test.each([
    { name: 'are in the log', env: { NO_COLOR: '' }, coloured: true },
    { name: 'are left out with NO_COLOR', env: { NO_COLOR: '1' }, coloured: false }
  ])('$name', async ({ env, coloured }) => {
    const step = job({ outside: { env: { ...jobEnv, ...env } } })
    await step.main()
    expect(step.told.log.some(line => line.includes('\u001b['))).toBe(coloured)
  })
})
