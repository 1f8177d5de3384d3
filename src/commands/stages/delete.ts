import {openApis} from '../../aws/apis.js'
import {openPlans} from '../../aws/plans.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, confirmFlag, dryRunFlag, stageArg, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {planStageDeletion} from '../../domain/stage-changes.js'
import {resolveStage} from '../../domain/stages.js'
import {deletionWarning, stageView} from '../../views/stages.js'

export default class StagesDelete extends ApigwCommand {
  static override summary = 'Delete a stage and its settings, and take it off its usage plans'
  static override description =
    'What it served stays as a deployment: apigw stages create --deployment ID serves it again.'
  static override examples = [
    '<%= config.bin %> stages delete beta --api petstore',
    '<%= config.bin %> stages delete beta --confirm beta',
  ]
  static override args = {...stageArg}
  static override flags = {...apiFlag, ...stageFlag, ...confirmFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(StagesDelete)
    const {session} = this
    const [apis, stages, plans] = await Promise.all([openApis(session), openStages(session), openPlans(session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await stages.list(api.id), this.context.stage, this.choose, api)
    const plan = await planStageDeletion({stages, plans}, api, stage)
    if (!flags['dry-run']) {
      const message = deletionWarning(api.name, stage.name, plan.usagePlans)
      await this.prompt.confirmName({message, name: stage.name, given: flags.confirm})
    }
    const deleted = await this.carryOut(plan, flags)
    if (!deleted) return
    await this.show(deleted, stageView)
    this.note(`The stage ${deleted.name} of ${api.name} was deleted. It served ${deleted.deploymentId}.`)
  }
}
