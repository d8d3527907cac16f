import type {
  ApplicationInfo,
  BatchGetApplicationsCommandInput,
  CreateApplicationCommandInput,
  DeploymentGroupInfo,
  UpdateApplicationCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import { checkName } from './names.ts'
import type { RegisteredRevision } from './revisions.ts'
import { addTags } from './tags.ts'

export interface Application {
  info: ApplicationInfo
  groups: Map<string, DeploymentGroupInfo>
  /** By what identifies them: see revisions.ts. */
  revisions: Map<string, RegisteredRevision>
}

const PAGE = 100
const LARGEST_BATCH = 100
const invalidToken = () => new ServiceError('InvalidNextTokenException', 'The next token is invalid')

/** CodeDeploy's applications. */
export class Applications {
  readonly #aws: Aws
  readonly #applications = new Map<string, Application>()
  /** Until when what was just created is not found, epoch ms. */
  readonly #unseenUntil = new Map<object, number>()
  /** From when on CodeDeploy can assume the roles it is given, epoch ms: IAM takes a while to tell of a new one. */
  rolesKnownFrom = Number.NEGATIVE_INFINITY

  constructor(aws: Aws) {
    this.#aws = aws
  }

  get all(): readonly Application[] {
    return [...this.#applications.values()]
  }

  create(input: CreateApplicationCommandInput): { applicationId: string } {
    const name = checkName('Application', input.applicationName)
    const platform: string = input.computePlatform ?? 'Server'
    if (!['Server', 'Lambda', 'ECS', 'Kubernetes'].includes(platform))
      throw new ServiceError('InvalidComputePlatformException', `Unknown compute platform: ${platform}`)
    this.#checkFree(name)
    const applicationId = this.#aws.random.uuid()
    const info: ApplicationInfo = {
      applicationId,
      applicationName: name,
      createTime: new Date(this.#aws.clock.now()),
      linkedToGitHub: false,
      computePlatform: platform as 'Lambda'
    }
    if (input.tags) addTags(info, input.tags)
    const application: Application = { info, groups: new Map(), revisions: new Map() }
    this.#applications.set(name, application)
    this.hide(application)
    return { applicationId }
  }

  /** @throws ApplicationNameRequiredException, InvalidApplicationNameException, ApplicationDoesNotExistException */
  find(given: string | undefined): Application {
    const name = checkName('Application', given)
    const application = this.#applications.get(name)
    if (application && this.isSeen(application)) return application
    throw new ServiceError('ApplicationDoesNotExistException', `No application found for name: ${name}`)
  }

  /** What is there is found at once from now on. */
  settle(): void {
    this.#unseenUntil.clear()
  }

  /** An application or a group that was just created. */
  hide(created: object): void {
    this.#unseenUntil.set(created, this.#aws.clock.now() + this.#aws.uncertain.newGroupMs)
  }

  isSeen(each: object): boolean {
    return this.#aws.clock.now() >= (this.#unseenUntil.get(each) ?? 0)
  }

  allGroups(): DeploymentGroupInfo[] {
    return this.all.flatMap(({ groups }) => [...groups.values()])
  }

  list(input: { nextToken?: string | undefined }): { applications: string[]; nextToken?: string } {
    const { items, next } = page([...this.#applications.keys()], input.nextToken, PAGE, invalidToken)
    return { applications: items, ...(next && { nextToken: next }) }
  }

  batchGet(input: BatchGetApplicationsCommandInput): { applicationsInfo: ApplicationInfo[] } {
    const names: string[] = input.applicationNames ?? []
    if (names.length === 0) checkName('Application', undefined)
    if (names.length > LARGEST_BATCH)
      throw new ServiceError(
        'BatchLimitExceededException',
        `At most ${LARGEST_BATCH} applications can be asked for`
      )
    return { applicationsInfo: names.map(name => this.find(name).info) }
  }

  /** Renames it; its groups go with it. */
  update(input: UpdateApplicationCommandInput): void {
    const application = this.find(input.applicationName)
    const name = checkName('Application', input.newApplicationName)
    if (name === input.applicationName) return
    this.#checkFree(name)
    this.#applications.delete(input.applicationName ?? '')
    this.#applications.set(name, application)
    application.info.applicationName = name
    for (const group of application.groups.values()) group.applicationName = name
  }

  /** With all its groups. Deleting one that does not exist succeeds. Its deployments go on. */
  delete(input: { applicationName: string | undefined }): void {
    this.#applications.delete(checkName('Application', input.applicationName))
  }

  #checkFree(name: string): void {
    if (this.#applications.has(name))
      throw new ServiceError(
        'ApplicationAlreadyExistsException',
        `An application with the name ${name} already exists`
      )
  }
}
