import { deployEarlier } from '../earlier.ts'
import type { Ending } from './ending.ts'
import { expireCredentials, somebodyDeploys, soundAlarm, stop } from './incidents.ts'

const MINUTE = 60_000

export const endings: readonly Ending[] = [
  {
    name: 'succeeded',
    about: 'The code is uploaded, both hooks pass, the canary holds for five minutes, and version 8 serves.',
    speed: 20,
    inputs: { code: 'dist' },
    setting: { clients: { errors: { 7: 0.003 }, p95: { 7: 208, 8: 212 } } },
    expect: { step: 'success', outcome: 'succeeded', serves: '8' }
  },
  {
    name: 'alarm',
    about: 'An alarm goes off two minutes into the canary, and CodeDeploy shifts back.',
    speed: 10,
    setting: { clients: { live: 400, errors: { 7: 0.003, 8: 0.3 } } },
    meanwhile: ({ aws, after }) => after(2 * MINUTE, () => soundAlarm(aws)),
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'canary-errors',
    about: 'The new version fails a fifth of its calls: the step stops the deployment and shifts back.',
    speed: 10,
    setting: { clients: { live: 600, errors: { 7: 0.003, 8: 0.2 } } },
    inputs: { 'max-error-rate': '5' },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'no-traffic',
    about:
      'The clients call $LATEST, so nobody tries the new version: the step shifts back before the last step.',
    speed: 10,
    setting: { clients: { live: 0, latest: 200 } },
    inputs: { 'if-no-traffic': 'fail' },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'before-hook',
    about: 'The hook before any traffic moves finds the new version broken.',
    speed: 2,
    setting: {
      before: {
        behaviour: 'fail',
        log: 'Smoke test: POST /charges\n  expected 201, got 500: relation "ledger" does not exist'
      }
    },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'after-hook',
    about: 'All traffic has moved when the hook after it finds fault, and CodeDeploy shifts back.',
    speed: 20,
    setting: {
      after: {
        behaviour: 'fail',
        log: 'Reconciling 312 payments\n  2 of them were charged twice: pay_81c, pay_9f0'
      }
    },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'hook-timeout',
    about: 'A hook never calls back; CodeDeploy gives up after an hour.',
    speed: 240,
    setting: { before: { behaviour: 'silent', log: 'Waiting for approval from #payments' } },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'stop',
    about: 'Somebody stops the deployment in the console, with rollback.',
    speed: 10,
    meanwhile: ({ aws, after }) => after(2 * MINUTE, () => stop(aws, true)),
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'stopped',
    about: 'Somebody stops the deployment without rollback: traffic stays split.',
    speed: 10,
    meanwhile: ({ aws, after }) => after(2 * MINUTE, () => stop(aws, false)),
    expect: { step: 'failure', outcome: 'stopped', serves: '7:0.9,8:0.1' }
  },
  {
    name: 'failed',
    about: 'An alarm goes off, and nobody asked for a rollback: traffic stays split.',
    speed: 10,
    inputs: { 'auto-rollback-events': 'none' },
    meanwhile: ({ aws, after }) => after(2 * MINUTE, () => soundAlarm(aws)),
    expect: { step: 'failure', outcome: 'failed', serves: '7:0.9,8:0.1' }
  },
  {
    name: 'timed-out',
    about: 'The step may wait two minutes only, then stops the deployment and shifts back.',
    speed: 10,
    inputs: { 'wait-for-minutes': '2' },
    expect: { step: 'failure', outcome: 'timed-out', serves: '7' }
  },
  {
    name: 'interrupted',
    about: 'Somebody cancels the job in the middle of the canary; traffic is shifted back.',
    speed: 10,
    meanwhile: ({ after, cancel }) => after(2 * MINUTE, cancel),
    expect: { step: 'cancelled', outcome: 'interrupted', serves: '7' }
  },
  {
    name: 'killed',
    about: 'The process dies without warning; the post step finds the deployment and shifts back.',
    speed: 10,
    meanwhile: ({ after, kill }) => after(2 * MINUTE, kill),
    expect: { step: 'failure', serves: '7' }
  },
  {
    name: 'lost',
    about: 'The credentials expire: the deployment goes on, unseen.',
    speed: 10,
    meanwhile: ({ aws, after }) => after(2 * MINUTE, () => expireCredentials(aws)),
    expect: { step: 'failure', outcome: 'lost' }
  },
  {
    name: 'test-failed',
    about:
      'The new version answers a test event with an error before any traffic moves; nothing is deployed.',
    speed: 2,
    setting: {
      run: {
        answer: '{"statusCode":500,"body":"{\\"message\\":\\"Internal Server Error\\"}"}',
        seconds: 1.2,
        initSeconds: 0.8,
        log: 'POST /charges\n  relation "ledger" does not exist'
      }
    },
    inputs: {
      'test-event': '{ "httpMethod": "POST", "path": "/charges" }',
      'test-expect': '{ "statusCode": 201 }',
      'before-allow-traffic-hook': ''
    },
    expect: { step: 'failure', outcome: 'refused', serves: '7' }
  },
  {
    name: 'version-failed',
    about: 'Lambda cannot make the published version ready; nothing is deployed.',
    speed: 5,
    setting: { version: 'failed', pendingSeconds: 20 },
    expect: { step: 'failure', outcome: 'refused', serves: '7' }
  },
  {
    name: 'refused',
    about: 'The alias does not serve the version that the workflow expects; nothing is changed.',
    speed: 5,
    inputs: { 'current-version': '6' },
    expect: { step: 'failure', outcome: 'refused', serves: '7' }
  },
  {
    name: 'weights',
    about: 'The alias is split between two versions already, which CodeDeploy cannot start from.',
    speed: 5,
    setting: { alias: 'weighted' },
    expect: { step: 'failure', outcome: 'refused', serves: '6:0.8,7:0.2' }
  },
  {
    name: 'unchanged',
    about: 'The alias serves the version already; there is nothing to do.',
    speed: 5,
    inputs: { 'target-version': '7' },
    expect: { step: 'success', outcome: 'unchanged', serves: '7' }
  },
  {
    name: 'previous',
    about:
      'Back in one word: the version that served before serves again, and a canary that failed since does not count.',
    speed: 20,
    inputs: {
      'target-version': 'previous',
      'codedeploy-deployment-config': 'AllAtOnce',
      'before-allow-traffic-hook': '',
      'after-allow-traffic-hook': ''
    },
    prepare: async aws => {
      aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion: '6' })
      await deployEarlier(aws, { to: '7' })
      await deployEarlier(aws, { to: '5', ends: 'rolledBack' })
    },
    expect: { step: 'success', outcome: 'succeeded', serves: '6' }
  },
  {
    name: 'old-versions',
    about:
      'Old versions are deleted after the release, but for those that another alias names, if only with a tenth of its calls.',
    speed: 5,
    setting: { published: { daysAgo: 30 } },
    inputs: {
      'keep-versions': '3',
      'codedeploy-deployment-config': 'AllAtOnce',
      'before-allow-traffic-hook': '',
      'after-allow-traffic-hook': ''
    },
    prepare: aws =>
      void aws.lambda.createAlias({
        FunctionName: 'payments-api',
        Name: 'partners',
        FunctionVersion: '4',
        RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } }
      }),
    expect: { step: 'success', outcome: 'succeeded', serves: '8' }
  },
  {
    name: 'created',
    about: 'The first release: the alias does not exist and is created.',
    speed: 5,
    setting: { alias: 'missing' },
    expect: { step: 'success', outcome: 'created', serves: '8' }
  },
  {
    name: 'active',
    about:
      'Somebody else, such as sam deploy, has begun a deployment; the step watches it, and says why it is rolled back.',
    speed: 10,
    inputs: {
      'deployment-id': 'active',
      'function-name': '',
      alias: '',
      'codedeploy-deployment-config': '',
      'before-allow-traffic-hook': '',
      'after-allow-traffic-hook': ''
    },
    prepare: aws => {
      somebodyDeploys(aws, '6')
      aws.clock.at(aws.clock.now() + 2 * MINUTE, () => soundAlarm(aws))
    },
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  {
    name: 'weighted',
    about: 'A tenth of the traffic goes to version 8 at once, without CodeDeploy.',
    speed: 5,
    inputs: {
      weight: '10',
      'codedeploy-application': '',
      'codedeploy-deployment-group': '',
      'codedeploy-deployment-config': '',
      'before-allow-traffic-hook': '',
      'after-allow-traffic-hook': ''
    },
    expect: { step: 'success', outcome: 'weighted', serves: '7:0.9,8:0.1' }
  },
  {
    name: 'set-up',
    about: 'CodeDeploy has neither an application nor a group: both are created, and the canary begins.',
    speed: 20,
    setting: { codedeploy: 'nothing' },
    inputs: {
      'codedeploy-application': '',
      'codedeploy-deployment-group': '',
      'codedeploy-service-role': 'arn:aws:iam::123456789012:role/CodeDeployLambda'
    },
    expect: { step: 'success', outcome: 'succeeded', serves: '8' }
  },
  {
    name: 'dry-run',
    about: 'Everything is read, nothing is changed; the plan and the AppSpec are shown.',
    speed: 5,
    inputs: { 'dry-run': 'true' },
    expect: { step: 'success', outcome: 'planned', serves: '7' }
  },
  {
    name: 'started',
    about: 'The step starts the deployment and does not wait for it.',
    speed: 5,
    inputs: { wait: 'false' },
    expect: { step: 'success', outcome: 'started' }
  }
]
