import {type RestApi, refOf} from '../apis.js'

/** Said after an edit: what is edited is not served before it is deployed. */
export function notLive(api: Pick<RestApi, 'id' | 'name'>, stages: readonly {name: string}[]): string {
  const names = stages.map(stage => stage.name)
  const deploy = `apigw deploy --api ${refOf(api)} --stage ${names[0] ?? 'NAME'}`
  if (names.length === 0) return `Not live yet, ${api.name} has no stage: run \`${deploy}\``
  return `Not live yet on ${names.join(', ')}: run \`${deploy}\``
}
