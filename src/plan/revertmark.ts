/** The description of a deployment that reverts another. CodeDeploy does not know that it is a kind of rollback. */
export const revertMark = (deploymentId: string): string => `reverts ${deploymentId}`

/** The id of the deployment that one with this description reverts; undefined when it is no revert. */
export const revertedBy = (description: string): string | undefined =>
  /^reverts (d-[A-Z0-9]+)$/.exec(description)?.[1]
