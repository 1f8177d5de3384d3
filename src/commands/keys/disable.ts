import {openCaller} from '../../aws/identity.js'
import {openKeys} from '../../aws/keys.js'
import {paceNote} from '../../aws/pacing.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {journalFlag} from '../../cli/journal.js'
import {keysArg} from '../../cli/key-flags.js'
import {setKeysEnabled} from '../../domain/many-keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysDisable extends ApigwCommand {
  static override summary = 'Disable API keys: nobody gets in with them until they are enabled again'
  static override examples = [
    '<%= config.bin %> keys disable mobile tablet',
    '<%= config.bin %> keys list --customer-id 4711 --output id | <%= config.bin %> keys disable -',
  ]
  static override args = keysArg
  static override flags = {...journalFlag, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysDisable)
    const refs = await this.refs(args.key)
    const journal = await this.journal(flags, () => openCaller(this.session))
    const plan = await setKeysEnabled(await openKeys(this.session), refs, false, journal)
    this.remark([paceNote(this.session, 'UpdateApiKey', plan.changes.length)])
    await this.carryOutAll(plan, flags, keyView)
  }
}
