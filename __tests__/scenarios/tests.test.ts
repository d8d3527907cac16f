/** `test-event`: the new version itself is invoked before any traffic moves. */

import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { anotherIsRunning, fault, group, jobIsCancelled, later, somebodyMovesTheAlias } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'
import { asked, ends, entry, releaseBoth, together } from './services.ts'

const always = Number.POSITIVE_INFINITY
const smoke = { 'test-event': '{"path":"/charges"}', 'test-expect': '{"statusCode":200}' }
const healthy: PaymentsOptions = { run: { answer: '{"statusCode":200}', seconds: 0.2, initSeconds: 0.843 } }

const playTested = (scene: Play = {}): Promise<Played> =>
  play({ setting: healthy, ...scene, inputs: { ...release, ...smoke, ...scene.inputs } })

/** What was asked to run, in order: version and event. */
const invoked = ({ aws }: Pick<Played, 'aws'>): string[] =>
  asked(aws, 'Invoke').map(({ input }) => {
    const { Qualifier, Payload } = input as InvokeCommandInput
    return `${Qualifier} ${new TextDecoder().decode(Payload as Uint8Array)}`
  })

const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const errorOf = ({ annotations }: Played): string =>
  annotations.find(({ level }) => level === 'error')?.message ?? ''

const creations = (aws: Aws): number =>
  asked(aws, 'CreateDeployment').length + asked(aws, 'CreateAlias').length

test('each event is sent to the new version, in turn, before the deployment is created', async () => {
  const played = await playTested({ inputs: { 'test-event': '[{"path":"/a"},{"path":"/b"}]' } })
  expect(endOf(played)).toBe('succeeded 8')
  expect(invoked(played)).toEqual(['8 {"path":"/a"}', '8 {"path":"/b"}'])
  const operations = played.aws.requests.map(({ operation }) => operation)
  expect(operations.lastIndexOf('Invoke')).toBeLessThan(operations.indexOf('CreateDeployment'))
  expect(asked(played.aws, 'Invoke')[0]?.input).toMatchObject({
    FunctionName: 'payments-api',
    InvocationType: 'RequestResponse',
    LogType: 'Tail'
  })
})

test('the log, the plan and the summary tell of each test, how long it took, and which start was cold', async () => {
  const { log, summary } = await playTested({ inputs: { 'test-event': '[1, 2]' } })
  expect(log).toContain(
    '  tests      2 events, before any traffic moves; each answer must contain {"statusCode":200}'
  )
  expect(log).toContain(
    'Version 8 of payments-api passed test event 1 of 2 in 200 ms, after a cold start of 843 ms'
  )
  expect(log).toContain('Version 8 of payments-api passed test event 2 of 2 in 200 ms')
  expect(summary).toContain('| Tests | 2 of 2 passed: 200 ms (cold start 843 ms), 200 ms |')
})

test('the plan shows what is expected as it was given', async () => {
  const { log } = await playTested({
    inputs: { 'test-expect': '{"id": 12345678901234567891, "rate": 1.0}', 'dry-run': 'true' }
  })
  expect(log).toContain(
    '  tests      1 event, before any traffic moves; each answer must contain {"id":12345678901234567891,"rate":1.0}'
  )
})

test('an event may be in a file of the workspace', async () => {
  const played = await playTested({
    inputs: { 'test-event': 'events/charge.json' },
    files: { 'events/charge.json': '{ "path": "/charges" }' }
  })
  expect([endOf(played), ...invoked(played)]).toEqual(['succeeded 8', '8 {"path":"/charges"}'])
})

