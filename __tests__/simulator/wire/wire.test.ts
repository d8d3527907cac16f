import { describe, expect, it, test } from '@jest/globals'
import type { Aws } from '../../../simulator/aws.ts'
import { respond, type WireRequest } from '../../../simulator/wire/wire.ts'
import { appSpec, stage } from '../stage.ts'

const encoder = new TextEncoder()

function signed(service: string, region = 'eu-west-1'): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/20261120/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`
  }
}

function json(target: string, body: unknown, service = 'codedeploy'): WireRequest {
  return {
    method: 'POST',
    path: '/',
    query: {},
    headers: { ...signed(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
    body: encoder.encode(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

function rest(method: string, path: string, body?: unknown): WireRequest {
  const bytes = body === undefined ? new Uint8Array() : encoder.encode(JSON.stringify(body))
  return { method, path: `/2015-03-31${path}`, query: {}, headers: signed('lambda'), body: bytes }
}

function form(fields: Record<string, string>): WireRequest {
  return {
    method: 'POST',
    path: '/',
    query: {},
    headers: { ...signed('monitoring'), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: encoder.encode(new URLSearchParams(fields).toString())
  }
}

async function ask(request: WireRequest, on = stage()) {
  const { status, headers, body } = await on.clock.run(() => respond(on.aws, request))
  return { status, headers, text: new TextDecoder().decode(body) }
}

describe('an answer on the wire', () => {
  it('of CodeDeploy is JSON 1.1 with times in seconds since the epoch', async () => {
    const on = stage()
    const { deploymentId } = on.aws.codedeploy.createDeployment({
      applicationName: 'payments',
      deploymentGroupName: 'payments-live',
      revision: { revisionType: 'String', string: { content: appSpec() } }
    })
    const { status, headers, text } = await ask(
      json('CodeDeploy_20141006.GetDeployment', { deploymentId }),
      on
    )
    expect({ status, headers }).toEqual({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': expect.any(String) }
    })
    expect(JSON.parse(text).deploymentInfo).toMatchObject({
      createTime: Date.parse('2026-11-20T14:00:00Z') / 1000,
      revision: { revisionType: 'String', string: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }
    })
  })

  it('of Lambda has its labels and its query decoded', async () => {
    const arn = encodeURIComponent('arn:aws:lambda:eu-west-1:123456789012:function:payments-api')
    const request = rest('GET', `/functions/${arn}/configuration`)
    const { status, text } = await ask({ ...request, query: { Qualifier: '$LATEST' } })
    expect({ status, version: JSON.parse(text).Version }).toEqual({ status: 200, version: '$LATEST' })
  })

  it('of an invocation names the version that ran in a header', async () => {
    const { status, headers } = await ask({
      ...rest('POST', '/functions/payments-api/invocations', {}),
      query: { Qualifier: 'live' }
    })
    expect({ status, version: headers['x-amz-executed-version'] }).toEqual({ status: 200, version: '7' })
  })

  it('comes after the latency', async () => {
    const on = stage({ latencyMs: 400 })
    await ask(rest('GET', '/functions/payments-api'), on)
    expect([on.seconds(), on.aws.requests[0]?.at]).toEqual([0.4, on.clock.now() - 200])
  })
})

describe('an error on the wire', () => {
  const rows: { name: string; request: WireRequest; status: number; type?: string; body: object }[] = [
    {
      name: 'of CodeDeploy carries its name in the body',
      request: json('CodeDeploy_20141006.GetDeployment', { deploymentId: 'd-AAAAAAAAA' }),
      status: 400,
      body: {
        __type: 'DeploymentDoesNotExistException',
        message: 'The deployment d-AAAAAAAAA could not be found'
      }
    },
    {
      name: 'of Lambda carries its name in a header, and a capital Message when something is missing',
      request: rest('GET', '/functions/payments-api/aliases/beta'),
      status: 404,
      type: 'ResourceNotFoundException',
      body: {
        Type: 'User',
        Message: 'Cannot find alias arn: arn:aws:lambda:eu-west-1:123456789012:function:payments-api:beta'
      }
    },
    {
      name: 'of Lambda has a lower-case message otherwise',
      request: rest('PUT', '/functions/payments-api/aliases/live', { RevisionId: 'stale' }),
      status: 412,
      type: 'PreconditionFailedException',
      body: {
        Type: 'User',
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id'
      }
    },
    {
      name: 'of Lambda has no Type for $LATEST with weights',
      request: rest('PUT', '/functions/payments-api/aliases/live', {
        FunctionVersion: '$LATEST',
        RoutingConfig: { AdditionalVersionWeights: { 7: 0.5 } }
      }),
      status: 400,
      type: 'InvalidParameterValueException',
      body: { message: '$LATEST is not supported for an alias pointing to more than 1 version' }
    },
    {
      name: 'of a missing member counts the problems',
      request: rest('POST', '/functions/payments-api/aliases', { Name: '1' }),
      status: 400,
      type: 'ValidationException',
      body: {
        message:
          "2 validation errors detected: Value null at 'functionVersion' failed to satisfy constraint: Member must not be null; Value '1' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
      }
    },
    {
      name: 'reports a member that does not exist',
      request: json('CodeDeploy_20141006.GetDeployment', { deploymentId: 'd-AAAAAAAAA', deploymentID: 'x' }),
      status: 400,
      body: {
        __type: 'ValidationException',
        message:
          "1 validation error detected: GetDeploymentInput has no member 'deploymentID' (refused by the simulator)"
      }
    },
    {
      name: 'reports a wrong type',
      request: json('CodeDeploy_20141006.StopDeployment', {
        deploymentId: 'd-AAAAAAAAA',
        autoRollbackEnabled: 'yes'
      }),
      status: 400,
      body: { __type: 'SerializationException', message: "Expected a boolean at 'autoRollbackEnabled'" }
    },
    {
      name: 'reports a body that is not JSON',
      request: json('CodeDeploy_20141006.GetDeployment', '{'),
      status: 400,
      body: { __type: 'SerializationException', message: 'The request body is not a JSON object' }
    },
    {
      name: 'reports an operation that is not simulated',
      request: json('CodeDeploy_20141006.ListGitHubAccountTokenNames', {}),
      status: 400,
      body: {
        __type: 'UnknownOperationException',
        message: 'The simulator does not know this operation: CodeDeploy_20141006.ListGitHubAccountTokenNames'
      }
    },
    {
      name: 'reports a service that is not simulated',
      request: json('DynamoDB_20120810.ListTables', {}, 'dynamodb'),
      status: 400,
      body: {
        __type: 'UnknownOperationException',
        message: 'The simulator does not know this operation: DynamoDB_20120810.ListTables'
      }
    },
    {
      name: 'reports a path that is not simulated',
      request: rest('POST', '/functions/payments-api/policy'),
      status: 404,
      type: 'UnknownOperationException',
      body: {
        message: 'The simulator does not know this operation: POST /2015-03-31/functions/payments-api/policy'
      }
    },
    {
      name: 'reports a request that is not signed',
      request: { ...rest('GET', '/functions/payments-api'), headers: {} },
      status: 403,
      type: 'MissingAuthenticationTokenException',
      body: { message: 'Missing Authentication Token' }
    },
    {
      name: 'reports a signature for another region',
      request: { ...rest('GET', '/functions/payments-api'), headers: signed('lambda', 'us-east-1') },
      status: 403,
      type: 'InvalidSignatureException',
      body: {
        message:
          'Credential should be scoped to a valid region: this is eu-west-1, and the request is for us-east-1.'
      }
    },
    {
      name: 'reports a signature for another service',
      request: json('CodeDeploy_20141006.GetDeployment', {}, 'lambda'),
      status: 400,
      body: {
        __type: 'InvalidSignatureException',
        message: "Credential should be scoped to correct service: 'codedeploy'."
      }
    }
  ]
  test.each(rows)('$name', async ({ request, status, type, body }) => {
    const answer = await ask(request)
    expect({
      status: answer.status,
      type: answer.headers['x-amzn-errortype'],
      body: JSON.parse(answer.text)
    }).toEqual({
      status,
      type,
      body
    })
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('explicit nulls', () => {
  it('are ignored', async () => {
    const { status } = await ask(json('CodeDeploy_20141006.ListDeployments', { applicationName: null }))
    expect(status).toBe(200)
  })
})

describe('CloudWatch', () => {
  const state = (aws: Aws) => aws.alarms.state('payments-errors')

  it('sets an alarm over JSON, as the AWS CLI does', async () => {
    const on = stage()
    const body = { AlarmName: 'payments-errors', StateValue: 'ALARM', StateReason: 'x' }
    const { status } = await ask(json('GraniteServiceVersion20100801.SetAlarmState', body, 'monitoring'), on)
    expect([status, state(on.aws)]).toEqual([200, 'ALARM'])
  })

  it('sets an alarm over the query protocol, as older clients do', async () => {
    const on = stage()
    const fields = {
      Action: 'SetAlarmState',
      AlarmName: 'payments-errors',
      StateValue: 'ALARM',
      StateReason: 'x'
    }
    const { status, text } = await ask(form(fields), on)
    expect([status, state(on.aws)]).toEqual([200, 'ALARM'])
    expect(text).toMatch(
      /^<SetAlarmStateResponse xmlns="[^"]+"><ResponseMetadata><RequestId>[^<]+<\/RequestId>/
    )
  })

  it('describes alarms over both', async () => {
    const on = stage()
    const described = await ask(
      json('GraniteServiceVersion20100801.DescribeAlarms', { AlarmNames: ['payments-errors'] }, 'monitoring'),
      on
    )
    expect(JSON.parse(described.text).MetricAlarms).toMatchObject([
      { AlarmName: 'payments-errors', StateValue: 'OK', StateUpdatedTimestamp: 1795183200 }
    ])
    const { text } = await ask(
      form({ Action: 'DescribeAlarms', 'AlarmNames.member.1': 'payments-errors' }),
      on
    )
    expect(text).toContain('<MetricAlarms><member><AlarmName>payments-errors</AlarmName>')
  })

  it('reports an operation that is not simulated, over both', async () => {
    const modern = await ask(json('GraniteServiceVersion20100801.ListDashboards', {}, 'monitoring'))
    expect([modern.status, JSON.parse(modern.text).__type]).toEqual([400, 'UnknownOperationException'])
    const older = await ask(form({ Action: 'ListDashboards', Version: '2010-08-01' }))
    expect([older.status, older.headers['content-type']]).toEqual([400, 'text/xml'])
    expect(older.text).toContain(
      '<Error><Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation ListDashboards for version 2010-08-01</Message></Error>'
    )
  })

  it('gives older clients a result even when there is nothing in it', async () => {
    const fields = {
      Action: 'TagResource',
      Version: '2010-08-01',
      ResourceARN: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:payments-errors',
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'payments'
    }
    const { status, text } = await ask(form(fields))
    expect([status, text]).toEqual([
      200,
      expect.stringMatching(/^<TagResourceResponse xmlns="[^"]+"><TagResourceResult><\/TagResourceResult>/)
    ])
  })

  it('reads lists and times of older clients', async () => {
    const on = stage()
    const fields = {
      Action: 'DescribeAlarmHistory',
      Version: '2010-08-01',
      'AlarmTypes.member.1': 'MetricAlarm',
      EndDate: '2026-11-20T13:59:59Z'
    }
    const { status, text } = await ask(form(fields), on)
    expect([status, text]).toEqual([
      200,
      expect.stringContaining('<DescribeAlarmHistoryResult><AlarmHistoryItems></AlarmHistoryItems>')
    ])
  })

  it('does not know an alarm that does not exist, over either', async () => {
    const input = { AlarmName: 'x<y', StateValue: 'ALARM', StateReason: 'x' }
    const modern = await ask(json('GraniteServiceVersion20100801.SetAlarmState', input, 'monitoring'))
    expect([modern.status, modern.headers['x-amzn-query-error']]).toEqual([404, 'ResourceNotFound;Sender'])
    const older = await ask(form({ Action: 'SetAlarmState', ...input }))
    expect([older.status, older.text]).toEqual([
      404,
      expect.stringContaining('<Code>ResourceNotFound</Code>')
    ])
  })

  it.each([
    {
      name: 'a state that does not exist',
      input: { AlarmName: 'payments-errors', StateValue: 'RED', StateReason: 'x' }
    },
    { name: 'no reason', input: { AlarmName: 'payments-errors', StateValue: 'OK' } }
  ])('refuses $name', async ({ input }) => {
    expect((await ask(json('GraniteServiceVersion20100801.SetAlarmState', input, 'monitoring'))).status).toBe(
      400
    )
  })
})
