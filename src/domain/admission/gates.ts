import type {Route} from '../routes.js'
import type {ApiSettings} from '../snapshots/snapshot.js'
import type {Place} from './place.js'
import {type Looked, listed, nameOfRoute} from './served.js'
import {GATES, note, type Step} from './step.js'

/** What else a request has to pass, which a key does not help with; nothing where there is no such thing. */
export function gateSteps({api, stage}: Place, settings: ApiSettings, looked: readonly Looked[]): Step[] {
  const routes = looked.flatMap(each => each.routes)
  const gates = [
    ...(api.endpointType === 'PRIVATE' ? ['a private API is reached from VPCs only'] : []),
    ...(settings.policy !== undefined || api.policy ? ['the resource policy of the API'] : []),
    ...(stage.webAclArn === undefined ? [] : [`the web ACL ${stage.webAclArn}`]),
    ...guarded(routes, 'AWS_IAM', 'a signature of IAM'),
    ...guarded(routes, 'CUSTOM', 'a Lambda authorizer'),
    ...guarded(routes, 'COGNITO_USER_POOLS', 'a token of a Cognito user pool'),
  ]
  if (gates.length === 0) return []
  return [note(GATES, `A key does not open these, and they are not judged here: ${gates.join('; ')}.`)]
}

function guarded(routes: readonly Route[], kind: string, what: string): string[] {
  const names = [...new Set(routes.filter(({authorization}) => authorization === kind).map(nameOfRoute))]
  return names.length === 0 ? [] : [`${what} for ${listed(names)}`]
}
