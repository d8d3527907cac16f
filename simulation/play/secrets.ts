/** What the job finds in its environment. */
export const jobCredentials = {
  accessKeyId: 'AKIDSIMULATION',
  secretAccessKey: 'secretKeyOfTheSimulation',
  sessionToken: 'sessionTokenOfTheSimulation'
}
