import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicyStatement } from '../../simulator/identity/policy.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/permissions.md'), 'utf8')

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
  const json = new RegExp(`## ${section}\n.*?\`\`\`json\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? ''
  const { Statement } = JSON.parse(json) as { Statement: Statement[] }
  return Statement.map(each => ({
    ...each,
    Action: [each.Action].flat(),
    Resource: [...new Set([each.Resource].flat().flatMap(fill))]
  }))
}