describe('a failed test refuses the release, and nothing is created', () => {
  const rows: { name: string; scene: Play; says: string; tells?: string[] }[] = [
    {
      name: 'the function throws',
      scene: { setting: { run: { throws: 'relation "ledger" does not exist', log: 'connected' } } },
      says: 'failed the test event: it failed with Error: relation "ledger" does not exist.',
      tells: [
        'Got:  {"errorType":"Error","errorMessage":"relation \\"ledger\\" does not exist","trace":["Error: relation \\"ledger\\" does not exist","    at Runtime.handler (file:///var/task/index.mjs:7:9)"]}',
        '│ connected'
      ]
    },
    {
      name: 'the function runs out of time',
      scene: { setting: { run: { seconds: 9 } } },
      says: 'failed the test event: it ran into its timeout of 3 seconds.',
      tells: []
    },
    {
      name: 'the answer is not as expected',
      scene: { setting: { run: { answer: '{"statusCode":500,"body":"oops"}' } } },
      says: 'failed the test event: its answer has 500 at .statusCode, not 200.',
      tells: ['Got:  {"statusCode":500,"body":"oops"}']
    },
    {
      name: 'the answer differs in the last digit of a long number',
      scene: {
        setting: { run: { answer: '{"id": 12345678901234567892}' } },
        inputs: { 'test-expect': '{"id": 12345678901234567891}' }
      },
      says: 'failed the test event: its answer has 12345678901234567892 at .id, not 12345678901234567891.'
    },
    {
      name: 'the answer lacks what is expected',
      scene: { setting: { run: { answer: '{"body":"oops"}' } } },
      says: 'failed the test event: its answer has nothing at .statusCode, not 200.'
    },
    {
      name: 'the answer is null',
      scene: { setting: { run: { answer: 'null' } } },
      says: 'failed the test event: its answer is null, not {"statusCode":200}.'
    },
    {
      name: 'the answer is not JSON',
      scene: { setting: { run: { answer: '<html>' } } },
      says: 'failed the test event: its answer is not JSON.',
      tells: ['Got:  <html>']
    },
    {
      name: 'the second event is too much',
      scene: {
        inputs: { 'test-event': 'a.json\nb.json', 'test-expect': '' },
        files: { 'a.json': '1', 'b.json': '2' },
        before: fault({
          operation: 'Invoke',
          kind: 'custom',
          skip: 1,
          error: { name: 'InvalidRequestContentException', message: 'Could not parse', status: 400 }
        })
      },
      says: 'failed test event 2 of 2 (b.json): Lambda did not run it (InvalidRequestContentException).',
      tells: ['AWS:  Could not parse']
    },
    {
      name: 'the version cannot be started, time and again',
      scene: {
        before: fault({
          operation: 'Invoke',
          kind: 'custom',
          times: always,
          error: { name: 'KMSAccessDeniedException', message: 'Lambda was unable to decrypt', status: 502 }
        })
      },
      says: 'failed the test event: 3 times no answer came (KMSAccessDeniedException); whether it has run is not known.',
      tells: ['AWS:  Lambda was unable to decrypt']
    }
  ]

  test.each(rows)('$name', async ({ scene, says, tells = [] }) => {
    const played = await playTested(scene)
    expect(endOf(played)).toBe('refused 7 TEST_FAILED')
    expect(errorOf(played)).toContain(`Why:  Version 8 of payments-api ${says} (TEST_FAILED)`)
    expect(errorOf(played).split('\n')).toEqual(expect.arrayContaining(tells))
    expect([played.passed, creations(played.aws)]).toEqual([false, 0])
  })

  test('and the alias is not created either', async () => {
    const played = await playTested({ setting: { alias: 'missing', run: { throws: 'no' } } })
    expect([endOf(played), creations(played.aws)]).toEqual(['refused TEST_FAILED', 0])
  })

  test('after the first that fails, no other event is sent', async () => {
    const played = await playTested({
      inputs: { 'test-event': '[1, 2, 3]' },
      setting: { run: { throws: 'no' } }
    })
    expect(invoked(played)).toEqual(['8 1'])
  })

  test('and the summary shows the answer and the end of the log, in fences', async () => {
    const { summary } = await playTested({
      setting: { run: { answer: '{"body":"```"}', log: 'a\nb\nc\nd' } }
    })
    expect(summary).toContain('**It answered**\n\n````json\n{"body":"```"}\n````')
    expect(summary).toContain("**End of the function's log**\n\n```text\na\nb\nc\nd\n```")
    expect(summary).toContain('| Tests | 0 of 1 passed |')
  })
})

test('a long answer is shown in part, cut between words, and no word of it is a command', async () => {
  const secret = 's3cret'.repeat(20)
  const words = 'x '.repeat(480)
  const played = await playTested({
    setting: { run: { answer: `{"a":"\\n::error::${words}${secret} the end"}`, log: '::warning::forged' } }
  })
  const [got = ''] = errorOf(played)
    .split('\n')
    .filter(line => line.startsWith('Got:'))
  expect(got).toContain('x x x …')
  expect(got).not.toContain('s3cret')
  expect(played.log.filter(line => line.startsWith('::'))).toEqual([])
  expect(played.log).toContain('│ ::warning::forged')
})

