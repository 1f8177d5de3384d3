import * as Flags from '@oclif/core/flags'
import {openApis} from '../aws/apis.js'
import {openDeployPorts} from '../aws/deployments.js'
import {openCaller} from '../aws/serving.js'
import {ApigwCommand} from '../cli/command.js'
import {apiFlag, dryRunFlag, pairsFlag, recordOf, stageFlag, yesFlag} from '../cli/flags.js'
import {resolveApi} from '../domain/apis.js'
import {planDeployment} from '../domain/deployments/deploy.js'
import {awaitServing} from '../domain/serving.js'
import {checkVariables, stageToDeploy} from '../domain/stages.js'
import {caveatsOf} from '../domain/urls.js'
import {deployedRemarks, deployedView} from '../views/deployments.js'

export default class Deploy extends ApigwCommand {
  static override summary = 'Put an API as it is edited now on a stage, which is made if it is new'
  static override description =
    'A stage that exists keeps its settings, variables, tags and usage plans; it serves the old snapshot or the new one, ' +
    'never a mixture. Stages in protectedStages of the project file want --yes or their name typed. Without --api and ' +
    '--stage, on a terminal, it asks.'
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
    wait: Flags.boolean({description: 'wait until the stage answers, as long as --max-wait says'}),
    probe: Flags.string({
      description: 'GET this while waiting, instead of a path that the API does not have',
      helpValue: 'PATH',
      dependsOn: ['wait'],
    }),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Deploy)
    const {description, wait, probe: path} = flags
    const variables = checkVariables(recordOf(flags.var))
    const [apis, ports] = await Promise.all([openApis(this.session), openDeployPorts(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await stageToDeploy(() => ports.stages.list(api.id), this.context.stage, this.prompt)
    const asked = [...(this.context.api ? [] : ['--api', api.name]), ...(this.context.stage ? [] : ['--stage', stage])]
    if (asked.length > 0) this.noteEquivalent(asked)
    const plan = await planDeployment(ports, {api, stage, description, variables})
    await this.guard(stage, flags)
    const deployed = await this.carryOut(plan, flags)
    if (!deployed) return
    await this.show(deployed, deployedView)
    for (const remark of [...deployedRemarks(deployed), ...caveatsOf(api)]) this.note(remark)
    if (wait) await awaitServing(openCaller(this.session), {api, routes: plan.routes, deployed, path}, this.session)
  }
}
