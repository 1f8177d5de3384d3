import type {DescribeDestinationsRequest, Destination, PutDestinationRequest} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import {checkParameters, resourceNotFound} from './constraints.js'
import {pageByKey} from './page-token.js'

const NAME = {minLength: 1, maxLength: 512, pattern: '[^:*]*'}

/** Cross-account destinations of subscription filters, as records: nothing is delivered. */
export const destinations: Handlers = {
  PutDestination(input: PutDestinationRequest, call) {
    checkParameters(input, {destinationName: NAME})
    const name = input.destinationName as string
    const known = call.state.logDestinations[name]
    const destination: Destination = {
      destinationName: name,
      targetArn: input.targetArn,
      roleArn: input.roleArn,
      accessPolicy: known?.accessPolicy,
      arn: `arn:aws:logs:${call.region}:${call.accountId}:destination:${name}`,
      creationTime: known?.creationTime ?? call.millis(),
    }
    call.state.logDestinations[name] = destination
    return {destination}
  },

  PutDestinationPolicy(input: {destinationName: string; accessPolicy: string}, call) {
    const destination = call.state.logDestinations[input.destinationName]
    if (!destination) throw resourceNotFound('The specified destination does not exist.')
    destination.accessPolicy = input.accessPolicy
  },

  DescribeDestinations(input: DescribeDestinationsRequest, call) {
    const {DestinationNamePrefix: prefix = ''} = input
    checkParameters(input, {DestinationNamePrefix: NAME, limit: {min: 1, max: 50}})
    const found = Object.values(call.state.logDestinations).filter(destination =>
      destination.destinationName?.startsWith(prefix),
    )
    const {items, nextToken} = pageByKey(found, ({destinationName = ''}) => destinationName, {
      limit: input.limit ?? 50,
      token: input.nextToken,
      query: ['DescribeDestinations', prefix],
      now: call.millis(),
    })
    return {destinations: items, nextToken}
  },

  DeleteDestination(input: {destinationName: string}, call) {
    if (!call.state.logDestinations[input.destinationName]) {
      throw resourceNotFound('The specified destination does not exist.')
    }
    delete call.state.logDestinations[input.destinationName]
  },
}
