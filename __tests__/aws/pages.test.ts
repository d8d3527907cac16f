import { expect, test } from '@jest/globals'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'

type Clients = ReturnType<typeof createClients>

const group = { application: 'payments', group: 'payments-live' }
const { signal } = new AbortController()

const lists: { name: string; ask(clients: Clients): Promise<unknown> }[] = [
  { name: 'aliases', ask: ({ oldVersions }) => oldVersions(signal).lambda.aliases('payments-api') },
  {
    name: 'deployments that are running',
    ask: ({ codedeploy }) => codedeploy.running('payments', 'payments-live')
  },
  { name: 'recent deployments', ask: ({ codedeploy }) => codedeploy.recent(group, 0) },
  {
    name: 'deployments that have succeeded',
    ask: async ({ codedeploy }) => {
      for await (const _ of codedeploy.succeeded(group));
    }
  }
]

test.each(lists)('a list of $name whose pages go in circles is given up', async ({ ask }) => {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  const listAliases = aws.lambda.listAliases.bind(aws.lambda)
  const listDeployments = aws.codedeploy.listDeployments.bind(aws.codedeploy)
  aws.lambda.listAliases = () => ({ ...listAliases({ FunctionName: 'payments-api' }), NextMarker: '1' })
  aws.codedeploy.listDeployments = ({ nextToken: _, ...input }) => ({
    ...listDeployments(input),
    nextToken: '1'
  })
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const clients = createClients(
    { region: aws.region, requestHandler: requestHandler(aws), credentials },
    clock
  )
  await expect(clock.run(() => ask(clients))).rejects.toMatchObject({ kind: 'malformed' })
})
