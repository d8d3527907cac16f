import type {
  ApplicationInfo,
  DeploymentGroupInfo,
  Tag,
  TagResourceCommandInput,
  UntagResourceCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'

type Tagged = ApplicationInfo | DeploymentGroupInfo

const MOST = 50
const kept = new WeakMap<Tagged, Map<string, string>>()

/** @throws InvalidTagsToAddException for a tag that breaks a limit of tags, or one too many */
export function addTags(to: Tagged, tags: readonly Tag[]): void {
  const added = new Map(kept.get(to))
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || Key.startsWith('aws:'))
      throw new ServiceError('InvalidTagsToAddException', `The tag ${Key} is not valid`)
    added.set(Key, Value)
  }
  if (added.size > MOST)
    throw new ServiceError('InvalidTagsToAddException', `A resource has at most ${MOST} tags`)
  kept.set(to, added)
}

/** The tags of applications and deployment groups, which keep them when they are renamed. */
export class Tags {
  readonly #aws: Aws

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** @throws ResourceArnRequired-, InvalidArn-, ArnNotSupportedException, or that the resource does not exist */
  list(input: { ResourceArn: string | undefined }): { Tags: Tag[] } {
    const tags = kept.get(this.#find(input.ResourceArn)) ?? []
    return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) }
  }

  /** @throws as `list`, and TagRequired-, InvalidTagsToAddException */
  add(input: TagResourceCommandInput): Record<string, never> {
    const resource = this.#find(input.ResourceArn)
    const tags: Tag[] = input.Tags ?? []
    if (tags.length === 0) throw new ServiceError('TagRequiredException', 'A tag is required')
    addTags(resource, tags)
    return {}
  }

  /** Keys that the resource does not have are ignored. @throws as `list`, and TagRequiredException */
  remove(input: UntagResourceCommandInput): Record<string, never> {
    const resource = this.#find(input.ResourceArn)
    const keys: string[] = input.TagKeys ?? []
    if (keys.length === 0) throw new ServiceError('TagRequiredException', 'A tag key is required')
    for (const key of keys) kept.get(resource)?.delete(key)
    return {}
  }

  #find(arn: string | undefined): Tagged {
    if (!arn) throw new ServiceError('ResourceArnRequiredException', 'The resource ARN is required')
    const prefix = this.#aws.arn('codedeploy', '')
    if (!arn.startsWith(prefix))
      throw new ServiceError('InvalidArnException', `The ARN ${arn} is not one of this account and region`)
    const [, kind = '', name = ''] = /^([a-z]+):(.+)$/.exec(arn.slice(prefix.length)) ?? []
    const { applications, groups } = this.#aws.codedeploy
    if (kind === 'application') return applications.find(name).info
    if (kind !== 'deploymentgroup')
      throw new ServiceError('ArnNotSupportedException', `The resource ${arn} cannot have tags`)
    const [applicationName, deploymentGroupName] = name.split('/')
    return groups.find({ applicationName, deploymentGroupName })
  }
}
