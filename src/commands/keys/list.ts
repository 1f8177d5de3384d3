import * as Flags from '@oclif/core/flags'
import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {openUsage} from '../../aws/usage.js'
import {ApigwCommand} from '../../cli/command.js'
import {keyFilterFlags, keyQueryFrom} from '../../cli/key-flags.js'
import {listKeys} from '../../domain/keys.js'
import {lastDays, uncountedKeys, unusedKeys} from '../../domain/unused-keys.js'
import {keyView, uncountedKeyView, unusedKeyView, unusedNotes} from '../../views/keys.js'

export default class KeysList extends ApigwCommand {
  static override summary = 'List the API keys of the account and Region, without their values'
  static override description =
    `The service counts the requests of keys on plans with a quota, from when the plan has it and the key is on it, by UTC days, for at most 90 days. A key that is younger than the time given, or whose requests may not have been counted, is never among the unused: --uncounted lists those.`
  static override examples = [
    '<%= config.bin %> keys list --plan gold',
    '<%= config.bin %> keys list --disabled --output id | <%= config.bin %> keys enable -',
    '<%= config.bin %> keys list --unused 90d --output id | <%= config.bin %> keys disable -',
  ]
  static override flags = {
    ...keyFilterFlags,
    unused: Flags.string({description: 'only keys without a request in this time, such as 90d', helpValue: 'TIME'}),
    uncounted: Flags.boolean({
      description: 'only keys whose requests the service does not count: on no plan, or on one without quota',
      exclusive: ['unused'],
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(KeysList)
    const {session} = this
    const range = flags.unused === undefined ? undefined : lastDays(flags.unused, session.clock.now())
    const [keys, plans, usage] = await Promise.all([openKeys(session), openPlans(session), openUsage(session)])
    const listed = listKeys(keys, plans, keyQueryFrom(flags))
    if (flags.uncounted) return this.list(uncountedKeys({plans, usage}, listed, session), uncountedKeyView)
    if (!range) return this.list(listed, keyView)
    const unused = await unusedKeys({plans, usage}, listed, range, session)
    await this.list(unused.keys, unusedKeyView)
    if (!this.isOutputGone) this.remark(unusedNotes(unused))
  }
}
