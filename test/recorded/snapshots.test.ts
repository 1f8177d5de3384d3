import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {type DefinitionOptions, snapshotOfDefinition} from '../../src/domain/snapshots/defined.js'
import {compare} from '../../src/domain/snapshots/difference.js'
import {snapshotOfEdited} from '../../src/domain/snapshots/edited.js'
import type {Snapshot} from '../../src/domain/snapshots/snapshot.js'
import type {EditedApi, EditedMethod} from '../../src/domain/snapshots/source.js'
import {Comparison} from './comparison.js'
import {type Case, type OperationStep, readCases} from './recording.js'

// What the service answered after an import is what the normal form of the imported file is held against, and what it
// exported is held against the file that it was made from. Neither side has been through the sandbox.

const cases = [...(readCases()?.values() ?? [])].flat()
const ACCOUNT = '000000000000'

/** An import, and the answers to the questions that were asked about what it made. */
interface Imported {
  name: string
  body: string
  options: DefinitionOptions
  answers: {operation: string; params: Record<string, unknown>; answer: Tree}[]
}

type Tree = Record<string, unknown>

const imports = cases.flatMap(importsOf)

describe.skipIf(cases.length === 0)('the normal form of a file is that of the API which the service made of it', () => {
  const told = imports.filter(({answers}) => answers.some(({operation}) => operation === 'GetMethod'))

  test('recordings tell of methods after an import', () => {
    expect(told.length).toBeGreaterThanOrEqual(9)
  })

  test.each(told)('$name', ({body, options, answers}) => {
    const recorded = readable(snapshotOfEdited(editedApi(answers)))
    const file = readable(snapshotOfDefinition(parse(body, {logLevel: 'silent'}), options))
    const isAsked = (operation: string) => answers.some(answer => answer.operation === operation)
    const parts = [
      'routes',
      ...(isAsked('GetAuthorizers') ? ['authorizers'] : []),
      ...(isAsked('GetModels') ? ['models'] : []),
    ] as (keyof Snapshot)[]
    for (const part of parts) {
      expect(new Comparison(ACCOUNT).match(recorded[part], file[part], new Map())).not.toHaveProperty('difference')
    }
  })
})

describe.skipIf(cases.length === 0)(
  'the normal form of an export is that of the file which the service had read',
  () => {
    const exported = imports.filter(({answers}) => answers.some(({operation}) => operation === 'GetExport'))

    test('a recording has an export with extensions', () => {
      expect(exported.length).toBeGreaterThanOrEqual(1)
    })

    test.each(exported)('$name', ({body, options, answers}) => {
      const exports = answers.filter(({operation, params}) => operation === 'GetExport' && params.parameters)
      for (const {answer} of exports) {
        const file = snapshotOfDefinition(JSON.parse(body.replaceAll('us-east-1', '<region>')), options)
        const stage = snapshotOfDefinition(answer.body)
        const [before, after] = [file, stage].map((snapshot, i) => ({
          side: {kind: 'file', name: `${i}`} as const,
          snapshot,
        }))
        expect(Object.keys(stage.routes)).toHaveLength(6)
        expect(compare({id: 'a', name: 'a'}, before!, after!).items).toEqual([])
        expect(stage).toEqual(file)
      }
    })
  },
)

function importsOf({test: name, steps}: Case): Imported[] {
  const operations = steps.filter(step => 'operation' in step) as OperationStep[]
  const starts = operations.filter(({operation}) => /^(Import|Put)RestApi$/.test(operation))
  return starts.map((start, i) => {
    const from = operations.indexOf(start)
    const to = operations.findIndex((step, at) => at > from && /RestApi$/.test(step.operation))
    const answers = operations.slice(from, to < 0 ? undefined : to).flatMap(({operation, params, expect: told}) => {
      const answer = told?.find(({how}) => how === 'object')?.aws as Tree | undefined
      return answer && answer.Error === undefined ? [{operation, params, answer}] : []
    })
    const {basepath} = (start.params.parameters ?? {}) as Record<string, string>
    return {
      name: `${name} ${i + 1}`,
      body: String(start.params.body).replaceAll('${account}', ACCOUNT),
      options: {basePath: basepath as DefinitionOptions['basePath']},
      answers,
    }
  })
}

/** The recordings have no list of resources with methods embedded, but the resources and each method by itself. */
function editedApi(answers: Imported['answers']): EditedApi {
  const items = (operation: string) =>
    answers.filter(each => each.operation === operation).flatMap(({answer}) => (answer.items ?? []) as Tree[])
  const methods = answers.filter(({operation}) => operation === 'GetMethod').map(({answer}) => answer)
  return {
    api: {},
    resources: items('GetResources').flatMap(({id, path, resourceMethods}) => {
      const own = Object.keys((resourceMethods ?? {}) as Tree).map(name => {
        const method = methods.find(each => each.httpMethod === name && namespaceOf(each) === id)
        expect(method, `${name} ${path}`).toBeDefined()
        return [name, methodOf(method!)]
      })
      return [{id: String(id), path: String(path), methods: Object.fromEntries(own)}]
    }),
    authorizers: items('GetAuthorizers').map(authorizer => ({
      ...{id: String(authorizer.id), name: String(authorizer.name), type: String(authorizer.type)},
      uri: authorizer.authorizerUri as string | undefined,
      credentials: authorizer.authorizerCredentials as string | undefined,
      identitySource: authorizer.identitySource as string | undefined,
      identityValidationExpression: authorizer.identityValidationExpression as string | undefined,
      ttl: authorizer.authorizerResultTtlInSeconds as number | undefined,
    })),
    models: items('GetModels').map(({name, contentType, schema}) => ({
      ...{name: String(name), contentType: String(contentType)},
      schema: JSON.stringify(schema).replaceAll('<model-base-url>', 'https://apigateway.amazonaws.com'),
    })),
    validators: [],
    gatewayResponses: [],
  }
}

const namespaceOf = (method: Tree) => (method.methodIntegration as Tree).cacheNamespace

const methodOf = ({methodIntegration, ...method}: Tree) =>
  ({...method, integration: methodIntegration}) as unknown as EditedMethod

/** Templates that are JSON were recorded as what they say. */
function readable(snapshot: Snapshot): Snapshot {
  return JSON.parse(JSON.stringify(snapshot), (key, value) => {
    if (!/[tT]emplates$/.test(key)) return value
    return Object.fromEntries(Object.entries(value).map(([type, text]) => [type, parsed(text)]))
  })
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return text
  }
}
