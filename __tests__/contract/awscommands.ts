import { allOperations } from '../../simulator/wire/route.ts'
import type { StructureShape } from '../../simulator/wire/shapes.ts'

/** The AWS CLI's names of the services that the simulator serves. */
const services: Record<string, keyof typeof allOperations> = {
  lambda: 'lambda',
  deploy: 'codedeploy',
  cloudwatch: 'cloudwatch',
  logs: 'logs'
}

/** Commands that are not simulated, with their options. */
const elsewhere: Record<string, readonly string[]> = {
  'cloudformation create-stack': ['stack-name', 'template-body', 'parameters', 'capabilities'],
  'cloudformation describe-stack-resources': ['stack-name', 'logical-resource-id'],
  'cloudtrail lookup-events': ['lookup-attributes', 'start-time', 'end-time', 'max-results'],
  'lambda list-durable-executions-by-function': ['function-name', 'qualifier', 'statuses']
}

/** What `aws … wait` polls. */
const waiters: Record<string, string> = {
  'lambda function-updated-v2': 'get-function',
  'lambda function-active-v2': 'get-function',
  'lambda published-version-active': 'get-function-configuration',
  'deploy deployment-successful': 'get-deployment'
}

const globals = ['query', 'output', 'region', 'profile', 'no-cli-pager', 'no-paginate']

/** The CLI's spelling of a member or an operation: `CodeSha256` is `code-sha256`. */
const kebab = (name: string): string =>
  name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()

/** What is wrong with an `aws` command, given its words; if it is `whole`, required members must be there. */
export function awsProblems(words: readonly string[], whole: boolean): string[] {
  const [, service = '', ...rest] = words
  const [name = '', ...given] = rest[0] === 'wait' ? rest.slice(1) : rest
  const named = options(given)
  const known = elsewhere[`${service} ${name}`]
  if (known) return strangers(named, known)
  const operationName = rest[0] === 'wait' ? waiters[`${service} ${name}`] : name
  const operation = allOperations[services[service] ?? 'sts'].find(each => kebab(each.name) === operationName)
  if (!services[service] || !operation) return [`${words.slice(0, 4).join(' ')}: there is no such command`]
  return [
    ...strangers(named, membersOf(operation.input)),
    ...(whole ? missing(named, operation.input) : []),
    ...given
      .filter(
        (word, index) =>
          word.startsWith('--') && needsValue(word, operation.input) && isOption(given[index + 1])
      )
      .map(word => `${word} has no value`)
  ]
}

const options = (words: readonly string[]): string[] =>
  words.filter(isOption).map(word => word.slice(2).replace(/=.*/, ''))

const isOption = (word: string | undefined): boolean => word === undefined || word.startsWith('--')

/** A flag is written `--name` or `--no-name`. */
const membersOf = ({ members }: StructureShape): string[] =>
  Object.entries(members).flatMap(([name, shape]) =>
    shape.is === 'flag' ? [kebab(name), `no-${kebab(name)}`] : [kebab(name)]
  )

const needsValue = (option: string, { members }: StructureShape): boolean =>
  Object.entries(members).some(([name, shape]) => `--${kebab(name)}` === option && shape.is !== 'flag')

const strangers = (given: readonly string[], known: readonly string[]): string[] =>
  given
    .filter(option => !known.includes(option) && !globals.includes(option))
    .map(option => `--${option} is no option of it`)

const missing = (given: readonly string[], { required }: StructureShape): string[] =>
  required.filter(member => !given.includes(kebab(member))).map(member => `--${kebab(member)} is missing`)
