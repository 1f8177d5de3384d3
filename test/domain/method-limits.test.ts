import {expect, test} from 'vitest'
import {
  limitsByStage,
  methodLimitText,
  methodName,
  parseMethodLimit,
  parseMethodRef,
} from '../../src/domain/method-limits.js'

test.each([
  ['petstore/prod GET /pets=5/10', 'petstore/prod', '/pets/GET', 5, 10],
  ['petstore:prod get /pets/{id}=0.5/1', 'petstore:prod', '/pets/{id}/GET', 0.5, 1],
  ['petstore:prod  ANY  /files/{proxy+}=1/1', 'petstore:prod', '/files/{proxy+}/ANY', 1, 1],
  ['All our pets/prod POST /=1/2', 'All our pets/prod', '//POST', 1, 2],
])('%s', (text, stage, key, rateLimit, burstLimit) => {
  expect(parseMethodLimit(text)).toEqual({stage, key, limit: {rateLimit, burstLimit}})
  expect(parseMethodRef(text.slice(0, text.lastIndexOf('=')))).toEqual({stage, key})
})

test.each([
  ['', 'is not a method of a stage'],
  ['petstore/prod=1/2', 'is not a method of a stage'],
  ['petstore/prod GET /pets', 'is not a method of a stage'],
  ['GET /pets=1/2', 'is not a method of a stage'],
  ['petstore/prod FETCH /pets=1/2', '"FETCH" is not a method'],
  ['petstore/prod GET pets=1/2', '"pets" is not a path'],
  ['petstore/prod GET /pets/=1/2', 'it ends with /'],
  ['petstore/prod GET /pets=1', '"1" is not RATE/BURST'],
  ['petstore/prod GET /pets=0/1', '"0/1" is not RATE/BURST'],
  ['petstore/prod GET /pets=1/1.5', '"1/1.5" is not RATE/BURST'],
  ['petstore/prod GET /pets=1/2/3', '"1/2/3" is not RATE/BURST'],
  ['petstore/prod GET /pets=', '"" is not RATE/BURST'],
])('"%s" is not a limit: %s', (text, message) => {
  expect(() => parseMethodLimit(text)).toThrow(expect.objectContaining({kind: 'usage'}))
  expect(() => parseMethodLimit(text)).toThrow(message)
})

test('what the service keeps is shown as it is typed, with however many slashes it was written', () => {
  expect(['/pets/{id}/GET', 'pets/GET', '//pets/GET', '//GET', '/*/*'].map(methodName)).toEqual([
    'GET /pets/{id}',
    'GET /pets',
    'GET /pets',
    'GET /',
    '* /*',
  ])
  expect(methodLimitText('//GET', {rateLimit: 0.5, burstLimit: 2})).toBe('GET /=0.5/2')
})

/** Looks limits up on a stage that serves some methods, as in `GET /pets`. */
function onStage(served: readonly string[], ...texts: string[]) {
  const routes = served.map(name => {
    const [method = '', path = ''] = name.split(' ')
    return {method, path, apiKeyRequired: true}
  })
  const stages = new Map([['petstore/prod', {apiId: 'api', apiName: 'petstore', stage: 'prod', deploymentId: 'd1'}]])
  return limitsByStage(
    {resources: async function* () {}, deployed: async () => routes},
    stages,
    texts.map(parseMethodLimit),
  )
}

test('limits are gathered by stage; of two for one method the last holds', async () => {
  const texts = ['petstore/prod GET /pets=1/2', 'petstore/prod POST /pets=3/4', 'petstore/prod GET /pets=5/6']
  expect(await onStage(['GET /pets', 'POST /pets'], ...texts)).toEqual([
    {
      apiId: 'api',
      stage: 'prod',
      throttle: {'/pets/GET': {rateLimit: 5, burstLimit: 6}, '/pets/POST': {rateLimit: 3, burstLimit: 4}},
    },
  ])
})

test.each([
  ['GET /petz', ['GET /pets', 'GET /orders'], 'Near it: GET /pets'],
  ['GET /pets/{petId}', ['GET /pets', 'GET /pets/{id}'], 'Near it: GET /pets/{id}'],
  ['POST /pets', ['GET /pets', 'PUT /pets', 'GET /orders'], 'Near it: GET /pets, PUT /pets'],
  ['GET /accounts', ['GET /pets', 'GET /orders'], 'It serves: GET /orders, GET /pets'],
])('a stage that does not serve %s: the error names what may have been meant', async (name, served, hint) => {
  await expect(onStage(served, `petstore/prod ${name}=1/2`)).rejects.toMatchObject({
    kind: 'missing',
    message: `petstore/prod does not serve "${name}".`,
    hint: expect.stringContaining(hint),
  })
})

test('a verb of a path that serves ANY may have a limit; so may any where the server does not tell what it serves', async () => {
  await expect(onStage(['ANY /pets'], 'petstore/prod PUT /pets=1/2')).resolves.toHaveLength(1)
  await expect(onStage([], 'petstore/prod PUT /pets=1/2')).resolves.toHaveLength(1)
})
