import {type RestApi, refOf} from '../apis.js'
import {Problem, type ProblemDetails} from '../problem.js'

/** Why the service would not deploy an API. */
export type Refusal = 'no methods' | 'no integration' | 'no resource policy'

/**
 * A refusal in plain words, with the command that mends it.
 * @param methods those without integration, as in `GET /pets`; empty where only the service knows
 */
export function refusal(
  why: Refusal,
  api: Pick<RestApi, 'id' | 'name'>,
  methods: readonly string[] = [],
  details: ProblemDetails = {},
): Problem {
  const ref = refOf(api)
  const cannot = `${api.name} cannot be deployed:`
  switch (why) {
    case 'no methods': {
      const hint = `Add one: apigw routes add GET /hello --api ${ref} --mock (or --http URL, --lambda FUNCTION)`
      return new Problem('failed', `${cannot} it has no methods yet.`, hint, details)
    }
    case 'no integration': {
      const [method = 'METHOD PATH'] = methods
      const which = methods.length === 0 ? 'one of its methods' : methods.join(', ')
      const has = methods.length > 1 ? 'have' : 'has'
      const hint =
        `Put something behind it: apigw routes add ${method} --api ${ref} --http URL (or --mock, --lambda FUNCTION); ` +
        `or take it away: apigw routes remove ${method} --api ${ref}`
      return new Problem('failed', `${cannot} ${which} ${has} no integration.`, hint, details)
    }
    case 'no resource policy': {
      const text = `${cannot} it is private and has no resource policy, so nobody would be allowed to call it.`
      return new Problem('failed', text, `Give it one: apigw apis update ${ref} --policy FILE`, details)
    }
  }
}