describe('what is not deployed by this run is not tested', () => {
  test.each<{ name: string; scene: Play; ends: string }>([
    { name: 'a dry run', scene: { inputs: { 'dry-run': 'true' } }, ends: 'planned 7' },
    { name: 'the version that serves', scene: { inputs: { 'target-version': '7' } }, ends: 'unchanged 7' },
    {
      name: 'a version that another deployment already shifts to',
      scene: { inputs: { 'target-version': '6' }, before: anotherIsRunning('6') },
      ends: 'succeeded 6'
    },
    {
      name: 'a release that another deployment keeps from beginning',
      scene: { inputs: { 'if-in-progress': 'fail' }, before: anotherIsRunning('6') },
      ends: 'refused 7 DEPLOYMENT_IN_PROGRESS'
    }
  ])('$name', async ({ scene, ends }) => {
    const played = await playTested(scene)
    expect([endOf(played), ...invoked(played)]).toEqual([ends])
  })
})

describe('what is deployed by this run is tested, once', () => {
  test.each<{ name: string; scene: Play; ends: string }>([
    {
      name: 'an older version',
      scene: { inputs: { 'target-version': '3', 'test-expect': '{"version":"3"}' } },
      ends: 'succeeded 3'
    },
    {
      name: 'a version on which the alias is created',
      scene: { setting: { ...healthy, alias: 'missing' } },
      ends: 'created 8'
    },
    {
      name: 'a version that waits for another deployment',
      scene: { before: anotherIsRunning('6') },
      ends: 'succeeded 8'
    },
    {
      name: 'a version whose deployment had to be created again',
      scene: { before: fault({ operation: 'CreateDeployment', kind: 'throttle', times: 4 }) },
      ends: 'succeeded 8'
    },
    {
      name: 'a version that was to join a deployment that then failed',
      scene: {
        inputs: { 'target-version': '6', 'test-expect': '' },
        before: (aws, clock, cancel) => {
          anotherIsRunning('6')(aws, clock, cancel)
          const describe = aws.codedeploy.getDeployment.bind(aws.codedeploy)
          let looks = 0
          // Stopped right after the first look at it, which finds that it could be joined.
          aws.codedeploy.getDeployment = input => {
            const answer = describe(input)
            if (++looks === 1) aws.codedeploy.stopDeployment({ deploymentId: input.deploymentId ?? '' })
            return answer
          }
        }
      },
      ends: 'succeeded 6'
    }
  ])('$name', async ({ scene, ends }) => {
    const played = await playTested(scene)
    expect([endOf(played), invoked(played).length]).toEqual([ends, 1])
  })

  test('before another deployment is stopped for it, which a failed test leaves running', async () => {
    const played = await playTested({
      inputs: { 'if-in-progress': 'replace' },
      setting: { run: { throws: 'no' } },
      before: anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')
    })
    expect(endOf(played)).toBe('refused 7 TEST_FAILED')
    expect(asked(played.aws, 'StopDeployment')).toEqual([])
  })

  test('also when the one that it was to join has ended, and yet another runs', async () => {
    const other = (target: string) => anotherIsRunning(target, 'LambdaCanary10Percent30Minutes')
    const played = await playTested({
      inputs: { 'if-in-progress': 'replace', 'target-version': '6' },
      setting: { run: { throws: 'no' } },
      before: (aws, clock, cancel) => {
        other('6')(aws, clock, cancel)
        aws.faults.add({ operation: 'GetDeployment', kind: 'stall', times: 2 })
        later(0.2, () => {
          const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
          aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
        })(aws, clock, cancel)
        later(0.4, other('5'))(aws, clock, cancel)
      }
    })
    expect(endOf(played)).toBe('refused 7:0.9,5:0.1 TEST_FAILED')
    expect(asked(played.aws, 'StopDeployment')).toEqual([])
  })

  test('and what was read before a slow test is read again', async () => {
    const played = await playTested({
      setting: { run: { answer: '{"statusCode":200}', seconds: 120, timeout: 300 } },
      before: later(1, somebodyMovesTheAlias('5'))
    })
    expect(endOf(played)).toBe('succeeded 8')
    expect(played.outputs['previous-version']).toBe('5')
  })

  test('and a failed slow test tells what serves then', async () => {
    const played = await playTested({
      setting: { run: { throws: 'no', seconds: 120, timeout: 300 } },
      before: later(1, somebodyMovesTheAlias('5'))
    })
    expect(endOf(played)).toBe('refused 5 TEST_FAILED')
  })
})

