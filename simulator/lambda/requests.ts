import { blob, count, flag, listOf, mapOf, type Operation, structure, text } from '../wire/shapes.ts'
import { code, settings } from './functionshapes.ts'
import { any, functionName, inPath, label, operation, query } from './requestshapes.ts'

/** Lambda's requests, with the limits of its API model; breaking one is a ValidationException. */
const header = (as: string) => ({ in: 'header', as }) as const

const readLabel = { ...label, max: 256 }
const description = text({ max: 256 })
const aliasName = text({ min: 1, max: 128, pattern: /^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$/ })
const version = text({ min: 1, max: 1024, pattern: /^(\$LATEST(\.PUBLISHED)?|[0-9]+)$/ })
const qualifier = text({
  min: 1,
  max: 128,
  pattern: /^(\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+)$/,
  place: query('Qualifier')
})
const publishTo = text({ oneOf: ['LATEST_PUBLISHED'] })
const architectures = listOf(text({ oneOf: ['x86_64', 'arm64'] }), { min: 1, max: 1 })
const routing = structure('AliasRoutingConfiguration', {
  AdditionalVersionWeights: mapOf(
    count({ fraction: true, min: 0, max: 1 }),
    text({ min: 1, max: 1024, pattern: /^[0-9]+$/ })
  )
})
const marker = { ...any, place: query('Marker') }
const maxItems = count({ min: 1, max: 10_000, place: query('MaxItems') })

const ROOT = '/2015-03-31/functions'
const ONE = `${ROOT}/{FunctionName}`
const PROVISIONED = '/2019-09-30/functions/{FunctionName}/provisioned-concurrency'
export const lambdaOperations: readonly Operation[] = [
  operation(
    'CreateFunction',
    'POST',
    ROOT,
    201,
    structure(
      'CreateFunctionRequest',
      {
        FunctionName: functionName,
        Code: structure('FunctionCode', code),
        ...settings,
        Publish: flag,
        PublishTo: publishTo,
        PackageType: text({ oneOf: ['Image', 'Zip'] }),
        Tags: mapOf(any),
        CodeSigningConfigArn: any,
        Architectures: architectures,
        TenancyConfig: structure('TenancyConfig', { TenantIsolationMode: any }, ['TenantIsolationMode'])
      },
      ['FunctionName', 'Role', 'Code']
    )
  ),
  operation(
    'GetFunction',
    'GET',
    ONE,
    200,
    structure('GetFunctionRequest', { FunctionName: readLabel, Qualifier: qualifier }, ['FunctionName'])
  ),
  operation(
    'GetFunctionConfiguration',
    'GET',
    `${ONE}/configuration`,
    200,
    structure('GetFunctionConfigurationRequest', { FunctionName: readLabel, Qualifier: qualifier }, [
      'FunctionName'
    ])
  ),
  operation(
    'UpdateFunctionCode',
    'PUT',
    `${ONE}/code`,
    200,
    structure(
      'UpdateFunctionCodeRequest',
      {
        FunctionName: label,
        ...code,
        Architectures: architectures,
        Publish: flag,
        PublishTo: publishTo,
        DryRun: flag,
        RevisionId: any
      },
      ['FunctionName']
    )
  ),
  operation(
    'UpdateFunctionConfiguration',
    'PUT',
    `${ONE}/configuration`,
    200,
    structure('UpdateFunctionConfigurationRequest', { FunctionName: label, ...settings, RevisionId: any }, [
      'FunctionName'
    ])
  ),
  operation(
    'PublishVersion',
    'POST',
    `${ONE}/versions`,
    201,
    structure(
      'PublishVersionRequest',
      {
        FunctionName: label,
        CodeSha256: any,
        Description: description,
        RevisionId: any,
        PublishTo: publishTo
      },
      ['FunctionName']
    )
  ),
  operation(
    'ListVersionsByFunction',
    'GET',
    `${ONE}/versions`,
    200,
    structure(
      'ListVersionsByFunctionRequest',
      { FunctionName: readLabel, Marker: marker, MaxItems: maxItems },
      ['FunctionName']
    )
  ),
  operation(
    'DeleteFunction',
    'DELETE',
    ONE,
    200,
    structure('DeleteFunctionRequest', { FunctionName: readLabel, Qualifier: qualifier }, ['FunctionName'])
  ),
  operation(
    'PutProvisionedConcurrencyConfig',
    'PUT',
    PROVISIONED,
    202,
    structure(
      'PutProvisionedConcurrencyConfigRequest',
      { FunctionName: label, Qualifier: qualifier, ProvisionedConcurrentExecutions: count({ min: 1 }) },
      ['FunctionName', 'Qualifier', 'ProvisionedConcurrentExecutions']
    )
  ),
  operation(
    'ListProvisionedConcurrencyConfigs',
    'GET',
    `${PROVISIONED}?List=ALL`,
    200,
    structure(
      'ListProvisionedConcurrencyConfigsRequest',
      { FunctionName: label, Marker: marker, MaxItems: { ...maxItems, max: 50 } },
      ['FunctionName']
    )
  ),
  operation(
    'CreateAlias',
    'POST',
    `${ONE}/aliases`,
    201,
    structure(
      'CreateAliasRequest',
      {
        FunctionName: label,
        Name: aliasName,
        FunctionVersion: version,
        Description: description,
        RoutingConfig: routing
      },
      ['FunctionName', 'Name', 'FunctionVersion']
    )
  ),
  operation(
    'GetAlias',
    'GET',
    `${ONE}/aliases/{Name}`,
    200,
    structure('GetAliasRequest', { FunctionName: label, Name: { ...aliasName, place: inPath } }, [
      'FunctionName',
      'Name'
    ])
  ),
  operation(
    'UpdateAlias',
    'PUT',
    `${ONE}/aliases/{Name}`,
    200,
    structure(
      'UpdateAliasRequest',
      {
        FunctionName: label,
        Name: { ...aliasName, place: inPath },
        FunctionVersion: version,
        Description: description,
        RoutingConfig: routing,
        RevisionId: any
      },
      ['FunctionName', 'Name']
    )
  ),
  operation(
    'ListAliases',
    'GET',
    `${ONE}/aliases`,
    200,
    structure(
      'ListAliasesRequest',
      {
        FunctionName: label,
        FunctionVersion: { ...version, place: query('FunctionVersion') },
        Marker: marker,
        MaxItems: maxItems
      },
      ['FunctionName']
    )
  ),
  operation(
    'DeleteAlias',
    'DELETE',
    `${ONE}/aliases/{Name}`,
    204,
    structure('DeleteAliasRequest', { FunctionName: label, Name: { ...aliasName, place: inPath } }, [
      'FunctionName',
      'Name'
    ])
  ),
  operation(
    'Invoke',
    'POST',
    `${ONE}/invocations`,
    200,
    structure(
      'InvocationRequest',
      {
        FunctionName: readLabel,
        InvocationType: text({
          oneOf: ['Event', 'RequestResponse', 'DryRun'],
          place: header('x-amz-invocation-type')
        }),
        LogType: text({ oneOf: ['None', 'Tail'], place: header('x-amz-log-type') }),
        ClientContext: text({ place: header('x-amz-client-context') }),
        DurableExecutionName: text({ place: header('x-amz-durable-execution-name') }),
        Payload: { ...blob, place: { in: 'payload' } },
        Qualifier: qualifier,
        TenantId: text({ place: header('x-amz-tenant-id') })
      },
      ['FunctionName']
    )
  )
]
