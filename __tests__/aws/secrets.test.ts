import { GetAliasCommand } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { Budgets } from '../../src/aws/budgets.ts'
import { createClients } from '../../src/aws/clients.ts'
import { assumedRole } from '../../src/aws/credentials.ts'
import { Network } from '../../src/aws/network.ts'
import { Secrets } from '../../src/aws/secrets.ts'

const token = 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCWV1LXdlc3QtMSJHMEUCIQ=='
const credentials = { accessKeyId: 'ASIAEXAMPLE12345', secretAccessKey: 'secret', sessionToken: token }

/** What becomes of an answer once these are known to be secret. */
const shown = (secrets: readonly string[], answer: string): string => {
  const known = new Secrets()
  for (const secret of secrets) known.add(secret)
  return Buffer.from(known.hiddenIn(new TextEncoder().encode(answer))).toString()
}

describe('in an answer of AWS', () => {
  test.each<{ name: string; secrets: string[]; answer: string; becomes: string }>([
    {
      name: 'every secret is hidden, each time',
      secrets: [token, 'ASIAEXAMPLE12345'],
      answer: `token ${token}, key ASIAEXAMPLE12345, token ${token}.`,
      becomes: 'token ***, key ***, token ***.'
    },
    {
      name: 'nothing else is touched',
      secrets: [token],
      answer: '{"Name":"líve"}',
      becomes: '{"Name":"líve"}'
    },
    {
      name: 'what is too short to be a secret is not taken for one',
      secrets: ['live'],
      answer: '{"Name":"live"}',
      becomes: '{"Name":"live"}'
    }
  ])('$name', ({ secrets, answer, becomes }) => {
    expect(shown(secrets, answer)).toBe(becomes)
  })
})

test("a refused signature's message holds neither the session token nor the key that signed it", async () => {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  aws.faults.add({ operation: 'GetAlias', kind: 'wrongSignature' })
  const { lambda } = createClients(
    { region: 'eu-west-1', credentials, requestHandler: requestHandler(aws) },
    new Network({ clock }),
    new Budgets(clock)
  )
  const alias = new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })
  const { message } = await clock.run(() => lambda.send(alias).catch(error => error))
  expect(message).toContain('x-amz-security-token:***\n')
  expect(Object.values(credentials).filter(secret => message.includes(secret))).toEqual([])
})

test('the credentials of an assumed role are masked before anybody gets them', async () => {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  const masked: string[] = []
  const role = {
    arn: 'arn:aws:iam::123456789012:role/release',
    sessionName: 'run-4711',
    idToken: async () => idToken(clock.now(), { audience: 'sts.amazonaws.com' }),
    mask: (secret: string) => void masked.push(secret)
  }
  const options = { region: 'eu-west-1', requestHandler: requestHandler(aws) }
  const network = new Network({ clock })
  const { accessKeyId, secretAccessKey, sessionToken } = await clock.run(assumedRole(role, options, network))
  expect(masked).toEqual([accessKeyId, secretAccessKey, sessionToken])
  const seen = new TextEncoder().encode(`the token ${sessionToken} has expired`)
  expect(Buffer.from(network.secrets.hiddenIn(seen)).toString()).toBe('the token *** has expired')
})
