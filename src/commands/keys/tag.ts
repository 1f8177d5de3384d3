import {openCaller} from '../../aws/identity.js'
import {openKeys} from '../../aws/keys.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag, tagChangeFlags, tagChangeFrom} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {tagKeys} from '../../domain/many-keys.js'
import {keyDetailView} from '../../views/keys.js'

export default class KeysTag extends ApigwCommand {
  static override summary = 'Set tags of API keys, or take tags away'
  static override examples = [
    '<%= config.bin %> keys tag mobile tablet --tag team=shop --untag owner',
    '<%= config.bin %> keys list --plan gold --output id | <%= config.bin %> keys tag - --tag tier=gold --journal tier.journal',
  ]
  static override args = keysArg
  static override flags = {...tagChangeFlags, ...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysTag)
    const refs = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const plan = await tagKeys(await openKeys(this.session), refs, tagChangeFrom(flags), journal)
    this.remark([paceNote(this.session, 'TagResource', plan.changes.length)])
    await this.carryOutAll(plan, flags, keyDetailView)
  }
}
