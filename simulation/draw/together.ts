import type { StepInputs } from './inputs.ts'
import type { Scene } from './scene.ts'

/** The inputs of a step that releases all functions of a scene, each with what is asked for it alone. */
export const releaseAll = (
  { functions, role }: Pick<Scene, 'functions' | 'role'>,
  configuration: string,
  forOne: (functionName: string) => StepInputs = () => ({})
): StepInputs => ({
  ...(role && { 'role-to-assume': role.arn }),
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-config': configuration,
  functions: JSON.stringify(
    functions.map(({ names: { functionName, group } }) => ({
      'function-name': functionName,
      'codedeploy-deployment-group': group,
      ...forOne(functionName)
    }))
  )
})
