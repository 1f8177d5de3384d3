import {openCaller} from '../../aws/identity.js'
import {openKeys} from '../../aws/keys.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {confirmFlag, dryRunFlag} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {deleteKeys, deletionQuestion} from '../../domain/many-keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysDelete extends ApigwCommand {
  static override summary = 'Delete API keys for good'
  static override description = 'To confirm, say the name of the key, or of several keys how many they are.'
  static override examples = [
    '<%= config.bin %> keys delete mobile --confirm mobile',
    '<%= config.bin %> keys delete a1b2c3d4e5 f6g7h8i9j0 --confirm 2',
    '<%= config.bin %> keys delete - --confirm 12 --journal deleted.journal < ids.txt',
  ]
  static override args = keysArg
  static override flags = {...confirmFlag, ...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysDelete)
    const refs = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const plan = await deleteKeys(await openKeys(this.session), refs, journal)
    this.remark([paceNote(this.session, 'DeleteApiKey', plan.changes.length)])
    const isReal = !flags['dry-run'] && plan.changes.length > 0
    if (isReal) await this.prompt.confirmName({...deletionQuestion(plan), given: flags.confirm})
    await this.carryOutAll(plan, flags, keyView)
  }
}
