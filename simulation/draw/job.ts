/** The environment of a job that releases payments. Colours are off: they would only be in the way of who reads the log. */
export const jobEnv = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1',
  NO_COLOR: '1'
}
