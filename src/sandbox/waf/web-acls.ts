import {randomUUID} from 'node:crypto'
import type {Stage} from '@aws-sdk/client-api-gateway'
import type {
  AssociateWebACLRequest,
  CreateWebACLRequest,
  DisassociateWebACLRequest,
  GetWebACLForResourceRequest,
  ListWebACLsRequest,
  WebACL,
} from '@aws-sdk/client-wafv2'
import * as client from '@aws-sdk/client-wafv2'
import {ServiceError, validation} from '../errors.js'
import {operationsOf} from '../protocol/operations.js'
import {withRequiredMembers} from '../protocol/required.js'
import type {Call, Handlers, Service} from '../service.js'
import {entryOf, type RegionState} from '../store.js'

const operations = operationsOf(client)

/**
 * AWS WAF, as far as stages of REST APIs have to do with it. Web ACLs let through or block everything, by their default
 * action: rules are not evaluated, and an ACL that has some is not taken.
 */
const handlers: Handlers = {
  CreateWebACL(input: CreateWebACLRequest, {state, region, accountId}: Call) {
    const {Name = '', Scope, DefaultAction, VisibilityConfig, Description} = input
    if (input.Rules?.length || DefaultAction?.Block?.CustomResponse) {
      throw new ServiceError(
        'NotImplemented',
        501,
        'The sandbox does not evaluate rules or custom responses of web ACLs.',
      )
    }
    // Source: CreateWebACL, which needs the Region us-east-1 for CloudFront; the wording of the refusal is an assumption.
    if (Scope === 'CLOUDFRONT' && region !== 'us-east-1') throw invalid('The scope is not valid.', 'SCOPE_VALUE', Scope)
    if (!/^[\w-]{1,128}$/.test(Name)) throw invalid('The name is not valid.', 'ENTITY', Name)
    if (Object.values(state.webAcls).some(acl => acl.Name === Name && scopeOf(acl) === Scope)) {
      throw refusal(
        'WAFDuplicateItemException',
        'AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.',
      )
    }
    const Id = randomUUID()
    const kind = Scope === 'CLOUDFRONT' ? 'global' : 'regional'
    const ARN = `arn:aws:wafv2:${region}:${accountId}:${kind}/webacl/${Name}/${Id}`
    const acl: WebACL = {Name, Id, ARN, DefaultAction, Description, VisibilityConfig, Rules: [], Capacity: 0}
    state.webAcls[Id] = acl
    return {Summary: summaryOf(acl)}
  },

  ListWebACLs: ({Scope}: ListWebACLsRequest, {state}) => ({
    WebACLs: Object.values(state.webAcls)
      .filter(acl => scopeOf(acl) === Scope)
      .map(summaryOf),
  }),

  /** A stage has one web ACL at most: that another takes its place is assumed. */
  AssociateWebACL({WebACLArn = '', ResourceArn = ''}: AssociateWebACLRequest, call) {
    const stage = stageOf(call, ResourceArn)
    const [, region, kind, id = ''] = WEB_ACL.exec(WebACLArn) ?? []
    // The field is that of the resource also where the ARN of the web ACL is the wrong one (hashicorp/terraform-provider-aws#28753).
    if (kind !== 'regional' || region !== call.region) throw invalidArn(WebACLArn)
    if (!entryOf(call.state.webAcls, id)) throw noSuchItem()
    stage.webAclArn = WebACLArn
    return {}
  },

  DisassociateWebACL({ResourceArn = ''}: DisassociateWebACLRequest, call) {
    stageOf(call, ResourceArn).webAclArn = undefined
    return {}
  },

  GetWebACLForResource({ResourceArn = ''}: GetWebACLForResourceRequest, call) {
    return {WebACL: webAclOf(call.state, stageOf(call, ResourceArn))}
  },
}

export const wafv2: Service = {
  operations,
  handlers: withRequiredMembers(operations, handlers, paths =>
    validation(...paths.map(path => `Value null at '${path}' failed to satisfy constraint: Member must not be null`)),
  ),
}

/** Whether a stage's web ACL turns every request away. */
export const isBlocked = (state: RegionState, stage: Stage) =>
  webAclOf(state, stage)?.DefaultAction?.Block !== undefined

function webAclOf({webAcls}: RegionState, {webAclArn}: Stage): WebACL | undefined {
  return Object.values(webAcls).find(({ARN}) => webAclArn !== undefined && ARN === webAclArn)
}

const WEB_ACL = /^arn:aws[\w-]*:wafv2:([\w-]+):\d{12}:(regional|global)\/webacl\/[^/]+\/([^/]+)$/
const STAGE = /^arn:aws[\w-]*:apigateway:([\w-]+)::\/restapis\/([^/]+)\/stages\/([^/]+)$/

/** Source of the form: AssociateWebACL, "For an Amazon API Gateway REST API". @throws ServiceError */
function stageOf({region, state}: Call, arn: string): Stage {
  const [, arnRegion, apiId = '', name = ''] = STAGE.exec(arn) ?? []
  if (arnRegion !== region) throw invalidArn(arn)
  const stage = entryOf(entryOf(state.restApis, apiId)?.stages ?? {}, name)
  if (!stage) throw noSuchItem()
  return stage
}

const scopeOf = ({ARN = ''}: WebACL) => (ARN.includes(':global/') ? 'CLOUDFRONT' : 'REGIONAL')

const summaryOf = ({Name, Id, ARN, Description}: WebACL) => ({Name, Id, ARN, Description, LockToken: Id})

/** The form of the message and its members as reported (hashicorp/terraform-provider-aws#28753). */
function invalid(Reason: string, Field: string, Parameter: string): ServiceError {
  const message = `Error reason: ${Reason}, field: ${Field}, parameter: ${Parameter}`
  return new ServiceError('WAFInvalidParameterException', 400, message, {}, {Field, Parameter, Reason})
}

const invalidArn = (arn: string) =>
  invalid(
    "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.",
    'RESOURCE_ARN',
    arn,
  )

/** The wording as reported (aws-samples/serverless-patterns#2173). */
const noSuchItem = () =>
  refusal('WAFNonexistentItemException', 'AWS WAF couldn’t perform the operation because your resource doesn’t exist.')

/** Most errors of WAF have their message in a member with a capital letter. */
const refusal = (code: string, message: string) => new ServiceError(code, 400, message, {}, {Message: message})
