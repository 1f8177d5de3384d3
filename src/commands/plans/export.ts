import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {openPlanFileStores} from '../../aws/plan-files.js'
import {ApigwCommand} from '../../cli/command.js'
import {exportPlans, planFileText} from '../../domain/plan-files/export.js'
import {during} from '../../domain/session.js'

export default class PlansExport extends ApigwCommand {
  static override summary = 'Print usage plans as a file for `plans apply`'
  static override description =
    'With limits, stages, keys and tags; keys by name, or by id where a name is not enough to find them, never by value. ' +
    'The same plans always give the same file.'
  static override examples = [
    '<%= config.bin %> plans export > plans.yaml',
    '<%= config.bin %> plans export gold silver --no-keys --json',
  ]
  static override args = {
    plan: Args.string({description: 'usage plan, by name or id; all if none is named', multiple: true}),
  }
  static override flags = {
    'no-keys': Flags.boolean({description: 'leave the keys out: `plans apply` then leaves them alone'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PlansExport)
    const format = this.documentFormat()
    const stores = await openPlanFileStores(this.session)
    const request = {withKeys: !flags['no-keys']}
    const data = await during(this.session, 'reading usage plans', () => exportPlans(stores, args.plan ?? [], request))
    await this.print(await planFileText(data, format))
  }
}
