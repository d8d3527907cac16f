import { describe, expect, test } from '@jest/globals'
import { isTemplate, withResources } from '../../scripts/docs/templates.ts'
import { blocks } from './files.ts'

const template = `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
  Alarm:
    Type: AWS::CloudWatch::Alarm
Outputs:
  Function:
    Value: !Ref Function
`

describe('resources of a page are put into a template as a reader does it', () => {
  test.each([
    {
      name: 'what has the same name is replaced, and an output of that name stays',
      fragment: 'Function:\n  Type: AWS::Lambda::Function\n',
      whole: `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Function:
    Type: AWS::Lambda::Function
  Alarm:
    Type: AWS::CloudWatch::Alarm
Outputs:
  Function:
    Value: !Ref Function
`
    },
    {
      name: 'what is new is added, with its heading or without',
      fragment: 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n',
      whole: `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
  Alarm:
    Type: AWS::CloudWatch::Alarm
Outputs:
  Function:
    Value: !Ref Function
`
    }
  ])('$name', ({ fragment, whole }) => {
    expect(withResources(template, fragment)).toBe(whole)
  })
})

test('the templates of the pages are found, those to be replaced too', () => {
  const found = blocks('yaml').filter(isTemplate)
  expect(found.map(({ page, mark }) => `${page} ${mark}`.trim())).toEqual([
    'docs/canary.md before',
    'docs/migrating.md before',
    'docs/migrating.md',
    'docs/notifications.md'
  ])
})
