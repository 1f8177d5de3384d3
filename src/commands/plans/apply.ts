import * as Flags from '@oclif/core/flags'
import {openPlanFileStores} from '../../aws/plan-files.js'
import {ApigwCommand} from '../../cli/command.js'
import {EXIT_CODES} from '../../cli/failure.js'
import {dryRunFlag, yesFlag} from '../../cli/flags.js'
import {inputName} from '../../cli/input.js'
import {changeRemarks, planFileChanges} from '../../domain/plan-files/apply.js'
import {MAX_PLAN_FILE, readPlanFile} from '../../domain/plan-files/reader.js'
import {during} from '../../domain/session.js'
import {appliedView, previewReport} from '../../views/plan-files.js'

export default class PlansApply extends ApigwCommand {
  static override summary = 'Make the usage plans what a file says; only what is different is changed'
  static override description =
    'The file has usage plans by name, as `plans export` writes them (`apigw help plan-files`). A plan has what the file ' +
    'says of it: a limit, description or tag that is left out is taken away. Stages and keys that are left out stay; ' +
    'those that are said are all there are. Plans that are not in the file stay, unless --prune. Where something is ' +
    'taken away, it is asked first. Run again after a failure, it goes on where it stopped.'
  static override examples = [
    '<%= config.bin %> plans apply -f plans.yaml',
    '<%= config.bin %> plans apply -f plans.yaml --dry-run --exit-code',
    '<%= config.bin %> plans apply -f plans.yaml --prune --confirm 2',
  ]
  static override flags = {
    file: Flags.string({char: 'f', description: 'YAML or JSON, or - for stdin', required: true, helpValue: 'FILE|-'}),
    prune: Flags.boolean({description: 'delete usage plans that are not in the file; their keys stay'}),
    confirm: Flags.string({description: 'go on without asking: how many plans are to be deleted', helpValue: 'COUNT'}),
    'exit-code': Flags.boolean({
      description: 'with --dry-run, exit with 8 when something would be changed',
      dependsOn: ['dry-run'],
    }),
    ...yesFlag,
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(PlansApply)
    const {prune, confirm, yes, 'dry-run': isDry} = flags
    const name = inputName(flags.file)
    const file = await readPlanFile(await this.readInput(flags.file, MAX_PLAN_FILE), name)
    const stores = await openPlanFileStores(this.session)
    const plan = await during(this.session, 'reading usage plans', () => planFileChanges(stores, file, {prune}))
    const {question, changes} = plan
    if (question && !isDry) {
      if (!yes && this.prompt.isInteractive) this.noteReport(changes, previewReport)
      if (question.count === undefined) await this.prompt.confirm({...question, yes})
      else await this.prompt.confirmName({...question, name: question.count, given: yes ? question.count : confirm})
    }
    this.remark(changeRemarks(plan, name, this.session.pacing))
    const apply = () => during(this.session, `applying ${name}`, progress => plan.apply(progress))
    const done = await this.carryOut({...plan, apply}, flags)
    if (done?.length) await this.show(done, appliedView)
    if (flags['exit-code'] && changes.length > 0) this.exitWith(EXIT_CODES.differences)
  }
}
