import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {writeNamed} from '../../cli/durable.js'
import {keyExportFlags, keyFileContentFrom} from '../../cli/key-file-flags.js'
import {keyQueryFrom} from '../../cli/key-flags.js'
import {exportKeys} from '../../domain/key-files/export.js'
import {keyFileText} from '../../domain/key-files/writing.js'
import {during} from '../../domain/session.js'
import {withoutValuesNote} from '../../views/key-files.js'

export default class KeysExport extends ApigwCommand {
  static override summary = 'Write the API keys to a file that keys import reads'
  static override description =
    'CSV, or JSON or ndjson with --output or where the name of the file says so. Without --show-values it has no values: whoever imports it elsewhere makes keys with new ones. Usage plans are named, so that they are found in another account, too.'
  static override examples = [
    '<%= config.bin %> keys export --show-values --to keys.csv',
    '<%= config.bin %> keys export --plan gold --output ndjson',
    '<%= config.bin %> keys export --show-values | <%= config.bin %> keys import - --region eu-west-1',
  ]
  static override flags = {...keyExportFlags}

  async run(): Promise<void> {
    const {flags} = await this.parse(KeysExport)
    const content = keyFileContentFrom(flags)
    const [keys, plans] = await Promise.all([openKeys(this.session), openPlans(this.session)])
    const text = keyFileText(exportKeys(keys, plans, keyQueryFrom(flags), content), content)
    if (flags.to !== undefined) {
      const file = flags.to
      await during(this.session, `writing ${file}`, () => writeNamed(file, this.cwd, text))
    } else for await (const part of text) await this.print(part)
    if (!content.withValues && !this.isOutputGone) this.remark([withoutValuesNote])
  }
}
