import * as codedeploy from '@aws-sdk/client-codedeploy'
import * as lambda from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { sources, text } from './files.ts'

const page = 'docs/troubleshooting.md'
const headed = [...text(page).matchAll(/^#### (\S+)$/gm)].map(([, code = '']) => code)
const isOurs = (code: string): boolean => /^[A-Z]+(_[A-Z]+)*$/.test(code) && !nodeCodes.includes(code)

/** Node's codes for connections that failed; src/aws/ knows them. */
const nodeCodes = ['ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN']
/** Other words in capitals on the pages about errors. */
const others = ['HTTPS_PROXY', 'NO_PROXY', 'RUNNER_DEBUG', 'GITHUB_TOKEN', 'ALARM']

/** Error codes are the literals in capitals, apart from a few that mean something else. */
function givenCodes(): string[] {
  // plan/alarms.ts has the states of alarms.
  const elsewhere = /^src\/(aws\/|inputs\/|text\/|clock\.ts|packaging\/disk\.ts|plan\/alarms\.ts)/
  const meant = /^(SIG[A-Z]+|VERSION|DEPLOYMENT_FAILURE|DEPLOYMENT_STOP_ON_\w+)$/
  const literals = sources('src')
    .filter(path => !elsewhere.test(path))
    .flatMap(path => text(path).match(/(?<=')[A-Z]+(_[A-Z]+)*(?=')/g) ?? [])
  return [...new Set(literals)].filter(each => !meant.test(each)).sort()
}

/** Names that a request can end with: the services' exceptions, or those of src/aws/. */
const requestNames = (): Set<string> =>
  new Set([
    ...Object.keys(codedeploy),
    ...Object.keys(lambda),
    ...sources('src/aws').flatMap(path => text(path).match(/(?<=')[A-Z]\w+(?=')/g) ?? []),
    // What Node throws when an answer is not JSON, or a date is not a date.
    'SyntaxError',
    'TypeError',
    // Of S3, without a class in its client.
    'PermanentRedirect'
  ])

describe(page, () => {
  test('has an entry for exactly the error codes that the program can give', () => {
    expect(headed.filter(isOurs).sort()).toEqual(givenCodes())
  })

  test('has other entries only for what a request can end with', () => {
    const names = requestNames()
    const requestErrors = headed.filter(code => !isOurs(code))
    expect(requestErrors.length).toBeGreaterThan(0)
    expect(requestErrors.filter(name => !names.has(name))).toEqual([])
  })

  test('says something about each of them', () => {
    const entries = text(page)
      .split(/^#### /m)
      .slice(1)
    const empty = entries.filter(entry => !/^\S+\n\n\S/.test(entry)).map(entry => entry.split('\n')[0])
    expect(empty).toEqual([])
  })
})

test.each(['README.md', 'docs/how-it-works.md', 'docs/outcomes.md', 'docs/permissions.md', page])(
  '%s names no error code that the program does not know',
  path => {
    const events = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
    const known = [...givenCodes(), ...events, ...nodeCodes, ...others]
    const named = [...text(path).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = '']) => code)
    const unknown = named.filter(
      code => !known.includes(code) && !/^(AWS|GITHUB|LAMBDA|ORG|REPO)_/.test(code)
    )
    expect(unknown).toEqual([])
  }
)

test.each(['README.md', 'docs/how-it-works.md', 'docs/outcomes.md', 'docs/permissions.md', page])(
  '%s names no exception of AWS that no request ends with',
  path => {
    const names = requestNames()
    const named = [...text(path).matchAll(/`([A-Z]\w+(?:Exception|Error))`/g)].map(([, name = '']) => name)
    expect(named.filter(name => !names.has(name))).toEqual([])
  }
)
