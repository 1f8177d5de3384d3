import {openAttachmentStores} from '../../aws/attachments.js'
import {openCaller} from '../../aws/identity.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {ontoPlanFlag} from '../../cli/plan-flags.js'
import {detachKeys} from '../../domain/attachments.js'
import {attachmentView} from '../../views/plans.js'

export default class KeysDetach extends ApigwCommand {
  static override summary = 'Take API keys off a usage plan: they open its stages no more'
  static override examples = [
    '<%= config.bin %> keys detach mobile --plan gold',
    '<%= config.bin %> plans keys gold --output id | <%= config.bin %> keys detach - --plan gold --journal gold.journal',
  ]
  static override args = keysArg
  static override flags = {...ontoPlanFlag, ...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysDetach)
    const keys = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const stores = await openAttachmentStores(this.session)
    const plan = await detachKeys(stores, flags.plan, keys, journal)
    this.remark([paceNote(this.session, 'DeleteUsagePlanKey', plan.changes.length)])
    await this.carryOutAll(plan, flags, attachmentView)
  }
}
