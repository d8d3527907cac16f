/** A job on a hosted runner is cancelled after six hours, whatever its timeout-minutes says. A job on a self-hosted runner has five days. */
const hostedMs = 6 * 3_600_000

/** How long this job may take, ms; undefined when that is longer than any deployment. */
export const jobLimitMs = (env: Readonly<Record<string, string | undefined>>): number | undefined =>
  env.RUNNER_ENVIRONMENT === 'github-hosted' ? hostedMs : undefined