describe('an invocation that gets no answer', () => {
  test('is sent again when Lambda has certainly not run it, for minutes', async () => {
    const played = await playTested({
      before: fault({
        operation: 'Invoke',
        kind: 'throttle',
        times: always,
        when: { to: Date.parse('2026-11-20T14:05:00Z') }
      })
    })
    expect(endOf(played)).toBe('succeeded 8')
  })

  test('for ten minutes refuses the release, without blaming the version', async () => {
    const played = await playTested({
      before: fault({ operation: 'Invoke', kind: 'throttle', times: always })
    })
    expect(endOf(played)).toBe('refused 7 TooManyRequestsException')
    expect(errorOf(played)).toContain('Lambda throttled the test (CallerRateLimitExceeded).')
  })

  test('because the function is switched off (reserved concurrency 0) says so, while it waits and at the end', async () => {
    const played = await playTested({
      before: fault({
        operation: 'Invoke',
        kind: 'custom',
        error: {
          name: 'TooManyRequestsException',
          message: 'Rate Exceeded.',
          status: 429,
          extras: { Type: 'User', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
        },
        times: always
      })
    })
    expect(endOf(played)).toBe('refused 7 TooManyRequestsException')
    const why =
      "Lambda throttled the test: the function's reserved concurrency is used up, or is 0 (ReservedFunctionConcurrentInvocationLimitExceeded)"
    expect(played.log.filter(line => /asking again|answers again/.test(line))).toEqual([
      `${why}; asking again`
    ])
    expect(errorOf(played).split('\n')).toEqual(
      expect.arrayContaining([
        `Why:  ${why}. (TooManyRequestsException)`,
        'AWS:  Rate Exceeded.',
        'Next: Run the step again when the function has concurrency to spare. With a reserved concurrency of 0, nothing runs: raise it.'
      ])
    )
  })

  test('is sent three times at most when Lambda may have run it', async () => {
    const played = await playTested({
      before: fault({ operation: 'Invoke', kind: 'dropAfter', times: always })
    })
    expect([endOf(played), invoked(played).length]).toEqual(['refused 7 TEST_FAILED', 3])
    expect(errorOf(played)).toContain('3 times no answer came (ECONNRESET); whether it has run is not known.')
  })

  test('is sent again after an outage, which does not use up the tries', async () => {
    const played = await playTested({
      before: (aws, clock, cancel) => {
        fault({ operation: 'Invoke', kind: 'dropAfter' })(aws, clock, cancel)
        const cut = () => {
          if (!aws.requests.some(({ operation }) => operation === 'Invoke')) clock.at(clock.now() + 2, cut)
          else
            aws.faults.add({
              operation: '*',
              kind: 'dropAfter',
              times: always,
              when: { to: clock.now() + 300_000 }
            })
        }
        cut()
      }
    })
    expect([endOf(played), invoked(played).length]).toEqual(['succeeded 8', 2])
    expect(played.log).toContain(
      'No answer from version 8 of payments-api to the test event (ECONNRESET); sending it again'
    )
  })

  test.each(['html', 'emptyJson', 'stall', 'serverErrorAfter', 'dropAfter'] as const)(
    'or only half of one, or a page of somebody else, is sent again: %s',
    async kind => {
      const played = await playTested({ before: fault({ operation: 'Invoke', kind }) })
      expect([endOf(played), invoked(played).length]).toEqual(['succeeded 8', 2])
    }
  )

  test('is given up a minute after the function must have ended, and sent again two seconds later', async () => {
    const played = await playTested({
      before: fault({ operation: 'Invoke', kind: 'timeout', ms: 3_600_000 })
    })
    expect([endOf(played), invoked(played).length]).toEqual(['succeeded 8', 2])
    const [first, second] = asked(played.aws, 'Invoke')
    expect(Math.round(((second?.at ?? 0) - (first?.at ?? 0)) / 1000)).toBe(3 + 60 + 2)
  })

  test('is waited for as long as the function may run', async () => {
    const played = await playTested({
      setting: { run: { answer: '{"statusCode":200}', seconds: 899, timeout: 900 } }
    })
    expect([endOf(played), invoked(played).length]).toEqual(['succeeded 8', 1])
  })

  test('is sent again while Lambda makes the version ready', async () => {
    const played = await playTested({
      before: fault({
        operation: 'Invoke',
        kind: 'custom',
        times: 5,
        error: { name: 'SnapStartNotReadyException', message: 'Lambda is initializing', status: 409 }
      })
    })
    expect([endOf(played), invoked(played).length]).toEqual(['succeeded 8', 6])
  })
})

test('an answer of another version is not believed', async () => {
  const played = await playTested({
    before: aws => {
      const invoke = aws.lambda.invoke.bind(aws.lambda)
      aws.lambda.invoke = async input => ({ ...(await invoke(input)), ExecutedVersion: '7' })
    }
  })
  expect(endOf(played)).toBe('refused 7 TEST_FAILED')
  expect(errorOf(played)).toContain('3 times no answer came (OtherThanAsked)')
})

test('a cancel during a test ends the step at once, and nothing is created', async () => {
  const played = await playTested({
    setting: { run: { seconds: 600, timeout: 900 } },
    before: later(2, jobIsCancelled)
  })
  expect(endOf(played)).toBe('interrupted 7 JOB_CANCELLED')
  expect(errorOf(played)).toContain('The job was cancelled before this run created a deployment.')
  expect([creations(played.aws), invoked(played).length]).toEqual([0, 1])
  expect(played.endedAt).toBeLessThan(Date.parse('2026-11-20T14:02:01Z'))
})

test('a test that was cancelled while throttled is not sent again', async () => {
  const played = await playTested({
    before: (aws, clock, cancel) => {
      fault({ operation: 'Invoke', kind: 'throttle', times: always })(aws, clock, cancel)
      later(2, jobIsCancelled)(aws, clock, cancel)
    }
  })
  expect(endOf(played)).toBe('interrupted 7 JOB_CANCELLED')
  expect(asked(played.aws, 'Invoke', Date.parse('2026-11-20T14:02:00Z'))).toEqual([])
})

describe('several functions', () => {
  const tested = (orders: object, ledger: object) =>
    together([entry('orders', orders as never), entry('ledger', ledger as never)])

  test('all are tested before the first deployment is created', async () => {
    const played = await releaseBoth({
      inputs: { ...tested({}, {}), 'test-event': '1', 'test-expect': '{"version":"8"}' }
    })
    expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' })
    const operations = played.aws.requests.map(({ operation }) => operation)
    expect(invoked(played)).toEqual(['8 1', '8 1'])
    expect(operations.lastIndexOf('Invoke')).toBeLessThan(operations.indexOf('CreateDeployment'))
  })

  test('one that fails its test keeps all from beginning', async () => {
    const played = await releaseBoth({
      inputs: tested({}, { 'test-event': '1', 'test-expect': '{"version":"9"}' })
    })
    expect(ends(played)).toEqual({ orders: 'refused HELD_BACK 7 (7)', ledger: 'refused TEST_FAILED 7 (7)' })
    expect(creations(played.aws)).toBe(0)
  })

  test('one that fails its test cuts the tests of the others short', async () => {
    const played = await releaseBoth({
      inputs: { ...tested({}, { 'test-expect': '{"version":"9"}' }), 'test-event': '1' },
      before: aws => {
        aws.lambda.updateFunctionConfiguration({
          FunctionName: 'orders',
          Timeout: 900,
          Environment: { Variables: { SIMULATOR_SECONDS: '600' } }
        })
      }
    })
    expect(ends(played)).toEqual({ orders: 'refused HELD_BACK 7 (7)', ledger: 'refused TEST_FAILED 7 (7)' })
    expect(played.endedAt).toBeLessThan(Date.parse('2026-11-20T14:00:10Z'))
  })

  test('one whose turn comes after eleven minutes is tested again when it is throttled then', async () => {
    const slow = ['invoices', 'ledger', 'mails', 'orders', 'prices']
    const played = await play({
      inputs: together(
        [...slow, 'stock'].map(name => entry(name)),
        { 'test-event': '1' }
      ),
      before: (aws, clock, cancel) => {
        fleet(aws, [...slow, 'stock'])
        for (const FunctionName of slow)
          aws.lambda.updateFunctionConfiguration({
            FunctionName,
            Timeout: 900,
            Environment: { Variables: { SIMULATOR_SECONDS: '660' } }
          })
        fault({ operation: 'Invoke', about: 'stock', kind: 'throttle' })(aws, clock, cancel)
      }
    })
    const all = [...slow, 'stock'].map(name => [name, 'succeeded 8 (8)'])
    expect(ends(played)).toEqual(Object.fromEntries(all))
  })
})

test('a role that may not invoke is told to allow all versions', async () => {
  const played = await playTested({
    before: fault({ operation: 'Invoke', kind: 'accessDenied', times: always })
  })
  expect(endOf(played)).toBe('refused 7 AccessDeniedException')
  expect(errorOf(played)).toContain(
    'Grant the role lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:payments-api:*.'
  )
})
