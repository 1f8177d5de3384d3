import {openCaller} from '../../aws/identity.js'
import {openKeys} from '../../aws/keys.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {setKeysEnabled} from '../../domain/many-keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysEnable extends ApigwCommand {
  static override summary = 'Enable API keys'
  static override examples = [
    '<%= config.bin %> keys enable mobile',
    '<%= config.bin %> keys list --tag batch=7 --output id | <%= config.bin %> keys enable -',
  ]
  static override args = keysArg
  static override flags = {...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysEnable)
    const refs = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const plan = await setKeysEnabled(await openKeys(this.session), refs, true, journal)
    this.remark([paceNote(this.session, 'UpdateApiKey', plan.changes.length)])
    await this.carryOutAll(plan, flags, keyView)
  }
}
