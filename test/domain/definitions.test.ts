import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {readDefinition} from '../../src/domain/definitions.js'

const read = (text: string) => readDefinition(Buffer.from(text), 'api.yaml')

test.each([
  ['openapi: 3.0.1\ninfo: {title: pets}\npaths: {/pets: {get: {}, parameters: []}}', 'OpenAPI 3.0.1', 'pets', 1],
  ['swagger: 2.0\npaths: {}', 'Swagger 2.0', undefined, 0],
  [
    '{"swagger": "2.0", "info": {"title": "pets"}, "paths": {"/": {"x-amazon-apigateway-any-method": {}}}}',
    'Swagger 2.0',
    'pets',
    1,
  ],
  ['\ufeff{"openapi": "3.1.0"}', 'OpenAPI 3.1.0', undefined, 0],
  ['{openapi: "3.0.1", info: {title: pets}}', 'OpenAPI 3.0.1', 'pets', 0],
])('reads %s', async (text, version, title, methods) => {
  expect(await read(text)).toMatchObject({version, title, methods, name: 'api.yaml'})
})

test.each([
  ['{\n  "openapi": "3.0.1",\n  "info": }\n', 'is not JSON: line 3, column 11: Unexpected token'],
  ['{"openapi": "3.0.1",\n}', 'is not JSON: line 2, column 1: Expected double-quoted property name'],
  ['{"openapi": "3.0.1"', 'is not JSON: line 1, column 20:'],
  ['{"openapi": "3.0.1"\n "info": {}}', 'is not JSON: line 2, column 2:'],
  ['openapi: 3.0.1\npaths:\n  /pets: {\n', 'is not YAML: line 4, column 1:'],
  ['openapi: 3.0.1\ninfo: {}\ninfo: {}\n', 'is not YAML: line 3, column 1: Map keys must be unique'],
  ['openapi: 3.0.1\n\tinfo: x', 'is not YAML: line 2, column 1:'],
])('says where %j is broken', async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({kind: 'failed', message: expect.stringContaining(message)})
})

test.each([
  ['', 'is empty'],
  ['just words', 'is not an API definition: it is not a map'],
  ['[]', 'is not an API definition: it is not a map'],
  ['info: {title: pets}', 'it has neither "openapi" nor "swagger"'],
  ['openapi: 2.0', 'its version is 2'],
  ['swagger: "1.2"', 'its version is 1.2'],
])('refuses %j', async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({kind: 'failed', message: expect.stringContaining(message)})
})

test.each([
  ['openapi: 3.0.1\nx: {"Fn::Sub": a}', true],
  ['openapi: 3.0.1\nx: !Ref Thing', true],
  ['openapi: 3.0.1\ndescription: nothing of the kind', false],
])('knows a part of a CloudFormation template: %j', async (text, hasCloudFormation) => {
  expect(await read(text)).toMatchObject({hasCloudFormation})
})

test('refuses bytes that are not text', async () => {
  const bytes = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe])
  await expect(readDefinition(bytes, 'a.out')).rejects.toMatchObject({message: 'a.out is not text in UTF-8.'})
})

test('aliases that unfold without end are refused, not unfolded', async () => {
  const levels = Array.from({length: 12}, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
  const bomb = ['openapi: 3.0.1', 'a0: &a0 [x]', ...levels].join('\n')
  await expect(read(bomb)).rejects.toMatchObject({message: expect.stringContaining('alias')})
})

const SAMPLES = '../shared/data/openapi'
/** A list of models, without the version that both specifications demand. */
const NO_DEFINITION = 'aws-apigateway-importer/basic.json'

test.each(readdirSync(SAMPLES, {recursive: true, encoding: 'utf8'}).filter(path => /\.(json|ya?ml)$/.test(path)))(
  'finds a version in %s, if it has one',
  async path => {
    const definition = readDefinition(readFileSync(join(SAMPLES, path)), path)
    if (path === NO_DEFINITION) await expect(definition).rejects.toMatchObject({kind: 'failed'})
    else expect((await definition).version).toMatch(/^(OpenAPI 3\.|Swagger 2\.0)/)
  },
)
