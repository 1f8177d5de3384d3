import {openCaller} from '../../aws/identity.js'
import {openKeyImports} from '../../aws/key-imports.js'
import {openKeys} from '../../aws/keys.js'
import {openPlans} from '../../aws/plans.js'
import {ApigwCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {keyFileArg, keyImportFlags} from '../../cli/key-file-flags.js'
import {planKeyImport} from '../../domain/key-files/import.js'
import {importProblem} from '../../domain/key-files/import-run.js'
import {LARGEST_KEY_FILE, readKeyFile} from '../../domain/key-files/reading.js'
import {during} from '../../domain/session.js'
import {fileNotes, importNotes, importReport} from '../../views/key-files.js'
import {changeView} from '../../views/plan.js'

export default class KeysImport extends ApigwCommand {
  static override summary = 'Create the API keys of a file, and put them on their usage plans'
  static override description =
    'The file is CSV as the service takes it, with the columns Name, Key, Description, Enabled and UsagePlanIds in any order, and of our own CustomerId and Tags (team=shop&stage=test); or JSON or ndjson with members of these names. Plans are given by name or id, a comma within a name as \\, there. A line without a value gets a new one, unless there is a key of its name already. All lines are checked before anything is done. Of the keys that are there already, --existing complete adds what they lack and leaves alone those that differ, skip leaves all alone, update makes them as in the file, and fail refuses the file where one differs. An import that was interrupted is run again: it goes on where it stopped.'
  static override examples = [
    '<%= config.bin %> keys import keys.csv --dry-run',
    '<%= config.bin %> keys import keys.csv --json > report.json',
    'aws apigateway get-api-keys --include-values | <%= config.bin %> keys import - --region eu-west-1',
  ]
  static override args = keyFileArg
  static override flags = {...keyImportFlags, ...dryRunFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(KeysImport)
    const {session} = this
    const file = readKeyFile(await this.readInput(args.file, LARGEST_KEY_FILE), flags.format)
    const journal = await this.journal(flags, () => openCaller(session))
    const [keys, plans, imports] = await Promise.all([openKeys(session), openPlans(session), openKeyImports(session)])
    const options = {existing: flags.existing, journal}
    const plan = await during(session, 'reading the keys that are there', () =>
      planKeyImport({keys, plans, imports}, file, options),
    )
    this.remark(fileNotes(file))
    if (flags['dry-run']) return this.show(plan.changes, changeView)
    const result = await during(session, 'importing API keys', progress => plan.apply({progress, journal}))
    await this.report(result.lines, importReport)
    this.remark(importNotes(result, args.file))
    const problem = importProblem(result, this.again)
    if (problem) throw problem
  }
}
