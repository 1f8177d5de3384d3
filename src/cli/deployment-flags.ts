import * as Args from '@oclif/core/args'

/** One deployment. */
export const deploymentArg = {
  deployment: Args.string({description: 'deployment, by id, or latest', required: true}),
}

/** For commands on several deployments at once. */
export const deploymentsArg = {
  deployment: Args.string({description: 'deployments, by id; - reads them from stdin', required: true, multiple: true}),
}
