import type { DeploymentView } from '../../src/deployment/observation.ts'
import type { LifecycleView, Sight, Sights } from '../../src/deployment/reading.ts'

export const seeing = <T>(value: T): Sight<T> => ({ kind: 'seen', value })
export const blind: Sight<never> = { kind: 'blind', reason: 'codedeploy:GetDeployment: ThrottlingException' }
export const denied: Sight<never> = {
  kind: 'barred',
  cause: { code: 'AccessDeniedException', what: 'The credentials may not do it.', next: 'Grant it.' }
}

/** AWS that shows the same at every moment, and remembers what it was asked. */
export function standing(shows: {
  deployments?: Record<string, Sight<DeploymentView>>
  lifecycle?: Sight<LifecycleView>
  traffic?: Sight<{ version: string; weights: Record<string, number> }>
}): Sights & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    deployment: async id => {
      asked.push(`deployment ${id}`)
      return shows.deployments?.[id] ?? blind
    },
    lifecycle: async id => {
      asked.push(`lifecycle ${id}`)
      return shows.lifecycle ?? blind
    },
    traffic: async (functionName, alias) => {
      asked.push(`traffic ${functionName}:${alias}`)
      return shows.traffic ?? blind
    }
  }
}

export const deployment = (shown: DeploymentView) => ({ [shown.id]: seeing(shown) })
