import { count, listOf, mapOf, type Operation, structure, text } from '../wire/shapes.ts'
import { any, inPath, label, operation, query } from './requestshapes.ts'

/** Requests of Lambda that no release sends, but other clients do: Terraform, and scripts that look around. */
const qualifier = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9-_$]+$/, place: query('Qualifier') })
const resource = text({
  min: 1,
  max: 256,
  pattern:
    /^arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[a-f0-9-]{36})$/,
  place: inPath
})

const ofFunction = (name: string, path: string): Operation =>
  operation(name, 'GET', path, 200, structure(`${name}Request`, { FunctionName: label }, ['FunctionName']))

const TAGS = '/2017-03-31/tags/{Resource}'

export const otherLambdaOperations: readonly Operation[] = [
  operation(
    'ListFunctions',
    'GET',
    '/2015-03-31/functions',
    200,
    structure('ListFunctionsRequest', {
      MasterRegion: text({ pattern: /^(ALL|[a-z]{2}(-gov)?-[a-z]+-\d{1})$/, place: query('MasterRegion') }),
      FunctionVersion: text({ oneOf: ['ALL'], place: query('FunctionVersion') }),
      Marker: text({ place: query('Marker') }),
      MaxItems: count({ min: 1, max: 10_000, place: query('MaxItems') })
    })
  ),
  operation('ListTags', 'GET', TAGS, 200, structure('ListTagsRequest', { Resource: resource }, ['Resource'])),
  operation(
    'TagResource',
    'POST',
    TAGS,
    204,
    structure('TagResourceRequest', { Resource: resource, Tags: mapOf(any) }, ['Resource', 'Tags'])
  ),
  operation(
    'UntagResource',
    'DELETE',
    TAGS,
    204,
    structure(
      'UntagResourceRequest',
      { Resource: resource, TagKeys: { ...listOf(any), place: query('tagKeys') } },
      ['Resource', 'TagKeys']
    )
  ),
  operation(
    'GetPolicy',
    'GET',
    '/2015-03-31/functions/{FunctionName}/policy',
    200,
    structure('GetPolicyRequest', { FunctionName: label, Qualifier: qualifier }, ['FunctionName'])
  ),
  ofFunction('GetFunctionConcurrency', '/2019-09-30/functions/{FunctionName}/concurrency'),
  ofFunction('GetFunctionCodeSigningConfig', '/2020-06-30/functions/{FunctionName}/code-signing-config'),
  operation(
    'GetProvisionedConcurrencyConfig',
    'GET',
    '/2019-09-30/functions/{FunctionName}/provisioned-concurrency',
    200,
    structure('GetProvisionedConcurrencyConfigRequest', { FunctionName: label, Qualifier: qualifier }, [
      'FunctionName',
      'Qualifier'
    ])
  ),
  operation(
    'GetAccountSettings',
    'GET',
    '/2016-08-19/account-settings',
    200,
    structure('GetAccountSettingsRequest', {})
  )
]
