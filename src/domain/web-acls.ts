import {Problem} from './problem.js'

/** The web ACLs of AWS WAF, as far as stages have one. A stage has one at most. */
export interface WebAclStore {
  /** Puts a web ACL in front of a stage, in place of the one that is there. */
  associate(apiId: string, stage: string, webAclArn: string): Promise<void>
  /** Takes the web ACL away from a stage. */
  disassociate(apiId: string, stage: string): Promise<void>
}

/** `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/name/id`; those for CloudFront say `global`. */
const WEB_ACL = /^arn:[\w-]+:wafv2:([\w-]+):\d{12}:(regional|global)\/webacl\/[^/]+\/[^/]+$/

/** Whether a stage can get this web ACL. Those of WAF Classic, which has ended, are of another form. */
export const isRegionalWebAcl = (arn: string) => WEB_ACL.exec(arn)?.[2] === 'regional'

/**
 * An ARN that a stage in the Region can have in front of it.
 * @throws Problem usage for anything else, a web ACL for CloudFront and one of another Region included
 */
export function checkWebAclArn(arn: string, region: string): string {
  const [, itsRegion, scope] = WEB_ACL.exec(arn) ?? []
  if (scope === undefined) {
    const hint = `It is like arn:aws:wafv2:${region}:ACCOUNT:regional/webacl/NAME/ID; see: aws wafv2 list-web-acls --scope REGIONAL`
    throw new Problem('usage', `"${arn}" is not the ARN of a web ACL.`, hint)
  }
  if (scope === 'global') {
    const hint = 'See those for stages: aws wafv2 list-web-acls --scope REGIONAL'
    throw new Problem('usage', 'This web ACL is for CloudFront; a stage takes a regional one.', hint)
  }
  if (itsRegion === region) return arn
  throw new Problem(
    'usage',
    `This web ACL is in ${itsRegion}, the stage in ${region}: they must be in the same Region.`,
  )
}
