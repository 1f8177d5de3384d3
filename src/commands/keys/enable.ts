import {openKeys} from '../../aws/keys.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {keysArg} from '../../cli/key-flags.js'
import {setKeysEnabled} from '../../domain/keys.js'
import {keyView} from '../../views/keys.js'

export default class KeysEnable extends ApigwCommand {
  static override summary = 'Enable API keys'
  static override examples = [
    '<%= config.bin %> keys enable mobile',
    '<%= config.bin %> keys list --tag batch=7 --output id | <%= config.bin %> keys enable -',
  ]
  static override args = keysArg
  static override flags = {...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysEnable)
    const plan = await setKeysEnabled(await openKeys(this.session), await this.refs(args.key), true)
    await this.carryOutAll(plan, flags, keyView)
  }
}
