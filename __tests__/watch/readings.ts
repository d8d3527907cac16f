import type { DeploymentView } from '../../src/deployment/observation.ts'
import type { LifecycleView, Reading, WatchPort } from '../../src/deployment/reading.ts'

export const seeing = <T>(value: T): Reading<T> => ({ kind: 'value', value })
export const blind: Reading<never> = {
  kind: 'transient',
  reason: 'codedeploy:GetDeployment: ThrottlingException'
}
export const denied: Reading<never> = {
  kind: 'permanent',
  cause: { code: 'AccessDeniedException', what: 'The credentials may not do it.', next: 'Grant it.' }
}

/** AWS that shows the same at every moment, and remembers what it was asked. */
export function standing(shows: {
  deployments?: Record<string, Reading<DeploymentView>>
  lifecycle?: Reading<LifecycleView>
  traffic?: Reading<{ version: string; weights: Record<string, number> }>
}): WatchPort & { asked: string[] } {
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
