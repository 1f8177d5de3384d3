import {openAttachmentStores} from '../../aws/attachments.js'
import {openCaller} from '../../aws/identity.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {fromPlanFlag, ontoPlanFlag} from '../../cli/plan-flags.js'
import {attachKeys} from '../../domain/attachments.js'
import {attachmentView} from '../../views/plans.js'

export default class KeysAttach extends ApigwCommand {
  static override summary = 'Put API keys on a usage plan: they open its stages'
  static override description =
    'One after the other, because the service takes no two at once. With --from, a key is on neither plan for a moment where both have one stage.'
  static override examples = [
    '<%= config.bin %> keys attach mobile tablet --plan gold',
    '<%= config.bin %> keys list --customer-id 4711 --output id | <%= config.bin %> keys attach - --plan gold',
    '<%= config.bin %> plans keys trial --output id | <%= config.bin %> keys attach - --plan gold --from trial',
  ]
  static override args = keysArg
  static override flags = {...ontoPlanFlag, ...fromPlanFlag, ...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysAttach)
    const keys = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const stores = await openAttachmentStores(this.session)
    const plan = await attachKeys(stores, flags.plan, keys, {from: flags.from, journal})
    this.remark([paceNote(this.session, 'CreateUsagePlanKey', plan.changes.length)])
    await this.carryOutAll(plan, flags, attachmentView)
  }
}
