import * as Flags from '@oclif/core/flags'
import {openApis} from '../aws/apis.js'
import {openDeployments} from '../aws/deployments.js'
import {openLocation} from '../aws/location.js'
import {openPlans} from '../aws/plans.js'
import {openRoutes} from '../aws/routes.js'
import {openStages} from '../aws/stages.js'
import {ApigwCommand} from '../cli/command.js'
import {apiFlag, dryRunFlag, pairsFlag, recordOf, stageFlag, yesFlag} from '../cli/flags.js'
import {resolveApi} from '../domain/apis.js'
import {planDeployment} from '../domain/deployments.js'
import {checkVariables, stageToDeploy} from '../domain/stages.js'
import {caveatsOf} from '../domain/urls.js'
import {deployedRemarks, deployedView} from '../views/deployments.js'

export default class Deploy extends ApigwCommand {
  static override summary = 'Put an API as it is edited now on a stage, which is made if it is new'
  static override examples = [
    '<%= config.bin %> deploy --api petstore --stage prod',
    '<%= config.bin %> deploy --stage dev --var table=pets-dev --description "price list" --wait',
    '<%= config.bin %> deploy --stage prod --dry-run',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    description: Flags.string({char: 'd', description: 'what the deployment is about', helpValue: 'TEXT'}),
    var: pairsFlag({description: 'set a stage variable; the others are kept'}),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Deploy)
    const variables = checkVariables(recordOf(flags.var))
    const {apis, ...ports} = await this.#open()
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await stageToDeploy(() => ports.stages.list(api.id), this.context.stage, this.prompt)
    const plan = await planDeployment(ports, {api, stage, description: flags.description, variables})
    if (this.context.protectedStages.includes(stage) && !flags['dry-run']) {
      const message = `${stage} is a protected stage.`
      await this.prompt.confirmName({message, name: stage, given: flags.yes ? stage : undefined, flag: '--yes'})
    }
    const deployed = await this.carryOut(plan, flags)
    if (!deployed) return
    await this.show(deployed, deployedView)
    for (const remark of [...deployedRemarks(deployed), ...caveatsOf(api)]) this.note(remark)
  }

  async #open() {
    const {session} = this
    const [apis, deployments, routes, stages, plans, location] = await Promise.all([
      openApis(session),
      openDeployments(session),
      openRoutes(session),
      openStages(session),
      openPlans(session),
      openLocation(session),
    ])
    return {apis, deployments, routes, stages, plans, location, session}
  }
}
