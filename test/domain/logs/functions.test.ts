import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import {functionLine, Invocations} from '../../../src/domain/logs/function-lines.js'
import {functionOf, functionsIn} from '../../../src/domain/logs/functions.js'
import {deployedApi} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function'
const lambda = (ref: string) => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${ref}/invocations`

describe('the function that an address leads to', () => {
  test.each([
    ['an integration', lambda(`${ARN}:pets`), 'pets'],
    ['an alias', lambda(`${ARN}:pets:live`), 'pets'],
    ['a version', lambda(`${ARN}:pets:$LATEST`), 'pets'],
    ['a doubled slash, as recorded', lambda(`${ARN}:pets`).replace('path/', 'path//'), 'pets'],
    ['another partition', lambda(`${ARN}:pets`).replaceAll('arn:aws:', 'arn:aws-us-gov:'), 'pets'],
    ['a name alone', lambda('pets'), 'pets'],
    ['a stage variable for the name', lambda(`${ARN}:\${stageVariables.fn}`), 'cats'],
    ['a stage variable for the alias', lambda(`${ARN}:pets:\${stageVariables.alias}`), 'pets'],
    [
      'the endpoint that the log of a request has',
      `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${ARN}:pets/invocations`,
      'pets',
    ],
    ['a stage variable that there is not', lambda(`${ARN}:\${stageVariables.none}`), undefined],
    ['another service', 'arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue', undefined],
    ['a URL', 'https://example.com/functions', undefined],
  ])('%s', (_, uri, name) => {
    expect(functionOf(uri, {fn: 'cats', alias: 'live'})).toBe(name)
  })
})

test('the functions of a definition as the service exports it, authorizers included', async () => {
  const functions = functionModules({pets: '', auth: ''})
  const api = await deployedApi({}, {functions})
  const {id: authorizerId} = await api.apigateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'door',
    type: 'TOKEN',
    authorizerUri: invocationArn('auth'),
    identitySource: 'method.request.header.Authorization',
  })
  const proxy = (name: string) =>
    ({type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn(name)}) as const
  await api.put('GET /pets', {integration: proxy('pets')})
  await api.put('ANY /pets/{petId}', {
    method: {authorizationType: 'CUSTOM', authorizerId},
    integration: proxy('${stageVariables.fn}'),
  })
  await api.put('GET /mock', {})
  await api.deploy()
  const request = {restApiId: api.restApiId, stageName: 'prod', accepts: 'application/json'}
  for (const exportType of ['oas30', 'swagger']) {
    const {body} = await api.apigateway.getExport({
      ...request,
      exportType,
      parameters: {extensions: 'integrations,authorizers'},
    })
    const definition: unknown = JSON.parse(new TextDecoder().decode(body))
    expect(functionsIn(definition, [{fn: 'cats'}, {fn: 'dogs'}])).toEqual([
      {name: 'pets', methods: ['GET /pets']},
      {name: 'cats', methods: ['ANY /pets/{petId}']},
      {name: 'dogs', methods: ['ANY /pets/{petId}']},
      {name: 'auth', methods: ['ANY /pets/{petId}']},
    ])
  }
})

const A = '7781d89a-b6d9-4098-924a-4cb16157573c'
const B = '61ed2826-b9cd-4a75-a5d6-eed85f48dca5'

// The texts are those of the Lambda Developer Guide and of logs that users published.
describe('the lines of a function', () => {
  test.each([
    [`START RequestId: ${A} Version: $LATEST\n`, 'function-start', A],
    [`END RequestId: ${A}\n`, 'function-end', A],
    [`REPORT RequestId: ${A}\tDuration: 128.83 ms\tBilled Duration: 129 ms\n`, 'function-report', A],
    [`2019-06-07T19:11:20.562Z\t${A}\tINFO\tEVENT {}\n`, 'function-line', A],
    [`[INFO]\t2024-02-09T08:42:44.078Z\t${A}\thello\n`, 'function-line', A],
    [`2023-07-11T20:49:13.880Z ${A} Task timed out after 3.01 seconds\n\n`, 'function-line', A],
    [`RequestId: ${A} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n`, 'function-line', A],
    [
      'INIT_START Runtime Version: python:3.12.mainlinev2.v27\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:fb',
      'function-init',
      undefined,
    ],
    ['2024-01-02T05:27:56.173Z\tundefined\tERROR\tUncaught Exception \t{}\n', 'function-line', undefined],
    [`a line about ${A}\n`, 'function-line', undefined],
    [
      `{"time":"2024-02-09T08:42:44.078Z","type":"platform.start","record":{"requestId":"${A}","version":"8"}}\n`,
      'function-start',
      A,
    ],
    [
      `{"time":"2024-02-09T08:42:44.078Z","type":"platform.runtimeDone","record":{"requestId":"${A}","status":"success"}}`,
      'function-end',
      A,
    ],
    [
      `{"time":"2024-02-09T08:42:44.078Z","type":"platform.report","record":{"requestId":"${A}"}}`,
      'function-report',
      A,
    ],
    [
      '{"time":"2024-05-20T16:29:45.007Z","type":"platform.initStart","record":{"phase":"init"}}',
      'function-init',
      undefined,
    ],
    [
      `{"timestamp":"2024-02-09T08:42:44.078Z","level":"INFO","requestId":"${A}","message":"hello"}\n`,
      'function-line',
      A,
    ],
    [`{"level":"INFO","message":"hello","function_request_id":"${A}"}`, 'function-line', A],
    ['{"level":"INFO","requestId":"that-of-somebody-else"}', 'function-line', undefined],
    ['{ not JSON', 'function-line', undefined],
  ])('%s', (message, phase, requestId) => {
    expect(functionLine(message)).toEqual({phase, requestId})
  })

  const add = (invocations: Invocations, message: string) =>
    invocations.add({message} as LogEvent).map(({event, requestId}) => [requestId, event.message])

  test('that name nobody belong to the invocation before them, those of the start-up to the one after', () => {
    const invocations = new Invocations()
    expect(add(invocations, 'of an invocation that began before')).toEqual([])
    expect(add(invocations, 'INIT_START Runtime Version: nodejs:20')).toEqual([])
    expect(add(invocations, 'loading')).toEqual([])
    const start = `START RequestId: ${A} Version: $LATEST`
    expect(add(invocations, start)).toEqual([
      [A, 'INIT_START Runtime Version: nodejs:20'],
      [A, 'loading'],
      [A, start],
    ])
    expect(add(invocations, 'hello')).toEqual([[A, 'hello']])
    expect(add(invocations, `REPORT RequestId: ${A}\t`)).toEqual([[A, `REPORT RequestId: ${A}\t`]])
    expect(add(invocations, 'an afterthought')).toEqual([[A, 'an afterthought']])
    expect(add(invocations, `START RequestId: ${B} Version: $LATEST`)).toHaveLength(1)
    expect(add(invocations, 'hello again')).toEqual([[B, 'hello again']])
  })
})
