import {ServiceError} from '../errors.js'

/**
 * An error of CloudWatch. It has two names: the newer protocols carry that of the shape, the query protocol the shorter
 * one, which the newer ones have in a header for the clients that grew up with it (recorded:
 * test_put_metric_data_validation).
 */
function metricError(shape: string, code: string, message: string): ServiceError {
  return new ServiceError(shape, 400, message, {'x-amzn-query-error': `${code};Sender`})
}

export const invalidCombination = (message: string) =>
  metricError('InvalidParameterCombinationException', 'InvalidParameterCombination', message)

export const invalidValue = (message: string) =>
  metricError('InvalidParameterValueException', 'InvalidParameterValue', message)

export const missingParameter = (name: string) =>
  metricError('MissingRequiredParameterException', 'MissingParameter', `The parameter ${name} is required.`)

export const invalidToken = () => metricError('InvalidNextToken', 'InvalidNextToken', 'The nextToken is invalid.')

export const validationError = (message: string) => metricError('ValidationException', 'ValidationError', message)
