import { blob, count, flag, listOf, mapOf, type Shape, structure, text } from '../wire/shapes.ts'

const any = text()

/** Where a function's code is. */
export const code: Record<string, Shape> = {
  ZipFile: blob,
  S3Bucket: text({ min: 3, max: 63, pattern: /^[0-9A-Za-z.\-_]*(?<!\.)$/ }),
  S3Key: text({ min: 1, max: 1024 }),
  S3ObjectVersion: text({ min: 1, max: 1024 }),
  S3ObjectStorageMode: text({ oneOf: ['COPY', 'REFERENCE'] }),
  ImageUri: any,
  SourceKMSKeyArn: any
}

/** Members that CreateFunction and UpdateFunctionConfiguration share. */
export const settings: Record<string, Shape> = {
  Role: text({ pattern: /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/ }),
  Handler: text({ max: 128, pattern: /^[^\s]+$/ }),
  Description: text({ max: 256 }),
  Timeout: count({ min: 1, max: 900 }),
  MemorySize: count({ min: 128, max: 32_768 }),
  VpcConfig: structure('VpcConfig', {
    SubnetIds: listOf(any),
    SecurityGroupIds: listOf(any),
    Ipv6AllowedForDualStack: flag
  }),
  Environment: structure('Environment', {
    Variables: mapOf(any, text({ pattern: /^[a-zA-Z]([a-zA-Z0-9_])+$/ }))
  }),
  Runtime: text({ pattern: /^(nodejs|python|java|dotnet|ruby|provided|go)[a-z0-9.]*$/ }),
  DeadLetterConfig: structure('DeadLetterConfig', { TargetArn: any }),
  KMSKeyArn: any,
  TracingConfig: structure('TracingConfig', { Mode: text({ oneOf: ['Active', 'PassThrough'] }) }),
  Layers: listOf(any),
  FileSystemConfigs: listOf(
    structure(
      'FileSystemConfig',
      { Arn: any, LocalMountPath: any, S3FilesConfig: structure('S3FilesConfig', { DirectS3Read: any }) },
      ['Arn', 'LocalMountPath']
    ),
    { max: 1 }
  ),
  ImageConfig: structure('ImageConfig', {
    EntryPoint: listOf(any),
    Command: listOf(any),
    WorkingDirectory: any
  }),
  EphemeralStorage: structure('EphemeralStorage', { Size: count({ min: 512, max: 10_240 }) }, ['Size']),
  SnapStart: structure('SnapStart', { ApplyOn: text({ oneOf: ['PublishedVersions', 'None'] }) }),
  LoggingConfig: structure('LoggingConfig', {
    LogFormat: text({ oneOf: ['JSON', 'Text'] }),
    ApplicationLogLevel: any,
    SystemLogLevel: any,
    LogGroup: text({ min: 1, max: 512, pattern: /^[.\-_/#A-Za-z0-9]+$/ })
  }),
  CapacityProviderConfig: structure(
    'CapacityProviderConfig',
    {
      LambdaManagedInstancesCapacityProviderConfig: structure(
        'LambdaManagedInstancesCapacityProviderConfig',
        {
          CapacityProviderArn: any,
          PerExecutionEnvironmentMaxConcurrency: count(),
          ExecutionEnvironmentMemoryGiBPerVCpu: count({ fraction: true })
        },
        ['CapacityProviderArn']
      )
    },
    ['LambdaManagedInstancesCapacityProviderConfig']
  ),
  DurableConfig: structure('DurableConfig', {
    KMSKeyArn: any,
    RetentionPeriodInDays: count(),
    ExecutionTimeout: count()
  })
}
