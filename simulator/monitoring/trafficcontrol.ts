import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'

interface MetricDatum {
  MetricName: string
  Dimensions?: { Name: string; Value: string }[]
  Value?: number
  Unit?: string
}

export interface PutMetricDataInput {
  Namespace: string
  MetricData?: MetricDatum[]
}

/** The namespace whose metrics are not stored: they say what the clients of functions do from now on. */
const OWN = 'Simulator'

/**
 * PutMetricData, so that clients over HTTP can set the traffic. All metrics are checked before the first one has an effect.
 * @throws InvalidParameterValue 400 for a namespace of AWS's own, ValidationError 400 for what the simulator has no metric for
 */
export function putMetricData(aws: Aws, { Namespace, MetricData = [] }: PutMetricDataInput): void {
  if (Namespace.startsWith('AWS/'))
    throw new ServiceError(
      'InvalidParameterValue',
      `The value ${Namespace} for parameter Namespace is invalid.`
    )
  if (Namespace !== OWN)
    throw invalid(`The simulator stores no custom metrics; it takes those of namespace ${OWN} only.`)
  for (const effect of MetricData.map(datum => effectOf(aws, datum))) effect()
}

function effectOf(aws: Aws, { MetricName, Dimensions = [], Value }: MetricDatum): () => void {
  if (Value === undefined || !(Value >= 0)) throw invalid(`${MetricName} needs a Value that is not negative.`)
  const { traffic } = aws.metrics
  const given = Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value]))
  const names = Object.keys(given).sort().join(' and ')
  const { FunctionName: functionName = '', Resource = '', ExecutedVersion: version = '' } = given
  const wants = (dimensions: string) => {
    if (names !== dimensions) throw invalid(`${MetricName} needs the dimensions ${dimensions}.`)
    aws.lambda.getFunction({ FunctionName: functionName })
  }
  switch (MetricName) {
    case 'CallsPerMinute': {
      wants('FunctionName and Resource')
      const [of, qualifier = '$LATEST'] = Resource.split(':')
      if (of !== functionName)
        throw invalid(`Resource must be ${functionName}, or ${functionName}:<alias or version>.`)
      return () => traffic.calls(functionName, qualifier, Value)
    }
    case 'ErrorRate':
      wants('ExecutedVersion and FunctionName')
      if (Value > 100) throw invalid('ErrorRate is in percent: at most 100.')
      return () => traffic.fails(functionName, version, Value / 100)
    case 'DurationP95':
      wants('ExecutedVersion and FunctionName')
      return () => traffic.takes(functionName, version, Value)
    default:
      throw invalid(
        `The simulator takes the metrics CallsPerMinute, ErrorRate and DurationP95, not ${MetricName}.`
      )
  }
}

const invalid = (message: string): ServiceError => new ServiceError('ValidationError', message)
