import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {sandboxForTest} from '../../support/sandbox.js'

const read = (file: string) => readFileSync(join(import.meta.dirname, 'definitions', file), 'utf8')

/** By the name of their file, as plain data. */
const DEFINITIONS: Readonly<Record<string, object>> = {
  'orders.oas30.yaml': parse(read('orders.oas30.yaml')) as object,
  'books.swagger.json': JSON.parse(read('books.swagger.json')) as object,
}

/** What no member of a definition can be, among it names that every plain object has. */
const JUNK: readonly unknown[] = [null, {constructor: {constructor: {}}}]

type Path = readonly string[]

/** Where an object or a list is. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))]
}

function damaged(definition: object, [...path]: Path, junk: unknown): object {
  const copy = structuredClone(definition)
  const last = path.pop()!
  let holder = copy as Record<string, unknown>
  for (const key of path) holder = holder[key] as Record<string, unknown>
  holder[last] = junk
  return copy
}

test.each(Object.keys(DEFINITIONS))(
  'whatever is wrong with %s, the service does not break',
  async file => {
    const {apigateway} = await sandboxForTest()
    const broken: object[] = []
    for (const path of placesIn(DEFINITIONS[file]).slice(1)) {
      for (const junk of JUNK) {
        const failure = await tryWith(apigateway, damaged(DEFINITIONS[file]!, path, junk)).catch(
          (error: Error) => error,
        )
        const {httpStatusCode} = (failure as {$metadata?: {httpStatusCode?: number}} | undefined)?.$metadata ?? {}
        if (failure && httpStatusCode !== 400) broken.push({path, junk, failure})
      }
    }
    expect(broken).toEqual([])
  },
  60_000,
)

/** Imports a definition, deploys it where it can be, and exports it. */
async function tryWith(client: APIGateway, definition: object): Promise<void> {
  const {id: restApiId} = await client.importRestApi({body: Buffer.from(JSON.stringify(definition))})
  try {
    await client.createDeployment({restApiId, stageName: 'test'})
    const parameters = {extensions: 'apigateway'}
    await client.getExport({restApiId, stageName: 'test', exportType: 'oas30', parameters})
  } finally {
    await client.deleteRestApi({restApiId})
  }
}
