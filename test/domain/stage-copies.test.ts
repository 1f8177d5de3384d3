import {expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import {Problem} from '../../src/domain/problem.js'
import {type CopyPorts, type CopyRequest, planStageCopy} from '../../src/domain/stage-copies.js'
import type {MethodSettings, Stage, StageChanges, StageRequest} from '../../src/domain/stages.js'
import {FakeClock} from '../support/session.js'

const api = {id: 'a1b2c3d4e5', name: 'petstore'} as RestApi
const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/mine/0a1b'
const GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group:access'

const all: MethodSettings = {
  method: '*',
  key: '*/*',
  loggingLevel: 'INFO',
  dataTrace: true,
  metrics: true,
  throttleRate: 100.5,
  throttleBurst: 200,
  caching: true,
  cacheTtl: 60,
  cacheEncrypted: true,
  cacheControlAuthorized: true,
  unauthorizedCacheControl: 'FAIL_WITH_403',
}

const pets: MethodSettings = {
  ...all,
  method: 'GET /pets',
  key: 'pets/GET',
  loggingLevel: undefined,
  caching: false,
  cacheControlAuthorized: false,
}

const prod: Stage = {
  name: 'prod',
  deploymentId: 'd1',
  description: 'live',
  variables: {table: 'pets', url: 'a'},
  methodSettings: [all, pets],
  cacheSize: '1.6',
  cacheStatus: 'AVAILABLE',
  tracing: true,
  clientCertificateId: 'cert',
  documentationVersion: '1.0',
  accessLog: {destinationArn: GROUP, format: '$context.requestId'},
  canary: {deploymentId: 'd2', percentTraffic: 10, variables: {}, useStageCache: false},
  webAclArn: WEB_ACL,
  tags: {team: 'pets', 'aws:cloudformation:stack-name': 'shop'},
}

async function* each<T>(...items: T[]) {
  yield* items
}

const onGold = {
  id: 'p1',
  name: 'gold',
  apiStages: [{apiId: api.id, stage: 'prod', throttle: {'/pets/GET': {rateLimit: 1, burstLimit: 2}}}],
  tags: {},
}

/**
 * A service that keeps stages as API Gateway does, as far as copies need it.
 * @param failing the call that fails
 */
function service(stages: Stage[], failing?: string) {
  const sent: [string, ...unknown[]][] = []
  const kept = new Map(stages.map(stage => [stage.name, stage]))
  const change = (call: string, details: unknown[], make: () => void) => {
    if (call === failing) throw new Problem('failed', `${call} failed.`)
    sent.push([call, ...details])
    make()
  }
  const at = (name: string) => kept.get(name) as Stage
  const put = (name: string, stage: Partial<Stage>) => void kept.set(name, {...at(name), ...stage})
  const ports: CopyPorts = {
    stages: {
      list: async () => [...kept.values()],
      get: async (_, name) => at(name),
      create: async (_, request: StageRequest) => {
        const {deploymentId, ...details} = request
        change('create', [request], () => kept.set(request.name, {...details, deploymentId, methodSettings: []}))
        return at(request.name)
      },
      update: async (_, name, changes: StageChanges) => {
        change('update', [changes], () => put(name, updated(at(name), changes)))
        return at(name)
      },
      tag: async (_, name, tags) => change('tag', [tags], () => put(name, {tags: {...at(name).tags, ...tags}})),
      untag: async (_, name, keys) =>
        change('untag', [keys], () => {
          const tags = Object.entries(at(name).tags).filter(([key]) => !keys.includes(key))
          put(name, {tags: Object.fromEntries(tags)})
        }),
    },
    deployments: {list: () => each({id: 'd1'}, {id: 'd3'})},
    plans: {
      list: () => each(onGold, {...onGold, id: 'p2', name: 'other', apiStages: []}),
      update: async (id, plan) => {
        change('plan', [id, plan], () => {})
        return onGold
      },
    },
    webAcls: {
      associate: async (_, name, webAclArn) => change('associate', [webAclArn], () => put(name, {webAclArn})),
      disassociate: async (_, name) => change('disassociate', [], () => put(name, {webAclArn: undefined})),
    },
    session: {clock: new FakeClock(), signal: new AbortController().signal, notice: () => {}},
  }
  return {ports, sent, stage: at, mend: () => service([...kept.values()])}
}

function updated(stage: Stage, changes: StageChanges): Partial<Stage> {
  const methods = new Map(stage.methodSettings.map(settings => [settings.method, settings]))
  for (const {inherit, ...settings} of changes.methodSettings ?? []) {
    if (inherit) methods.delete(settings.method)
    else methods.set(settings.method, {...(methods.get(settings.method) as MethodSettings), ...settings})
  }
  const kept = Object.entries(stage.variables).filter(([name]) => !changes.unsetVariables?.includes(name))
  return {
    deploymentId: changes.deploymentId ?? stage.deploymentId,
    description: changes.description ?? stage.description,
    variables: {...Object.fromEntries(kept), ...changes.variables},
    tracing: changes.tracing ?? stage.tracing,
    clientCertificateId: changes.clientCertificateId ?? stage.clientCertificateId,
    documentationVersion: changes.documentationVersion ?? stage.documentationVersion,
    cacheSize: changes.cacheSize === 'off' ? undefined : (changes.cacheSize ?? stage.cacheSize),
    accessLog: changes.accessLog === 'off' ? undefined : (changes.accessLog ?? stage.accessLog),
    methodSettings: [...methods.values()],
  }
}

const COPY: CopyRequest = {
  from: 'prod',
  to: 'staging',
  variables: {},
  withPlans: false,
  webAcl: true,
  overwrite: false,
}

/** Everything that is copied, in the words of a stage. */
const copied = {
  deploymentId: 'd1',
  description: 'live',
  variables: {table: 'pets', url: 'a'},
  cacheSize: '1.6',
  tracing: true,
  clientCertificateId: 'cert',
  documentationVersion: '1.0',
  accessLog: {destinationArn: GROUP, format: '$context.requestId'},
  webAclArn: WEB_ACL,
  tags: {team: 'pets'},
}

test('a new stage gets everything: CreateStage what it takes, one UpdateStage the rest, WAF the web ACL', async () => {
  const {ports, sent, stage} = service([prod])
  const plan = await planStageCopy(ports, api, COPY)
  expect(sent).toEqual([])
  await plan.apply()
  expect(sent.map(([call]) => call)).toEqual(['create', 'update', 'associate'])
  expect(stage('staging')).toMatchObject(copied)
  expect(stage('staging').canary).toBeUndefined()
  const [{key: _, ...ofAll}, {key: __, ...ofPets}] = [all, pets]
  // No key: the one that is documented; and "off" is said, else the level of all methods would be taken over.
  expect(stage('staging').methodSettings).toEqual([ofAll, {...ofPets, loggingLevel: 'OFF'}])
})

test('what is shared, and what is not copied, is said', async () => {
  const {remarks} = await planStageCopy(service([prod]).ports, api, COPY)
  expect(remarks).toEqual([
    `The access logs of staging go where those of prod go: ${GROUP}`,
    'The cache of staging is its own: 1.6 GB, billed by the hour, and empty.',
    'The canary of prod is not copied.',
    'Tags that AWS has set are not copied: aws:cloudformation:stack-name',
    'prod is on the usage plan gold, staging is not: its keys do not open staging (--with-plans)',
  ])
})

test('with usage plans the copy is put on those that it is not on yet, with what they say of single methods', async () => {
  const {ports, sent} = service([prod])
  const plan = await planStageCopy(ports, api, {...COPY, withPlans: true})
  expect(plan.changes.at(-1)).toEqual({action: 'attach', kind: 'stage', name: 'staging', detail: 'to usage plan gold'})
  expect(plan.remarks.join()).not.toContain('gold')
  await plan.apply()
  const throttle = {'/pets/GET': {rateLimit: 1, burstLimit: 2}}
  expect(sent.at(-1)).toEqual(['plan', 'p1', {addStages: [{apiId: api.id, stage: 'staging', throttle}]}])
})

test('variables and the deployment can be others, the web ACL can be left out', async () => {
  const {ports, sent, stage} = service([prod])
  const request = {...COPY, variables: {table: 'test'}, deployment: 'latest', webAcl: false}
  const plan = await planStageCopy(ports, api, request)
  await plan.apply()
  expect(stage('staging')).toMatchObject({deploymentId: 'd3', variables: {table: 'test', url: 'a'}})
  expect(sent.map(([call]) => call)).toEqual(['create', 'update'])
  expect(plan.remarks).toContain(`The web ACL of prod is not in front of staging: ${WEB_ACL}`)
})

test('a web ACL of WAF Classic is not copied, which is said', async () => {
  const classic = 'arn:aws:waf-regional:us-east-1:123456789012:webacl/0a1b'
  const {ports, sent} = service([{...prod, webAclArn: classic}])
  const plan = await planStageCopy(ports, api, COPY)
  await plan.apply()
  expect(sent.map(([call]) => call)).toEqual(['create', 'update'])
  expect(plan.remarks).toContain(`The web ACL of prod is one of WAF Classic and is not copied: ${classic}`)
})

const staging: Stage = {
  name: 'staging',
  deploymentId: 'd0',
  description: 'try',
  variables: {table: 'x', debug: '1'},
  methodSettings: [
    {...all, throttleRate: 5},
    {...pets, key: '~1pets/GET', loggingLevel: 'OFF'},
    {...pets, method: 'GET /old', key: 'old/GET'},
  ],
  tracing: true,
  canary: {deploymentId: 'd0', percentTraffic: 5, variables: {}, useStageCache: true},
  webAclArn: undefined,
  tags: {tier: 'test', 'aws:cloudformation:stack-name': 'lab'},
}

test('a stage that is there is left alone unless it is to be overwritten', async () => {
  const {ports} = service([prod, staging])
  await expect(planStageCopy(ports, api, COPY)).rejects.toMatchObject({
    kind: 'conflict',
    hint: expect.stringContaining('--overwrite'),
  })
})

test('overwriting changes what differs, in one UpdateStage, and keeps the canary and the tags of AWS', async () => {
  const {ports, sent, stage} = service([prod, staging])
  const plan = await planStageCopy(ports, api, {...COPY, overwrite: true})
  expect(plan.overwrites).toBe(true)
  expect(plan.changes.map(({detail}) => detail)).toEqual([
    'deployment: d0 → d1',
    'description: try → live',
    'cache: off → 1.6',
    'client certificate: none → cert',
    'documentation version: none → 1.0',
    'variable table: x → pets',
    'variable url: none → a',
    'variable debug: 1 → none',
    `access log: none → ${GROUP}`,
    'format of the access log: none → $context.requestId',
    'settings of GET /old: own → those of all methods',
    'rate of all methods: 5 → 100.5',
    'tag team: none → pets',
    'tag tier: test → none',
    `web ACL: none → ${WEB_ACL}`,
  ])
  await plan.apply()
  expect(sent.map(([call]) => call)).toEqual(['update', 'tag', 'untag', 'associate'])
  expect(sent[0]?.[1]).toMatchObject({
    methodSettings: [
      {method: 'GET /old', key: 'old/GET', inherit: true},
      {method: '*', key: '*/*', throttleRate: 100.5},
    ],
  })
  const {tags, ...settings} = copied
  expect(stage('staging')).toMatchObject({...settings, canary: staging.canary})
  expect(stage('staging').tags).toEqual({...tags, 'aws:cloudformation:stack-name': 'lab'})
})

test('what the other stage does not have is taken away', async () => {
  const plain: Stage = {name: 'prod', deploymentId: 'd1', variables: {}, methodSettings: [], tracing: false, tags: {}}
  const {ports, sent, stage} = service([plain, {...prod, name: 'staging', canary: undefined}])
  await (await planStageCopy(ports, api, {...COPY, overwrite: true})).apply()
  expect(sent.map(([call]) => call)).toEqual(['update', 'untag', 'disassociate'])
  const {variables, methodSettings, tracing, cacheSize, accessLog, webAclArn, description} = stage('staging')
  expect({variables, methodSettings, tracing, cacheSize, accessLog, webAclArn, description}).toEqual({
    variables: {},
    methodSettings: [],
    tracing: false,
    cacheSize: undefined,
    accessLog: undefined,
    webAclArn: undefined,
    description: '',
  })
})

test('a copy that is like the other stage already is no change', async () => {
  const {ports, sent} = service([prod, {...prod, name: 'staging'}])
  const plan = await planStageCopy(ports, api, {...COPY, overwrite: true})
  expect(plan).toMatchObject({changes: [], nothing: 'staging is like prod already.'})
  await plan.apply()
  expect(sent).toEqual([])
})

test.each([
  [
    'update',
    'created stage staging',
    'update settings of stage staging, attach web ACL to stage staging, attach usage plan gold',
  ],
  [
    'associate',
    'created stage staging, changed the settings of stage staging',
    'attach web ACL to stage staging, attach usage plan gold',
  ],
  [
    'plan',
    'created stage staging, changed the settings of stage staging, put the web ACL in front of staging',
    'attach usage plan gold',
  ],
])('when %s fails it says what was done, and the command that it names finishes', async (call, done, left) => {
  const broken = service([prod], call)
  const request = {...COPY, withPlans: true, variables: {table: 'a-b'}, deployment: 'latest'}
  const plan = await planStageCopy(broken.ports, api, request)
  await expect(plan.apply()).rejects.toMatchObject({
    kind: 'failed',
    message: `${call} failed.\nDone before that: ${done}. Not done: ${left}.`,
    hint: 'To finish: apigw stages copy prod staging --api petstore --overwrite --deployment d3 --var table=a-b --with-plans',
  })
  const mended = broken.mend()
  const rest = await planStageCopy(mended.ports, api, {...request, overwrite: true, deployment: 'd3'})
  await rest.apply()
  expect(mended.sent.map(([name]) => name)).toEqual(
    ['update', 'associate', 'plan'].slice(['update', 'associate', 'plan'].indexOf(call)),
  )
  expect(mended.stage('staging')).toMatchObject({...copied, deploymentId: 'd3', variables: {table: 'a-b', url: 'a'}})
})

test('a copy that is not like the other in the end is a failure that names what is otherwise', async () => {
  const {ports} = service([prod])
  const {get} = ports.stages
  ports.stages.get = async (id, name) => ({...(await get(id, name)), tracing: false})
  const plan = await planStageCopy(ports, api, COPY)
  await expect(plan.apply()).rejects.toMatchObject({
    kind: 'failed',
    message: 'staging was copied, but is not as it should be: tracing is false and should be true.',
    hint: expect.stringContaining('To finish: apigw stages copy prod staging --api petstore --overwrite'),
  })
})

test.each([
  [{to: 'prod'}, 'usage'],
  [{to: 'a b'}, 'usage'],
  [{from: 'beta'}, 'missing'],
  [{deployment: 'd9'}, 'missing'],
  [{variables: {'a-b': '1'}}, 'usage'],
])('%j is %s', async (change, kind) => {
  await expect(planStageCopy(service([prod]).ports, api, {...COPY, ...change})).rejects.toMatchObject({kind})
})
