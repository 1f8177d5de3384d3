import {openApis} from '../aws/apis.js'
import {openDeployPorts} from '../aws/deployments.js'
import {openCaller} from '../aws/serving.js'
import {deployFlags} from '../cli/deploy-flags.js'
import {apiFlag, dryRunFlag, recordOf, stageFlag, yesFlag} from '../cli/flags.js'
import {RepointingCommand} from '../cli/repointing-command.js'
import {resolveApi} from '../domain/apis.js'
import {planDeployment} from '../domain/deployments/deploy.js'
import {parseProbe, prepareWait} from '../domain/serving.js'
import {checkVariables, stageToDeploy} from '../domain/stages.js'
import {caveatsOf} from '../domain/urls.js'
import {deployedRemarks, deployedView, planRemarks} from '../views/deployments.js'

export default class Deploy extends RepointingCommand {
  static override summary = 'Put an API as it is edited now on a stage, which is made if it is new'
  static override description =
    'Deploys only if the stage does not serve the API as edited already; variables that are otherwise are set, a ' +
    'description alone is no reason. A stage that exists keeps its settings, variables, tags and usage plans, which is ' +
    'looked at before and after; it serves the old snapshot or the new one, never a mixture. Where requests go to a ' +
    'canary, the deployment does. Stages in protectedStages of the project file want --yes or their name typed.'
  static override examples = [
    '<%= config.bin %> deploy --api petstore --stage prod',
    '<%= config.bin %> deploy --stage prod --dry-run --exit-code',
    '<%= config.bin %> deploy --stage dev --var table=pets-dev --description "price list"',
    '<%= config.bin %> deploy --stage prod --wait --probe "GET /health"',
  ]
  static override flags = {...apiFlag, ...stageFlag, ...deployFlags, ...yesFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(Deploy)
    const {description, force} = flags
    const variables = checkVariables(recordOf(flags.var))
    const [apis, ports] = await Promise.all([openApis(this.session), openDeployPorts(this.session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await stageToDeploy(() => ports.stages.list(api.id), this.context.stage, this.prompt)
    const asked = [...(this.context.api ? [] : ['--api', api.name]), ...(this.context.stage ? [] : ['--stage', stage])]
    if (asked.length > 0) this.noteEquivalent(asked)
    const plan = await planDeployment(ports, {api, stage, description, variables, force})
    const probe = flags.probe === undefined ? undefined : parseProbe(flags.probe, plan.edited)
    if (flags['dry-run']) return this.preview(plan, flags['exit-code'])
    this.remark(planRemarks(plan))
    if (plan.changes.length > 0) await this.guard(stage, flags)
    const wait = {...plan.wait, probe}
    const answers = flags.wait ? await prepareWait(openCaller(this.session), wait, this.session) : undefined
    const deployed = await this.carryOut(plan, flags)
    if (!deployed) return
    await this.show(deployed, deployedView)
    for (const remark of [...deployedRemarks(deployed), ...caveatsOf(api)]) this.note(remark)
    await answers?.(deployed)
  }
}
