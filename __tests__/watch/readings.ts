import type { DeploymentView } from '../../src/deployment/observation.ts'
import type { LifecycleView, Reading, WatchPort } from '../../src/deployment/reading.ts'

export const readingOf = <T>(value: T): Reading<T> => ({ kind: 'value', value })
export const throttled: Reading<never> = {
  kind: 'transient',
  reason: 'codedeploy:GetDeployment: ThrottlingException',
  isThrottled: true
}
export const unconnected: Reading<never> = {
  kind: 'transient',
  reason: 'codedeploy:GetDeployment: ECONNRESET'
}
export const denied: Reading<never> = {
  kind: 'permanent',
  cause: { code: 'AccessDeniedException', what: 'The credentials do not allow it.', next: 'Grant it.' }
}

/** An AWS that always shows the same, and records what it was asked. */
export function constantPort(shows: {
  deployments?: Record<string, Reading<DeploymentView>>
  lifecycle?: Reading<LifecycleView>
  traffic?: Reading<{ version: string; weights: Record<string, number> }>
}): WatchPort & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    deployment: async id => {
      asked.push(`deployment ${id}`)
      return shows.deployments?.[id] ?? throttled
    },
    lifecycle: async id => {
      asked.push(`lifecycle ${id}`)
      return shows.lifecycle ?? throttled
    },
    traffic: async (functionName, alias) => {
      asked.push(`traffic ${functionName}:${alias}`)
      return shows.traffic ?? throttled
    }
  }
}

export const deployment = (shown: DeploymentView) => ({ [shown.id]: readingOf(shown) })
