import { expect, test } from '@jest/globals'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'
import { anotherIsRunning } from '../scenarios/incidents.ts'

type Clients = ReturnType<typeof createClients>

/** Asks with clients whose answers are changed on their way; gives what was made of them, or why nothing was. */
async function ask(
  asking: (clients: Clients, deploymentId: string) => Promise<unknown>,
  swap: [asked: string, answered: string]
): Promise<unknown> {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  anotherIsRunning('6')(aws, clock, () => {})
  const [deploymentId = ''] = aws.codedeploy.listDeployments({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live'
  }).deployments
  await clock.advance(10_000)
  const simulated = requestHandler(aws)
  const clients = createClients(
    {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      requestHandler: {
        ...simulated,
        handle: async (...asked: Parameters<typeof simulated.handle>) => {
          const { response } = await simulated.handle(...asked)
          const text = new TextDecoder().decode(response.body as Uint8Array)
          const [from, to] = swap.map(each => each.replace('DEPLOYMENT', deploymentId)) as [string, string]
          return { response: { ...response, body: new TextEncoder().encode(text.replaceAll(from, to)) } }
        }
      }
    },
    clock
  )
  return await clock
    .run(() => asking(clients, deploymentId))
    .catch(failure => ({ kind: failure.kind, says: failure.message.replace(deploymentId, 'DEPLOYMENT') }))
}

/** An answer that arrives late, or that a proxy mixed up with another, must not be taken for the one that was asked for. */
test.each<{
  name: string
  asking: (clients: Clients, deploymentId: string) => Promise<unknown>
  swap: [string, string]
  answer: unknown
}>([
  {
    name: 'a version that was asked for by its number',
    asking: ({ lambda }) => lambda.version('payments-api', '2'),
    swap: ['"Version":"2"', '"Version":"$LATEST"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to lambda:GetFunctionConfiguration is about version $LATEST, not 2'
    }
  },
  {
    name: '$LATEST',
    asking: ({ lambda }) => lambda.version('payments-api'),
    swap: ['"Version":"$LATEST"', '"Version":"7"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to lambda:GetFunctionConfiguration is about version 7, not $LATEST'
    }
  },
  {
    name: 'a function',
    asking: ({ lambda }) => lambda.version('payments-api', 'live'),
    swap: ['"FunctionName":"payments-api"', '"FunctionName":"orders-api"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to lambda:GetFunctionConfiguration is about function orders-api, not payments-api'
    }
  },
  {
    name: 'a version that was published',
    asking: async ({ lambda }) => {
      const { codeSha256 = '' } = (await lambda.version('payments-api')) ?? {}
      return await lambda.publish('payments-api', { codeSha256, description: '' })
    },
    swap: ['"Version":"8"', '"Version":"$LATEST"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to lambda:PublishVersion is about version $LATEST, not a published one'
    }
  },
  {
    name: 'an alias',
    asking: ({ lambda }) => lambda.alias('payments-api', 'live'),
    swap: ['"Name":"live"', '"Name":"test"'],
    answer: { kind: 'malformed', says: 'the answer to lambda:GetAlias is about alias test, not live' }
  },
  {
    name: 'an alias under watch, which is looked at again',
    asking: ({ lambda }) => lambda.traffic('payments-api', 'live'),
    swap: ['"Name":"live"', '"Name":"test"'],
    answer: { kind: 'transient', reason: 'lambda:GetAlias: OtherThanAsked' }
  },
  {
    name: 'the versions that there are',
    asking: ({ lambda }) => lambda.versions('payments-api'),
    swap: ['"FunctionName":"payments-api"', '"FunctionName":"orders-api"'],
    // They are nice to know.
    answer: undefined
  },
  {
    name: 'an alias that was created',
    asking: ({ lambda }) => lambda.createAlias('payments-api', 'next', '7'),
    swap: ['"Name":"next"', '"Name":"live"'],
    // It was asked for again, and is there.
    answer: {
      kind: 'rejected',
      says: 'Alias already exists: arn:aws:lambda:eu-west-1:123456789012:function:payments-api:next'
    }
  },
  {
    name: 'a deployment under watch, which is looked at again',
    asking: ({ codedeploy }, id) => codedeploy.deployment(id),
    swap: ['"deploymentId":"DEPLOYMENT"', '"deploymentId":"d-OTHER"'],
    answer: { kind: 'transient', reason: 'codedeploy:GetDeployment: OtherThanAsked' }
  },
  {
    name: 'a deployment that somebody started',
    asking: ({ codedeploy }, id) => codedeploy.describe(id),
    swap: ['"deploymentId":"DEPLOYMENT"', '"deploymentId":"d-OTHER"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to codedeploy:GetDeployment is about deployment d-OTHER, not DEPLOYMENT'
    }
  },
  {
    name: 'what a deployment has shifted',
    asking: ({ codedeploy }, id) => codedeploy.target(id),
    swap: ['"deploymentId":"DEPLOYMENT"', '"deploymentId":"d-OTHER"'],
    answer: {
      kind: 'malformed',
      says: 'the answer to codedeploy:BatchGetDeploymentTargets is about deployment d-OTHER, not DEPLOYMENT'
    }
  },
  {
    name: 'the lifecycle events of a deployment',
    asking: ({ codedeploy }, id) => codedeploy.lifecycle(id),
    swap: ['"deploymentId":"DEPLOYMENT"', '"deploymentId":"d-OTHER"'],
    answer: { kind: 'transient', reason: 'codedeploy:BatchGetDeploymentTargets: OtherThanAsked' }
  }
])('an answer that is not about what was asked is none: $name', async ({ asking, swap, answer }) => {
  expect(await ask(asking, swap)).toEqual(answer)
})
