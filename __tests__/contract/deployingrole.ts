import type { PolicyStatement } from '../../simulator/identity/policy.ts'
import { text } from './files.ts'

export interface Statement extends PolicyStatement {
  Sid: string
  Action: string[]
  Resource: string[]
}

/** The deploying role's policy as on the page, with each of its resources filled in by `fill`. */
export function documentedStatements(
  fill: (resource: string) => string[],
  section = 'The deploying role'
): Statement[] {
  const json =
    new RegExp(`## ${section}\n.*?\`\`\`json\n(.*?)\`\`\``, 's').exec(text('docs/permissions.md'))?.[1] ?? ''
  const { Statement } = JSON.parse(json) as { Statement: Statement[] }
  return Statement.map(each => ({
    ...each,
    Action: [each.Action].flat(),
    Resource: [...new Set([each.Resource].flat().flatMap(fill))]
  }))
}
