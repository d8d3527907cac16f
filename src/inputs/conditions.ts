import { isSameCode } from '../plan/codesha256.ts'
import type { ReleaseRequest } from './request.ts'

/**
 * Gives each request the conditions of all that publish the same function: they have one `$LATEST`, which is uploaded and published once
 * for all of them. One that names its version publishes nothing, and has none.
 */
export function underAllConditions<Requests extends readonly ReleaseRequest[]>(requests: Requests): Requests {
  return requests.map(request => {
    if (request.targetVersion !== undefined) return request
    const ofFunction = requests.filter(({ functionName }) => functionName === request.functionName)
    const codeSha256 = request.codeSha256 ?? ofFunction.find(each => each.codeSha256)?.codeSha256
    const revisionId = request.revisionId ?? ofFunction.find(each => each.revisionId)?.revisionId
    return { ...request, ...(codeSha256 && { codeSha256 }), ...(revisionId && { revisionId }) }
  }) as readonly ReleaseRequest[] as Requests
}

/** Conditions of the same function that cannot hold together, as problems. */
export function contradictions(requests: readonly ReleaseRequest[]): string[] {
  return [
    ...contradicting(requests, 'code-sha256', ({ codeSha256 }) => codeSha256, isSameCode),
    ...contradicting(requests, 'revision-id', ({ revisionId }) => revisionId, Object.is)
  ]
}

function contradicting(
  requests: readonly ReleaseRequest[],
  name: 'code-sha256' | 'revision-id',
  of: (request: ReleaseRequest) => string | undefined,
  isSame: (a: string, b: string) => boolean
): string[] {
  return requests.flatMap((request, index) => {
    const { functionName } = request
    const first = requests.findIndex(each => each.functionName === functionName && of(each) !== undefined)
    const [asked, askedFirst] = [of(request), requests[first] && of(requests[first])]
    return asked === undefined || askedFirst === undefined || isSame(asked, askedFirst)
      ? []
      : [
          `${name}: got different ${name} for '${functionName}' in entries ${first + 1} and ${index + 1} of functions; accepted is the same in all entries of a function that give one`
        ]
  })
}
