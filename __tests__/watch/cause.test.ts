import { describe, expect, test } from '@jest/globals'
import type { Observation, Subject, Traffic } from '../../src/deployment/observation.ts'
import { causeOfBrokenRollback, causeOfEnd, isRefusal } from '../../src/watch/cause.ts'
import { bothHooks, event, seen, shareOn8, subject, view, whollyOn } from '../deployment/observations.ts'

const failedWith = (code: string, message = '', over: Partial<Observation> = {}) =>
  seen({ deployment: view('Failed', { error: { code, message } }), ...over })

const updateAliasCommand =
  'a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}'

describe('the cause of an end says in plain words what happened:', () => {
  test.each<{ name: string; seen: Observation; subject?: Subject; code: string; what: string }>([
    {
      name: 'a stop without an error code is a stop by somebody',
      seen: seen({ deployment: view('Stopped') }),
      code: 'MANUAL_STOP',
      what: 'Somebody stopped the deployment.'
    },
    {
      name: 'a failure without an error code is reported as just that',
      seen: seen({ deployment: view('Failed') }),
      code: 'UNKNOWN',
      what: 'CodeDeploy ended the deployment as Failed and gave no reason.'
    },
    {
      name: 'an unknown error code is shown',
      seen: failedWith('HEALTH_CONSTRAINTS'),
      code: 'HEALTH_CONSTRAINTS',
      what: 'CodeDeploy ended the deployment as Failed with HEALTH_CONSTRAINTS.'
    },
    {
      name: 'a hook that failed is named with its event',
      seen: failedWith('HOOK_EXECUTION_FAILURE', '', {
        lifecycle: [event('BeforeAllowTraffic', 'Failed', 1, 2)]
      }),
      subject: subject({ hooks: bothHooks }),
      code: 'HOOK_EXECUTION_FAILURE',
      what: 'The BeforeAllowTraffic hook CodeDeployHook_before reported that its check failed.'
    },
    {
      name: 'a hook that could not be identified has no name',
      seen: failedWith('HOOK_EXECUTION_FAILURE'),
      code: 'HOOK_EXECUTION_FAILURE',
      what: 'The validation hook reported that its check failed.'
    },
    {
      name: 'a hook that never reported is distinguished from one that failed',
      seen: failedWith('TIMEOUT', '', { lifecycle: [event('AfterAllowTraffic', 'Failed', 1, 2)] }),
      subject: subject({ hooks: bothHooks }),
      code: 'TIMEOUT',
      what: 'The AfterAllowTraffic hook CodeDeployHook_after did not report back within the hour that CodeDeploy waits.'
    },
    {
      name: 'a refused AppSpec most often means that the alias moved',
      seen: failedWith('INVALID_LAMBDA_CONFIGURATION'),
      code: 'INVALID_LAMBDA_CONFIGURATION',
      what: 'CodeDeploy refused the AppSpec: most often somebody else moved alias live away from version 7 in the meantime, or the alias still has weights.'
    },
    {
      name: 'a function, alias or version that cannot be used is named',
      seen: failedWith('INVALID_LAMBDA_FUNCTION'),
      code: 'INVALID_LAMBDA_FUNCTION',
      what: 'CodeDeploy cannot use function payments-api, its alias live, or version 8.'
    },
    {
      name: 'a service role without permissions',
      seen: failedWith('IAM_ROLE_PERMISSIONS'),
      code: 'IAM_ROLE_PERMISSIONS',
      what: "The deployment group's service role lacks a permission that the deployment needs."
    },
    {
      name: 'a service role that does not exist',
      seen: failedWith('IAM_ROLE_MISSING'),
      code: 'IAM_ROLE_MISSING',
      what: "The deployment group's service role does not exist."
    },
    {
      name: 'throttling of the service role',
      seen: failedWith('THROTTLED'),
      code: 'THROTTLED',
      what: 'CodeDeploy was throttled when it called Lambda with the service role.'
    },
    {
      name: 'a quota',
      seen: failedWith('RESOURCE_LIMIT_EXCEEDED'),
      code: 'RESOURCE_LIMIT_EXCEEDED',
      what: 'A limit of CodeDeploy or Lambda was reached.'
    },
    {
      name: 'a revision that is gone',
      seen: failedWith('REVISION_MISSING'),
      code: 'REVISION_MISSING',
      what: 'CodeDeploy could not read the revision (the AppSpec).'
    },
    {
      name: 'a revision that cannot be read',
      seen: failedWith('INVALID_REVISION'),
      code: 'INVALID_REVISION',
      what: 'CodeDeploy could not read the revision (the AppSpec).'
    },
    {
      name: 'a group that was deleted',
      seen: failedWith('DEPLOYMENT_GROUP_MISSING'),
      code: 'DEPLOYMENT_GROUP_MISSING',
      what: 'The CodeDeploy application or its deployment group was deleted during the deployment.'
    },
    {
      name: 'an application that was deleted',
      seen: failedWith('APPLICATION_MISSING'),
      code: 'APPLICATION_MISSING',
      what: 'The CodeDeploy application or its deployment group was deleted during the deployment.'
    },
    {
      name: 'an internal error of CodeDeploy',
      seen: failedWith('INTERNAL_ERROR'),
      code: 'INTERNAL_ERROR',
      what: 'CodeDeploy had an internal error.'
    }
  ])('$name', ({ seen: observation, subject: of = subject(), code, what }) => {
    const cause = causeOfEnd(observation, of)
    expect({ code: cause.code, what: cause.what }).toEqual({ code, what })
    expect(cause.next).toMatch(/^[A-Z].+\.$/)
  })
})

