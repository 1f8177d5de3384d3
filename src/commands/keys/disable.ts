import {openKeys} from '../../aws/keys.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {keysArg} from '../../cli/key-flags.js'
import {setKeysEnabled} from '../../domain/keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysDisable extends ApigwCommand {
  static override summary = 'Disable API keys: nobody gets in with them until they are enabled again'
  static override examples = [
    '<%= config.bin %> keys disable mobile tablet',
    '<%= config.bin %> keys list --customer-id 4711 --output id | <%= config.bin %> keys disable -',
  ]
  static override args = keysArg
  static override flags = {...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysDisable)
    const plan = await setKeysEnabled(await openKeys(this.session), await this.refs(args.key), false)
    await this.carryOutAll(plan, flags, keyView)
  }
}
