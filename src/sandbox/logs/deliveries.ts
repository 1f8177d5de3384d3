import type {
  DeliveryDestination,
  DeliverySource,
  PutDeliveryDestinationRequest,
  PutDeliverySourceRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import {ServiceError} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {resourceNotFound} from './constraints.js'
import {pageByKey} from './page-token.js'

interface Named {
  name: string
}

interface PageRequest {
  nextToken?: string
  limit?: number
}

const OUTPUT_FORMATS = ['w3c', 'raw', 'json', 'plain', 'parquet']

/** Sources and destinations of vended logs, as records: nothing is delivered. */
export const deliveries: Handlers = {
  PutDeliverySource(input: PutDeliverySourceRequest, call) {
    const name = input.name as string
    const service = (input.resourceArn as string).split(':')[2] ?? ''
    // Recorded for S3, whose logs take another way.
    if (service === 's3') throw resourceNotFound('Cannot access provided service.')
    const source: DeliverySource = {
      name,
      arn: arnOf(call, 'delivery-source', name),
      resourceArns: [input.resourceArn as string],
      service,
      logType: input.logType,
      tags: input.tags,
    }
    call.state.logDeliverySources[name] = source
    return {deliverySource: source}
  },

  GetDeliverySource(input: Named, call) {
    const source = call.state.logDeliverySources[input.name]
    if (!source) throw resourceNotFound('Requested Delivery Source does not exist in this account.')
    return {deliverySource: source}
  },

  DescribeDeliverySources(input: PageRequest, call) {
    const {items, nextToken} = pageOf(call.state.logDeliverySources, 'DescribeDeliverySources', input, call)
    return {deliverySources: items, nextToken}
  },

  DeleteDeliverySource(input: Named, call) {
    if (!call.state.logDeliverySources[input.name]) {
      // Two full stops, as recorded.
      throw resourceNotFound('Requested Delivery Source does not exist in this account..')
    }
    delete call.state.logDeliverySources[input.name]
  },

  PutDeliveryDestination(input: PutDeliveryDestinationRequest, call) {
    const name = input.name as string
    const {outputFormat, deliveryDestinationConfiguration: configuration} = input
    if (outputFormat !== undefined && !OUTPUT_FORMATS.includes(outputFormat)) {
      throw new ServiceError(
        'ValidationException',
        400,
        `1 validation error detected: Value '${outputFormat}' at 'outputFormat' failed to satisfy constraint: Member must satisfy enum value set: [${OUTPUT_FORMATS.join(', ')}]`,
      )
    }
    const destination: DeliveryDestination = {
      name,
      arn: arnOf(call, 'delivery-destination', name),
      deliveryDestinationType: destinationType(configuration?.destinationResourceArn),
      outputFormat,
      deliveryDestinationConfiguration: configuration,
      tags: input.tags,
    }
    call.state.logDeliveryDestinations[name] = destination
    return {deliveryDestination: destination}
  },

  GetDeliveryDestination: (input: Named, call) => ({deliveryDestination: destinationOf(call, input.name)}),

  DescribeDeliveryDestinations(input: PageRequest, call) {
    const {items, nextToken} = pageOf(call.state.logDeliveryDestinations, 'DescribeDeliveryDestinations', input, call)
    return {deliveryDestinations: items, nextToken}
  },

  DeleteDeliveryDestination(input: Named, call) {
    destinationOf(call, input.name)
    delete call.state.logDeliveryDestinations[input.name]
  },
}

const arnOf = (call: Call, kind: string, name: string) =>
  `arn:aws:logs:${call.region}:${call.accountId}:${kind}:${name}`

function destinationOf(call: Call, name: string): DeliveryDestination {
  const destination = call.state.logDeliveryDestinations[name]
  if (!destination) throw resourceNotFound('Requested Delivery Destination does not exist in this account.')
  return destination
}

function destinationType(arn = ''): 'S3' | 'FH' | 'XRAY' | 'CWL' {
  const service = arn.split(':')[2]
  if (service === 's3') return 'S3'
  if (service === 'firehose') return 'FH'
  return service === 'xray' ? 'XRAY' : 'CWL'
}

function pageOf<Item extends {name?: string}>(
  items: Record<string, Item>,
  operation: string,
  input: PageRequest,
  call: Call,
) {
  return pageByKey(Object.values(items), ({name = ''}) => name, {
    limit: input.limit ?? 50,
    token: input.nextToken,
    query: [operation],
    now: call.millis(),
  })
}