describe('the cause of an end', () => {
  test('is complete: what, what next, what AWS said, which hook, when it ran, and its log', () => {
    const hook = { ...event('AfterAllowTraffic', 'Failed', 300_000, 304_000), logTail: 'one\ntwo' }
    const message =
      'The deployment failed because one or more of the lifecycle event validation functions failed.'
    const observation = failedWith('HOOK_EXECUTION_FAILURE', message, {
      lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 1, 2), hook]
    })
    expect(causeOfEnd(observation, subject({ hooks: bothHooks }))).toEqual({
      code: 'HOOK_EXECUTION_FAILURE',
      what: 'The AfterAllowTraffic hook CodeDeployHook_after reported that its check failed.',
      next: "Read the end of the hook's log, fix what it found in version 8 (or the hook), then release again.",
      message,
      hook: {
        event: 'AfterAllowTraffic',
        functionName: 'CodeDeployHook_after',
        startedAt: 300_000,
        endedAt: 304_000
      },
      log: ['one', 'two']
    })
  })

  test.each<{ name: string; observation: Observation }>([
    {
      name: 'that was skipped',
      observation: failedWith('X', '', { lifecycle: [event('AfterAllowTraffic', 'Skipped', 1)] })
    },
    {
      name: 'that never started',
      observation: failedWith('X', '', { lifecycle: [event('AfterAllowTraffic', 'Failed')] })
    },
    {
      name: 'that passed',
      observation: failedWith('X', '', { lifecycle: [event('AfterAllowTraffic', 'Succeeded', 1)] })
    }
  ])('does not blame a hook $name', ({ observation }) => {
    expect(causeOfEnd(observation, subject({ hooks: bothHooks })).hook).toBeUndefined()
  })

  test.each<{ name: string; hooks: Subject['hooks']; next: string }>([
    {
      name: 'a role that may not invoke a hook is recognised by the hook',
      hooks: bothHooks,
      next: 'Attach AWSCodeDeployRoleForLambda to the service role. That policy only lets it invoke hooks whose name starts with CodeDeployHook_: name the hook that way, or grant lambda:InvokeFunction on it.'
    },
    {
      name: 'a role without hooks to invoke needs the managed policy',
      hooks: {},
      next: 'Attach the managed policy AWSCodeDeployRoleForLambda to the service role.'
    }
  ])('$name', ({ hooks, next }) => {
    expect(causeOfEnd(failedWith('IAM_ROLE_PERMISSIONS'), subject({ hooks })).next).toBe(next)
  })
})

describe('a rollback that did not bring the traffic back', () => {
  const original = {
    code: 'ALARM_ACTIVE',
    what: 'Alarm e went off.',
    next: 'Look at it.',
    message: 'stopped'
  }

  test.each<{
    name: string
    rollback: Observation['deployment']
    serving: Traffic | undefined
    what: string
    next: string
  }>([
    {
      name: 'says how it failed, and how to fix a split alias',
      rollback: view('Failed', { id: 'd-BACK', error: { code: 'INTERNAL_ERROR', message: '' } }),
      serving: shareOn8(0.1),
      what: 'Alarm e went off. The rollback d-BACK ended Failed with INTERNAL_ERROR.',
      next: `Later deployments fail while the alias is split. To give all traffic to version 7: ${updateAliasCommand}`
    },
    {
      name: 'says that it was stopped, and how to go back from the new version',
      rollback: view('Stopped', { id: 'd-BACK' }),
      serving: whollyOn('8'),
      what: 'Alarm e went off. The rollback d-BACK ended Stopped.',
      next: `Version 8 has all the traffic. To give all traffic to version 7: ${updateAliasCommand}`
    },
    {
      name: 'says that it claims success although the alias is not back',
      rollback: view('Succeeded', { id: 'd-BACK' }),
      serving: undefined,
      what: 'Alarm e went off. The rollback d-BACK ended Succeeded, but the alias is not back.',
      next: `Look in the CodeDeploy console whether another deployment has moved the alias since, or is moving it. Only if none is there: Version 8 may be serving. To give all traffic to version 7: ${updateAliasCommand}`
    }
  ])('$name', ({ rollback, serving, what, next }) => {
    expect(causeOfBrokenRollback(original, rollback, serving, subject())).toEqual({
      code: 'ROLLBACK_FAILED',
      what,
      next,
      message: 'stopped'
    })
  })
})

describe('AWS refuses the deployment itself, before any traffic moves,', () => {
  test.each<[code: string, refuses: boolean]>([
    ['INVALID_LAMBDA_CONFIGURATION', true],
    ['INVALID_LAMBDA_FUNCTION', true],
    ['INVALID_REVISION', true],
    ['REVISION_MISSING', true],
    ['APPLICATION_MISSING', true],
    ['DEPLOYMENT_GROUP_MISSING', true],
    ['IAM_ROLE_MISSING', true],
    ['RESOURCE_LIMIT_EXCEEDED', true],
    ['ALARM_ACTIVE', false],
    ['HOOK_EXECUTION_FAILURE', false],
    ['MANUAL_STOP', false],
    ['UNKNOWN', false]
  ])('with %s: %s', (code, refuses) => {
    expect(isRefusal(code)).toBe(refuses)
  })
})
